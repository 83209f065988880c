import assert from "node:assert/strict";
import test from "node:test";
import { nameOfKey } from "../src/ui/keys.ts";

const press = (key: string, change = {}, afterG = false): string | null =>
  nameOfKey({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...change }, afterG);

test("a key is named as the tables name it", () => {
  assert.equal(press("j"), "j");
  assert.equal(press("."), ".");
  assert.equal(press("?", { shiftKey: true }), "?");
  assert.equal(press("T", { shiftKey: true }), "Shift+t");
  assert.equal(press("o", {}, true), "g o");
  assert.equal(press("g"), null);
});

test("shortcuts of the browser are left alone", () => {
  for (const held of ["ctrlKey", "metaKey", "altKey"]) assert.equal(press("s", { [held]: true }), null);
});
