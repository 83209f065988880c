import assert from "node:assert/strict";
import test from "node:test";
import { formatCount } from "../src/format/count.ts";
import { deadlineOf } from "../src/format/deadline.ts";
import { formatAge, formatDuration, formatWholeDuration } from "../src/format/duration.ts";
import { formatDue, formatInstant, formatUtc } from "../src/format/instant.ts";
import { groupsOf } from "../src/format/money.ts";
import { noon, row } from "./support.ts";

const s = 1000;
const min = 60 * s;
const h = 60 * min;
const d = 24 * h;

test("durations are in at most two units", () => {
  const wanted: [number, string][] = [
    [1.9, "1.9 ms"],
    [400, "0.4 s"],
    [9_999, "9.9 s"],
    [39 * s, "39 s"],
    [4 * min + 12 * s, "4 min 12 s"],
    [5 * min + 59 * s, "5 min"],
    [59 * min + 59 * s, "59 min"],
    [h, "1 h 00"],
    [h + 5 * min, "1 h 05"],
    [23 * h + 59 * min + 59 * s, "23 h 59"],
    [d, "1 d"],
    [2 * d + 4 * h + 59 * min, "2 d 4 h"],
    [-5, "0.0 ms"],
  ];
  for (const [ms, words] of wanted) assert.equal(formatDuration(ms), words, String(ms));
  assert.equal(formatWholeDuration(400), "0 s");
  assert.equal(formatWholeDuration(2 * min), "2 min");
});

test("ages are in one unit", () => {
  const ages = [0, 59 * s, 61 * s, 47 * h, 48 * h].map(formatAge);
  assert.deepEqual(ages, ["0 s ago", "59 s ago", "1 min ago", "47 h ago", "2 d ago"]);
});

test("instants are short when they are near", () => {
  assert.equal(formatInstant(noon - 3 * h + 7 * s, noon, "utc"), "09:00:07");
  assert.equal(formatInstant(noon - 13 * h, noon, "utc"), "Thu 23:00");
  assert.equal(formatInstant(noon - 6 * d, noon, "utc"), "2026-11-21 12:00");
  assert.equal(formatDue(noon + 33 * min, noon, "utc"), "12:33");
  assert.equal(formatDue(noon + d, noon, "utc"), "Sat 12:00");
  assert.equal(formatUtc(noon + 214), "2026-11-27 12:00:00.214 UTC");
});

const due = (ms: number | null, change = {}) =>
  deadlineOf(row("01", { due_at: ms === null ? null : new Date(noon + ms).toISOString(), ...change }), noon);

test("a deadline has a mark by how near it is", () => {
  assert.deepEqual(due(2 * d + 4 * h), { nearness: "plain", text: "in 2 d 4 h", kind: "ship" });
  assert.equal(due(d + 1).nearness, "plain");
  assert.deepEqual(due(5 * h + 12 * min), { nearness: "soon", text: "in 5 h 12", kind: "ship" });
  assert.equal(due(4 * h + 1).nearness, "soon");
  assert.deepEqual(due(52 * min), { nearness: "near", text: "in 52 min", kind: "ship" });
  assert.deepEqual(due(-65 * min), { nearness: "late", text: "late by 1 h 05", kind: "ship" });
  assert.equal(due(-1).nearness, "late");
});

test("what has left the seller waits to be collected", () => {
  assert.equal(due(h, { state: "shipped" }).kind, "collect");
  assert.equal(due(h, { partially_shipped: true }).kind, "collect");
});

test("without a deadline it says why", () => {
  assert.equal(due(null, { state: "delivered" }).text, "no deadline: delivered");
  assert.equal(due(null, { closed_at: "2026-11-01T00:00:00Z", state: "shipped" }).text, "no deadline: closed");
  assert.equal(due(null, { state: "failed", closed_at: "2026-11-01T00:00:00Z" }).text, "no deadline: failed");
  assert.equal(due(null, { state: "received" }).text, "no deadline");
});

test("amounts stay the text that they were", () => {
  assert.deepEqual(groupsOf("149900"), ["149", "900"]);
  assert.deepEqual(groupsOf("1234567.89"), ["1", "234", "567.89"]);
  assert.deepEqual(groupsOf("54.21"), ["54.21"]);
  for (const odd of ["", "-5", "1.000,00", "abc"]) assert.deepEqual(groupsOf(odd), [odd]);
  for (const amount of ["149900", "0.10", "1234567.89", "x"]) assert.equal(groupsOf(amount).join(""), amount);
});

test("counts have separators", () => assert.equal(formatCount(10204), "10,204"));
