// The colours that the page has, read from the style sheet that it is made of.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { ciede2000, contrast, labOf, rgbOf, sights } from "./colour.ts";

declare const SOURCE: string;
const css = readFileSync(`${SOURCE}/src/styles/tokens.css`, "utf8");
const tokens = new Map<string, [string, string]>();
for (const [, name, light, dark] of css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g))
  if (name && light && dark) tokens.set(name, [light, dark]);

const themes = ["light", "dark"] as const;
function colour(name: string, theme: 0 | 1): ReturnType<typeof rgbOf> {
  const pair = tokens.get(name);
  assert.ok(pair, `no token --${name}`);
  return rgbOf(pair[theme]);
}

const grounds = ["bg", "surface", "raised", "selected", "hover"];
const words = ["text", "muted", "accent", "received", "processing", "shipped", "warn", "delivered", "ok", "failed", "danger"];
const states = ["received", "processing", "shipped", "delivered", "failed"];

for (const [index, name] of themes.entries()) {
  const theme = index as 0 | 1;
  const lowest = (token: string): number =>
    Math.min(...grounds.map((ground) => contrast(colour(token, theme), colour(ground, theme))));

  test(`${name}: every word can be read on every ground`, () => {
    for (const token of words) assert.ok(lowest(token) >= 4.5, `--${token} has ${lowest(token).toFixed(2)}`);
    for (const [on, ground] of [["on-accent", "accent"], ["on-danger", "danger"]] as const)
      assert.ok(contrast(colour(on, theme), colour(ground, theme)) >= 4.5, on);
  });

  test(`${name}: borders of controls and the focus ring can be seen`, () => {
    for (const token of ["control", "focus"]) assert.ok(lowest(token) >= 3, `--${token} has ${lowest(token).toFixed(2)}`);
  });

  test(`${name}: states differ for every eye`, () => {
    const least = theme === 0 ? 13.8 : 18.2;
    for (const [sight, matrix] of Object.entries(sights))
      for (const [i, a] of states.entries())
        for (const b of states.slice(i + 1)) {
          const distance = ciede2000(labOf(colour(a, theme), matrix), labOf(colour(b, theme), matrix));
          assert.ok(distance >= least - 0.05, `${a} and ${b}, ${sight}: ${distance.toFixed(2)}`);
        }
  });
}

test("the arithmetic is right: values that others have published", () => {
  assert.equal(contrast([0, 0, 0], [255, 255, 255]).toFixed(2), "21.00");
  assert.equal(contrast(rgbOf("#767676"), [255, 255, 255]).toFixed(2), "4.54");
  // Sharma, Wu, Dalal: pairs 1, 7 and 17 of their table.
  assert.equal(ciede2000([50, 2.6772, -79.7751], [50, 0, -82.7485]).toFixed(4), "2.0425");
  assert.equal(ciede2000([50, 0, 0], [50, -1, 2]).toFixed(4), "2.3669");
  assert.equal(ciede2000([50, 2.5, 0], [73, 25, -18]).toFixed(4), "27.1492");
});

test("no style sheet but the tokens has a colour of its own", () => {
  for (const file of ["base", "controls", "dialog", "shell", "orders", "order", "machine"]) {
    const sheet = readFileSync(`${SOURCE}/src/styles/${file}.css`, "utf8");
    assert.doesNotMatch(sheet, /#[0-9a-f]{3,8}\b/i, file);
    assert.doesNotMatch(sheet.replaceAll(/rgb\([\d ]+\/ 0\.\d+\)/g, ""), /\brgba?\(|\bhsl/i, file);
  }
});
