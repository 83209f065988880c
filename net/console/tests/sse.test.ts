import assert from "node:assert/strict";
import test from "node:test";
import { SseParser } from "../src/stream/sse.ts";
import { streamEventOf } from "../src/stream/events.ts";
import { row } from "./support.ts";

const text = "id: 7.1\nevent: tick\ndata: {\"a\":\ndata: 1}\n\n: a comment\n\nevent: bye\r\ndata: x\r\n\r\ndata:  two\r\r";
const wanted = [
  { type: "tick", data: '{"a":\n1}', lastEventId: "7.1" },
  { type: "bye", data: "x", lastEventId: "7.1" },
  { type: "message", data: " two", lastEventId: "7.1" },
];

test("events are the same however the bytes are cut", () => {
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new SseParser();
    const found = [];
    for (let start = 0; start < text.length; start += size) found.push(...parser.push(text.slice(start, start + size)));
    assert.deepEqual(found, wanted, `pieces of ${size}`);
  }
});

test("a line that has not ended is no event yet", () => {
  const parser = new SseParser();
  assert.deepEqual(parser.push("data: half\n"), []);
  assert.deepEqual(parser.push("\n"), [{ type: "message", data: "half", lastEventId: "" }]);
});

test("an event without data is none; its id counts", () => {
  const parser = new SseParser();
  assert.deepEqual(parser.push("id: 9\nevent: tick\n\n"), []);
  assert.deepEqual(parser.push("data: x\n\n"), [{ type: "message", data: "x", lastEventId: "9" }]);
});

test("a byte order mark at the beginning is skipped, an id with a zero is ignored", () => {
  const parser = new SseParser();
  assert.deepEqual(parser.push("\uFEFFid: a\0b\ndata: x\n\n"), [{ type: "message", data: "x", lastEventId: "" }]);
});

const event = (type: string, data: unknown) => streamEventOf({ type, data: JSON.stringify(data), lastEventId: "" });

test("a change carries its row only when that is one", () => {
  const change = { id: "u", tiktok_order_id: "5", version: 3, at: "", type: "transitioned", from: "received", to: "processing" };
  const good = event("change", { ...change, row: row("01") });
  assert.equal(good?.kind === "change" && good.change.row?.id, "01");
  for (const wrong of [null, {}, { ...row("01"), state: "lost" }, { ...row("01"), version: "3" }]) {
    const found = event("change", { ...change, row: wrong });
    assert.equal(found?.kind === "change" && found.change.row, null);
  }
});

test("what is not known or not JSON is no event", () => {
  assert.equal(event("change", { id: 1 }), null);
  assert.equal(event("party", {}), null);
  assert.equal(streamEventOf({ type: "tick", data: "{", lastEventId: "" }), null);
  assert.equal(streamEventOf({ type: "tick", data: "[]", lastEventId: "" }), null);
});
