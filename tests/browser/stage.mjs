// An engine, a sandbox and a browser for one test file.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const shots = join(dirname(fileURLToPath(import.meta.url)), "shots");
export const user = "admin";
export const provider = "7117858858072016686"; // UPS at the sandbox

async function programs() {
  const given = process.env.ORDERLY_BROWSER_STAGE;
  if (given) {
    const where = JSON.parse(readFileSync(given, "utf8"));
    return { where, tell: (word) => fetch(`${where.control}/${word}`), end: async () => {} };
  }
  const [command, ...args] = JSON.parse(process.env.ORDERLY_STAGE_COMMAND);
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    new Promise((resolve) => lines.once("line", resolve)),
    ended.then((code) => Promise.reject(new Error(`stage.py ended with ${code}`))),
  ]);
  const end = async () => {
    child.stdin.end();
    const code = await ended;
    if (code !== 0) throw new Error(`stage.py ended with ${code}`);
  };
  const tell = async (word) => {
    const answered = new Promise((resolve) => lines.once("line", resolve));
    child.stdin.write(`${word}\n`);
    await answered;
  };
  return { where: JSON.parse(line), tell, end };
}

async function json(method, url, body, headers = {}) {
  const answer = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, body: JSON.parse((await answer.text()) || "null") };
}

export async function startStage() {
  const { where, tell, end } = await programs();
  const browser = await chromium.launch({
    executablePath: process.env.ORDERLY_CHROMIUM || "/usr/bin/chromium",
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  mkdirSync(shots, { recursive: true });
  const engine = where.admin ?? where.console;
  return {
    where,
    browser,
    /** "stop", "start" */
    engine: tell,
    api: (method, path, body) => json(method, `${engine}/api/v1${path}`, body, { Authorization: `Bearer ${where.token}` }),
    sandbox: async (method, path, body) => (await json(method, `${where.sandbox}/_sandbox/${path}`, body)).body,
    picture: (page, name, whole = false) => page.screenshot({ path: join(shots, `${name}.png`), fullPage: whole }),
    async close() {
      await browser.close();
      await end();
    },
  };
}

/** A page with what it complained of: the console must not log an error that no test expects. */
export async function openPage(stage, path, { width = 1440, height = 900, theme = "light", touch = false } = {}) {
  const context = await stage.browser.newContext({ viewport: { width, height }, colorScheme: theme, hasTouch: touch });
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (message) => {
    // Chromium reports each answer of 400 and above here, those that a test asks for too.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) page.complaints.push(message.text());
  });
  await page.goto(stage.where.console + path);
  return page;
}

export async function logIn(stage, page, password = stage.where.password) {
  await page.getByLabel("Name").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

export async function openLoggedIn(stage, path, options) {
  const page = await openPage(stage, path, options);
  await logIn(stage, page);
  await page.getByTestId("live").filter({ hasText: "Live" }).waitFor();
  return page;
}

/** Polls until it is true; what it waits for is named when it never is. */
export async function until(what, condition, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** An order that stands in `processing`, as the sandbox leads it there. */
export async function processingOrder(stage) {
  const id = (await stage.sandbox("POST", "orders", { count: 1 })).orders[0];
  await until(`order ${id} in processing`, async () => (await stage.api("GET", `/orders/${id}`)).body.state === "processing");
  return id;
}
