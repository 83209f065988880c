// What people do with the console, in a real browser. Each test has orders of its own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { logIn, openLoggedIn, openPage, processingOrder, provider, startStage, until, user } from "./stage.mjs";

let stage;
before(async () => {
  stage = await startStage();
});
after(() => stage?.close());

const now = (page) => page.locator(".node.is-now .node-name").innerText();
const trackingFor = (id) => `1Z999AA1${id.slice(-10)}`;
const dialogGone = (page) => page.locator("dialog[open]").waitFor({ state: "detached" });

test("an order goes from received to delivered on a page that is never loaded again, shipped by its form", async () => {
  const page = await openLoggedIn(stage, "/orders");
  await page.evaluate(() => (window.sameDocument = true));
  const id = (await stage.sandbox("POST", "orders", { count: 1 })).orders[0];
  const row = page.locator('[role="row"]', { has: page.getByTitle(`Copy ${id}`) });
  await until("the new order to be counted, or shown where there was none", async () => {
    if ((await row.count()) === 1) return true;
    const show = page.getByRole("button", { name: "Show" });
    if (await show.isVisible()) await show.click();
    return false;
  });
  await row.locator(".c-state").click();
  await until("processing", async () => (await now(page)) === "processing");
  await stage.picture(page, "order-processing");

  await page.getByRole("button", { name: "Ship..." }).click();
  await page.getByLabel("Tracking number").fill(trackingFor(id));
  await page.getByLabel("Shipping provider").fill(provider);
  await page.getByText("Reports").waitFor();
  await stage.picture(page, "ship");
  await page.getByRole("button", { name: "Ship", exact: true }).click();
  await dialogGone(page);
  await until("delivered", async () => (await now(page)) === "delivered");
  await stage.picture(page, "order-delivered");

  const shipments = (await stage.sandbox("GET", `orders/${id}`)).ledger.shipments;
  assert.equal(shipments.length, 1, "the sandbox has one parcel");
  assert.match(JSON.stringify(shipments), new RegExp(trackingFor(id)));
  assert.equal(await page.evaluate(() => window.sameDocument), true, "the page was loaded again");
  assert.deepEqual(page.complaints, []);
});

test("a move is made by click, and another is refused with what stands against it", async () => {
  const id = await processingOrder(stage);
  const page = await openLoggedIn(stage, `/orders/${id}`);
  await page.getByRole("button", { name: "Mark failed..." }).click();
  await page.getByLabel("Reason").fill("out of stock");
  await page.getByRole("button", { name: "Mark failed", exact: true }).click();
  await dialogGone(page);
  await until("failed", async () => (await now(page)) === "failed");
  await page.getByRole("button", { name: "Retry..." }).click();
  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await dialogGone(page);
  await until("processing", async () => (await now(page)) === "processing");

  await page.getByRole("button", { name: "Mark failed..." }).click();
  await page.getByLabel("Reason").fill("the buyer called");
  assert.equal((await stage.api("POST", `/orders/${id}/hold`, { reason: "address check" })).status, 200);
  await page.locator(".order-head").getByText("On hold by").waitFor();
  const confirm = page.getByRole("button", { name: "Mark failed", exact: true });
  await confirm.click();
  await page.getByText("This order changed while you were looking: put on hold. Your entries are kept.").waitFor();
  await confirm.click();
  await page.locator(".outcome").getByText(`On hold by ${user} since`).waitFor();
  assert.equal(await page.getByLabel("Reason").inputValue(), "the buyer called");
  await stage.picture(page, "refused");

  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Discard" }).click();
  assert.equal(await page.getByRole("button", { name: "Mark failed..." }).isDisabled(), true, "blocked moves are grey");
  await page.keyboard.press("h");
  await page.getByRole("button", { name: "Mark failed...", disabled: false }).waitFor();
  assert.equal((await stage.api("GET", `/orders/${id}`)).body.state, "processing");
  assert.deepEqual(page.complaints, []);
});

test("an order is shipped by keyboard alone, from the list", async () => {
  const id = await processingOrder(stage);
  const page = await openLoggedIn(stage, "/orders?state=processing");
  await page.locator(".line.is-focused").waitFor();
  for (let steps = 0; (await page.locator(".line.is-focused").getByTitle(`Copy ${id}`).count()) === 0; steps += 1) {
    assert.ok(steps < 50, `order ${id} is not among the first rows`);
    await page.keyboard.press("j");
  }
  await page.keyboard.press("s");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.type(trackingFor(id));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+a");
  await page.keyboard.type(provider);
  await page.keyboard.press("Control+Enter");
  await dialogGone(page);
  await until("delivered", async () => (await now(page)) === "delivered");
  assert.deepEqual(page.complaints, []);
});

test("a list whose engine is gone says so, and shows what it missed once that is back", async () => {
  const id = await processingOrder(stage);
  const page = await openLoggedIn(stage, "/orders?state=processing");
  const live = page.getByTestId("live");
  const row = page.locator('[role="row"]', { has: page.getByTitle(`Copy ${id}`) });
  await row.waitFor();
  await stage.engine("stop");
  await live.filter({ hasText: /Paused \d+ s/ }).waitFor({ timeout: 20_000 });
  await page.getByText("as of").waitFor();
  await stage.picture(page, "stale");
  await stage.engine("start");
  assert.equal((await stage.api("POST", `/orders/${id}/hold`, {})).status, 200);
  await live.filter({ hasText: /^Live/ }).waitFor({ timeout: 20_000 });
  await row.getByText("on hold").waitFor({ timeout: 5_000 });
});

test("a wrong password opens nothing and does not say what was wrong", async () => {
  const page = await openPage(stage, "/orders");
  await logIn(stage, page, "not the password");
  await page.getByText("The name or the password is wrong.").waitFor();
  assert.equal(await page.getByRole("heading", { name: "Orders" }).count(), 0);
  await stage.picture(page, "wrong-password");
  await logIn(stage, page);
  await page.getByTestId("live").waitFor();
});

test("a forged token moves nothing and reads nothing", async () => {
  const id = await processingOrder(stage);
  const page = await openLoggedIn(stage, `/orders/${id}`);
  const before = (await stage.api("GET", `/orders/${id}`)).body.version;
  const statuses = await page.evaluate(async (order) => {
    const send = async (method, path, token, body) =>
      (
        await fetch(`/api/v1${path}`, {
          method,
          headers: { ...(token && { "X-CSRF-Token": token }), ...(body && { "Content-Type": "application/json" }) },
          body: body && JSON.stringify(body),
        })
      ).status;
    return {
      forgedMove: await send("POST", `/orders/${order}/transitions`, "forged", { to: "failed" }),
      forgedRead: await send("GET", `/orders/${order}`, "forged"),
      cookieAlone: await send("GET", `/orders/${order}`),
    };
  }, id);
  assert.deepEqual(statuses, { forgedMove: 403, forgedRead: 401, cookieAlone: 401 });
  const stored = (await stage.api("GET", `/orders/${id}`)).body;
  assert.deepEqual([stored.state, stored.version], ["processing", before]);
});

test("a log-in that ends leaves the page and what was typed; the same person goes on", async () => {
  const id = await processingOrder(stage);
  const page = await openLoggedIn(stage, `/orders/${id}`);
  await page.keyboard.press("n");
  await page.locator("textarea").fill("asked the buyer for the floor");
  await page.evaluate(async () => {
    await fetch("/api/v1/session", { method: "DELETE", headers: { "X-CSRF-Token": localStorage.getItem("orderly.csrf") ?? "" } });
  });
  await page.keyboard.press("Control+Enter");
  const again = page.getByRole("dialog", { name: "Log in again" });
  await again.waitFor();
  await stage.picture(page, "expired");
  await again.getByLabel("Password").fill(stage.where.password);
  await again.getByRole("button", { name: "Log in" }).click();
  await again.waitFor({ state: "detached" });
  await dialogGone(page); // the note's, once it is sent
  await page.locator(".entry").getByText("note", { exact: true }).waitFor();
});
