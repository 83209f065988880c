import assert from "node:assert/strict";
import test from "node:test";
import type { OrderRow } from "../src/api/types.ts";
import { addressOf, filterOf } from "../src/orders/filter.ts";
import type { List } from "../src/orders/list.ts";
import { appended, caughtUp, changed, changedColumns, emptyList } from "../src/orders/list.ts";
import { hasWaiting, markTime, settled, shown } from "../src/orders/list.ts";
import { noon, row } from "./support.ts";

const page = (rows: OrderRow[], next: string | null = null) => ({ orders: rows, next_cursor: next });
const loaded = (state: OrderRow["state"] | null, ...rows: OrderRow[]): List =>
  shown(emptyList({ state }), page(rows, "c1"), noon);
const versions = (list: List): Record<string, number | undefined> =>
  Object.fromEntries(list.ids.map((id) => [id, list.rows.get(id)?.version]));

test("a change is patched in place: nothing is inserted, removed or sorted", () => {
  const before = loaded("processing", row("01"), row("02"), row("03"));
  const after = changed(before, [row("03", { version: 2, held: true }), row("99")], noon);
  assert.deepEqual(after.ids, ["01", "02", "03"]);
  assert.equal(after.rows.get("03")?.held, true);
  assert.deepEqual([...(after.marks.get("03")?.columns ?? [])], ["state"]);
  assert.deepEqual([...after.fresh], ["99"]);
  assert.deepEqual([...after.moved], ["03"]);
  assert.equal(before.rows.get("03")?.held, false, "the list before is not touched");
});

test("the higher version wins, in whatever order changes come", () => {
  const changes = [row("01", { version: 4 }), row("01", { version: 2 }), row("01", { version: 3 })];
  for (const order of [changes, [...changes].reverse()]) {
    const list = order.reduce((held, each) => changed(held, [each], noon), loaded(null, row("01")));
    assert.deepEqual(versions(list), { "01": 4 });
  }
  const known = changed(loaded(null, row("01", { version: 5 })), [row("01", { version: 5, held: true })], noon);
  assert.equal(known.rows.get("01")?.held, false);
});

test("a page that was read before a change does not undo it", () => {
  const list = changed(loaded(null, row("01"), row("02")), [row("02", { version: 9 })], noon);
  assert.deepEqual(versions(shown(list, page([row("02", { version: 8 }), row("01")]), noon)), { "02": 9, "01": 1 });
  assert.deepEqual(versions(appended(list, page([row("02", { version: 8 }), row("03")]))), { "01": 1, "02": 9, "03": 1 });
});

test("a row that stops matching stays and says since when, until it is shown anew or matches again", () => {
  const list = changed(loaded("processing", row("01"), row("02")), [row("02", { version: 2, state: "shipped" })], noon + 5);
  assert.deepEqual(list.ids, ["01", "02"]);
  assert.equal(list.gone.get("02"), noon + 5);
  const later = changed(list, [row("02", { version: 3, state: "delivered" })], noon + 9);
  assert.equal(later.gone.get("02"), noon + 5, "the first time counts");
  const back = changed(later, [row("02", { version: 4, state: "processing" })], noon + 10);
  assert.equal(back.gone.size, 0);
  assert.deepEqual([...back.moved], ["02"]);
  assert.deepEqual(shown(later, page([row("01")]), noon + 11).ids, ["01"]);
});

test("an order that came and went before it was shown is not counted", () => {
  const list = changed(loaded("received"), [row("01", { state: "received" })], noon);
  assert.equal(list.fresh.size, 1);
  assert.equal(changed(list, [row("01", { version: 2, state: "processing" })], noon).fresh.size, 0);
});

test("the first row has not moved: it is where it belongs", () => {
  const list = changed(loaded(null, row("01"), row("02")), [row("01", { version: 2, held: true })], noon);
  assert.equal(list.moved.size, 0);
  assert.equal(hasWaiting(list), false);
});

test("rows that a page brings are no longer counted as new", () => {
  const list = changed(loaded(null, row("01")), [row("02", { version: 3 })], noon);
  const more = appended(list, page([row("02", { version: 3 })]));
  assert.equal(more.fresh.size, 0);
  assert.deepEqual(more.ids, ["01", "02"]);
  assert.equal(more.cursor, null);
});

test("marks end after 2 s; without any the list stays the same", () => {
  const list = changed(loaded(null, row("00"), row("01")), [row("01", { version: 2, held: true })], noon);
  assert.equal(settled(list, noon + markTime - 1), list);
  assert.equal(settled(list, noon + markTime).marks.size, 0);
});

test("catching up counts what is new, and is the first page where there was none", () => {
  const before = loaded(null, row("01"));
  const after = caughtUp(before, page([row("02"), row("01", { version: 2, held: true })]), noon);
  assert.deepEqual(after.ids, ["01"]);
  assert.deepEqual([...after.fresh], ["02"]);
  assert.equal(after.rows.get("01")?.held, true);
  assert.deepEqual(caughtUp(emptyList({ state: null }), page([row("02")]), noon).ids, ["02"]);
});

test("what has changed is known by column", () => {
  const before = row("01");
  const columns = (change: Partial<OrderRow>): string[] => [...changedColumns(before, { ...before, ...change })];
  assert.deepEqual(columns({}), []);
  assert.deepEqual(columns({ state: "shipped", tiktok_status: "IN_TRANSIT" }), ["state", "tiktok"]);
  assert.deepEqual(columns({ due_at: "2026-11-28T00:00:00Z" }), ["due"]);
  assert.deepEqual(columns({ attention: [{ kind: "report_failed", since: "" }] }), ["attention"]);
  assert.deepEqual(columns({ pending: "report" }), ["attention"]);
});

test("the filter is in the address, and only what is a state", () => {
  assert.deepEqual(filterOf("?state=failed"), { state: "failed" });
  assert.deepEqual(filterOf("state=lost"), { state: null });
  assert.equal(addressOf({ state: "failed" }), "/orders?state=failed");
  assert.equal(addressOf({ state: null }), "/orders");
});
