// Axe finds nothing on any page, in both themes, on a laptop and on a phone; nothing needs sideways scrolling at 320 px.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "@axe-core/playwright";
import { openLoggedIn, openPage, processingOrder, startStage } from "./stage.mjs";

const Axe = axe.default ?? axe;
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const sizes = { laptop: { width: 1440, height: 900 }, phone: { width: 390, height: 844, touch: true } };

let stage;
let id;
before(async () => {
  stage = await startStage();
  id = await processingOrder(stage);
});
after(() => stage?.close());

async function judge(page, name) {
  const { violations } = await new Axe({ page }).withTags(rules).analyze();
  const found = violations.map((each) => `${each.id}: ${each.help}\n    ${each.nodes.map((node) => node.html).join("\n    ")}`);
  assert.deepEqual(found, [], name);
}

for (const theme of ["light", "dark"])
  for (const [size, view] of Object.entries(sizes))
    test(`axe finds nothing: ${theme}, ${size}`, async () => {
      const card = await openPage(stage, "/", { theme, ...view });
      await card.getByLabel("Password").waitFor();
      await judge(card, "log in");
      await stage.picture(card, `login-${theme}-${size}`);
      await card.context().close();

      const page = await openLoggedIn(stage, "/orders", { theme, ...view });
      await page.locator(".line.is-focused").waitFor();
      await judge(page, "orders");
      await stage.picture(page, `orders-${theme}-${size}`);
      await page.goto(`${stage.where.console}/orders/${id}`);
      await page.locator(".entry").first().waitFor();
      await judge(page, "order");
      await stage.picture(page, `order-${theme}-${size}`, true);
      await page.keyboard.press("s");
      await page.locator("dialog[open]").waitFor();
      await judge(page, "ship");
      await stage.picture(page, `ship-${theme}-${size}`);
      await page.context().close();
    });

test("at 320 px nothing stands beside the page", async () => {
  const page = await openLoggedIn(stage, "/orders", { width: 320, height: 640 });
  await page.locator(".line.is-focused").waitFor();
  for (const path of ["/orders", `/orders/${id}`, `/orders/${id}?do=ship`]) {
    await page.goto(stage.where.console + path);
    await page.getByTestId("live").waitFor();
    await page.locator(".line, .entry").first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${path} is ${wide} px too wide`);
    await stage.picture(page, `narrow${path.replaceAll(/[^a-z]+/g, "-")}`, true);
  }
});
