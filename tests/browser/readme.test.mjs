// The two pictures of README, of a shop with something of everything: build/browser/shots/readme-console.png and readme-top.png.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openLoggedIn, provider, startStage, until } from "./stage.mjs";

const binaries = JSON.parse(process.env.ORDERLY_STAGE_COMMAND ?? "[]").at(-1);
const columns = 100;
const lines = 26;

let stage;
before(async () => {
  stage = await startStage();
  await fillShop();
});
after(() => stage?.close());

const stateOf = async (id) => (await stage.api("GET", `/orders/${id}`)).body.state;
const inState = (id, state) => until(`order ${id} ${state}`, async () => (await stateOf(id)) === state);
const made = async (count, more = {}) => (await stage.sandbox("POST", "orders", { count, ...more })).orders;

async function fillShop() {
  const late = await made(1, { age_s: 180_000 });
  const ids = [...(await made(9)), ...late];
  for (const id of ids) await inState(id, "processing");
  for (const id of ids.slice(0, 4)) {
    const parcel = { to: "shipped", tracking_number: `1Z999AA1${id.slice(-10)}`, shipping_provider_id: provider };
    assert.equal((await stage.api("POST", `/orders/${id}/transitions`, parcel)).status, 202);
  }
  for (const id of ids.slice(0, 4)) await inState(id, "delivered");
  assert.equal((await stage.api("POST", `/orders/${ids[4]}/hold`, { reason: "the address is not complete" })).status, 200);
  await stage.sandbox("POST", `orders/${ids[5]}/cancel`);
  await inState(ids[5], "failed");
}

test("the console, with orders in each state", async () => {
  const page = await openLoggedIn(stage, "/orders", { width: 1280, height: 640 });
  await page.locator(".line").nth(9).waitFor();
  for (const name of ["processing", "delivered", "failed"])
    assert.ok((await page.locator(".line").getByText(name, { exact: true }).count()) > 0, `no order is ${name}`);
  await stage.picture(page, "readme-console");
  assert.deepEqual(page.complaints, []);
});

/** What a terminal of that size shows after three seconds of `orderly top`. */
function screenOfTop() {
  const folder = mkdtempSync(join(tmpdir(), "orderly-tmux-"));
  const { admin, console: page, token } = stage.where;
  const env = { ...process.env, LC_ALL: "C.UTF-8", ORDERLY_URL: admin ?? page, ORDERLY_TOKEN: token };
  const tmux = (...words) =>
    spawnSync("tmux", ["-S", join(folder, "socket"), "-f", "/dev/null", ...words], { encoding: "utf8", env });
  try {
    tmux("new-session", "-d", "-x", String(columns), "-y", String(lines), join(binaries, "orderly") + " top --every 1");
    spawnSync("sleep", ["3"]);
    const seen = tmux("capture-pane", "-p");
    assert.equal(seen.status, 0, seen.stderr);
    return seen.stdout;
  } finally {
    tmux("kill-server");
    rmSync(folder, { recursive: true, force: true });
  }
}

test("orderly top, in a terminal", async () => {
  const screen = screenOfTop();
  assert.match(screen, /residents/);
  const context = await stage.browser.newContext({ viewport: { width: 1040, height: 560 } }); // a page of nobody's
  const page = await context.newPage();
  await page.setContent(`<body style="margin:0;background:#14161c;color:#e6e8ee"><pre style="margin:20px;font:16px/20px
    'DejaVu Sans Mono',monospace"></pre></body>`);
  await page.locator("pre").evaluate((pre, text) => (pre.textContent = text), screen.trimEnd());
  await stage.picture(page, "readme-top");
});
