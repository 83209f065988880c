// The client against a stream that the test holds in its hand, on a clock that it moves.

import assert from "node:assert/strict";
import test from "node:test";
import { StreamClient } from "../src/stream/client.ts";
import type { StreamEvent } from "../src/stream/events.ts";
import type { StreamStatus } from "../src/stream/liveness.ts";
import { freshnessOf, reconnectAfter } from "../src/stream/liveness.ts";

class Line {
  readonly sent: Record<string, string>;
  readonly answered: Promise<Response>;
  private body: ReadableStreamDefaultController<Uint8Array> | null = null;
  private answer: (response: Response) => void = () => undefined;
  cut = false;

  constructor(init: RequestInit) {
    this.sent = init.headers as Record<string, string>;
    this.answered = new Promise((resolve, reject) => {
      this.answer = resolve;
      init.signal?.addEventListener("abort", () => {
        this.cut = true;
        reject(new Error("cut"));
        if (this.body) this.body.error(new Error("cut"));
      });
    });
  }
  open(status = 200): void {
    const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (this.body = controller) });
    this.answer(new Response(stream, { status }));
  }
  say(type: string, data: unknown, id = ""): void {
    const text = `${id === "" ? "" : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
    this.body?.enqueue(new TextEncoder().encode(text));
  }
  end(): void {
    this.body?.close();
  }
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
};

interface Started {
  client: StreamClient;
  lines: Line[];
  events: StreamEvent[];
  status: () => StreamStatus;
  denied: () => number;
}

function started(): Started {
  const lines: Line[] = [];
  const events: StreamEvent[] = [];
  let last: StreamStatus = { connected: false, askedAt: null, heardAt: null, lagMs: 0 };
  let denied = 0;
  const client = new StreamClient({
    url: "/api/v1/stream",
    headers: () => ({ "X-CSRF-Token": "t" }),
    fetch: (_, init) => {
      const line = new Line(init ?? {});
      lines.push(line);
      return line.answered;
    },
    now: () => 1000,
    onEvent: (event) => void events.push(event),
    onStatus: (status) => void (last = status),
    onUnauthorized: () => void (denied += 1),
  });
  client.start();
  return { client, lines, events, status: () => last, denied: () => denied };
}

const hello = { epoch: "7", pos: 1, server_time: "", build: "", lag_ms: 4 };
const change = { id: "u", tiktok_order_id: "5", version: 1 };
const line = (lines: Line[], index: number): Line => {
  const found = lines[index];
  assert.ok(found, `there is no connection ${index}`);
  return found;
};

/** setTimeout and clearTimeout on a clock that the test moves: node's own mock has another interface in each version. */
class Clock {
  private now = 0;
  private readonly due = new Map<number, { at: number; act: () => void }>();
  private last = 0;
  private readonly real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

  install(): void {
    globalThis.setTimeout = ((act: () => void, ms = 0) => {
      this.last += 1;
      this.due.set(this.last, { at: this.now + ms, act });
      return this.last;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((id: number) => void this.due.delete(id)) as unknown as typeof clearTimeout;
  }
  remove(): void {
    Object.assign(globalThis, this.real);
  }
  tick(ms: number): void {
    this.now += ms;
    const ready = [...this.due].filter(([, { at }]) => at <= this.now).sort(([, a], [, b]) => a.at - b.at);
    for (const [id, { act }] of ready) if (this.due.delete(id)) act();
  }
}
let clock = new Clock();
test.beforeEach(() => {
  clock = new Clock();
  clock.install();
});
test.afterEach(() => clock.remove());

test("a stream that was cut goes on after its last change", async () => {
  const { client, lines, events, status } = started();
  line(lines, 0).open();
  await settle();
  line(lines, 0).say("hello", hello);
  line(lines, 0).say("change", change, "7.2.u.1");
  await settle();
  assert.deepEqual(status(), { connected: true, askedAt: 1000, heardAt: 1000, lagMs: 4 });
  assert.equal(line(lines, 0).sent["Last-Event-ID"], undefined);
  line(lines, 0).end();
  await settle();
  assert.equal(status().connected, false);
  clock.tick(reconnectAfter(0));
  await settle();
  assert.equal(line(lines, 1).sent["Last-Event-ID"], "7.2.u.1");
  assert.equal(line(lines, 1).sent["X-CSRF-Token"], "t");
  line(lines, 1).open();
  await settle();
  line(lines, 1).say("hello", hello);
  await settle();
  assert.deepEqual(events.map((event) => event.kind), ["hello", "change", "hello"]);
  client.stop();
});

test("who was cut before the first change has missed an unknown part: all is read again", async () => {
  const { client, lines, events } = started();
  line(lines, 0).open();
  await settle();
  line(lines, 0).say("hello", hello);
  await settle();
  line(lines, 0).end();
  await settle();
  clock.tick(1000);
  await settle();
  line(lines, 1).open();
  await settle();
  line(lines, 1).say("hello", hello);
  await settle();
  assert.deepEqual(events.map((event) => event.kind), ["hello", "reload", "hello"]);
  client.stop();
});

test("after a reload the line goes on, from the position that came with it", async () => {
  const { client, lines, events } = started();
  line(lines, 0).open();
  await settle();
  line(lines, 0).say("hello", hello, "7.1.u.1");
  line(lines, 0).say("change", change, "7.2.u.1");
  line(lines, 0).say("reload", {}, "7.90.u.1");
  await settle();
  assert.equal(line(lines, 0).cut, false);
  assert.deepEqual(events.map((event) => event.kind), ["hello", "change", "reload"]);
  line(lines, 0).end();
  await settle();
  clock.tick(1000);
  await settle();
  assert.equal(line(lines, 1).sent["Last-Event-ID"], "7.90.u.1");
  client.stop();
});

test("tries come after 1, 2, 5, 10, then every 15 s, and at once when the line is back", async () => {
  const { client, lines } = started();
  for (const [tries, wait] of [1000, 2000, 5000, 10_000, 15_000, 15_000].entries()) {
    line(lines, tries).open(503);
    await settle();
    clock.tick(wait - 1);
    await settle();
    assert.equal(lines.length, tries + 1, `before ${wait} ms`);
    clock.tick(1);
    await settle();
    assert.equal(lines.length, tries + 2, `after ${wait} ms`);
  }
  line(lines, 6).open(503);
  await settle();
  client.wake();
  await settle();
  assert.equal(lines.length, 8);
  client.stop();
});

test("a line that is silent for 12 s is cut and tried again", async () => {
  const { client, lines } = started();
  line(lines, 0).open();
  await settle();
  line(lines, 0).say("hello", hello);
  await settle();
  clock.tick(11_000);
  line(lines, 0).say("tick", { server_time: "", pos: 1, lag_ms: 0 });
  await settle();
  clock.tick(11_999);
  assert.equal(line(lines, 0).cut, false);
  clock.tick(1);
  await settle();
  assert.equal(line(lines, 0).cut, true);
  clock.tick(1000);
  await settle();
  assert.equal(lines.length, 2);
  client.stop();
});

test("a tab that is hidden for 60 s lets go, and catches up when it is shown", async () => {
  const { client, lines } = started();
  line(lines, 0).open();
  await settle();
  line(lines, 0).say("hello", hello);
  line(lines, 0).say("change", change, "7.2.u.1");
  await settle();
  client.setHidden(true);
  for (let seconds = 5; seconds < 60; seconds += 5) {
    clock.tick(5000);
    assert.equal(line(lines, 0).cut, false, `after ${seconds} s`);
    line(lines, 0).say("tick", { server_time: "", pos: 1, lag_ms: 0 });
    await settle();
  }
  clock.tick(5000);
  await settle();
  assert.equal(line(lines, 0).cut, true);
  client.setHidden(false);
  await settle();
  assert.equal(line(lines, 1).sent["Last-Event-ID"], "7.2.u.1");
  client.stop();
});

test("a log-in that has ended is not tried again until the next one", async () => {
  const { client, lines, denied } = started();
  line(lines, 0).open(401);
  await settle();
  assert.equal(denied(), 1);
  clock.tick(60_000);
  await settle();
  assert.equal(lines.length, 1);
  client.start();
  assert.equal(lines.length, 2);
  client.stop();
});

test("the header calls the page old after 12 s without a sign, and lag above 2 s by its seconds", () => {
  const status = { connected: true, askedAt: 0, heardAt: 0, lagMs: 0 };
  assert.deepEqual(freshnessOf({ ...status, heardAt: null }, 0), { kind: "connecting" });
  assert.deepEqual(freshnessOf({ ...status, askedAt: null, heardAt: null }, 99_000), { kind: "connecting" });
  assert.deepEqual(freshnessOf(status, 11_999), { kind: "live", lagSeconds: 0 });
  assert.deepEqual(freshnessOf(status, 14_200), { kind: "paused", seconds: 14 });
  assert.deepEqual(freshnessOf({ ...status, connected: false }, 3000), { kind: "reconnecting" });
  assert.deepEqual(freshnessOf({ ...status, lagMs: 2000 }, 0), { kind: "live", lagSeconds: 0 });
  assert.deepEqual(freshnessOf({ ...status, lagMs: 3100 }, 0), { kind: "live", lagSeconds: 3 });
});

test("an engine that has no stream is asked again and again, and the page is called old", async () => {
  const { client, lines, status, denied } = started();
  line(lines, 0).open(404);
  await settle();
  assert.equal(denied(), 0);
  assert.deepEqual(freshnessOf(status(), 1000), { kind: "connecting" });
  assert.deepEqual(freshnessOf(status(), 13_500), { kind: "paused", seconds: 12 });
  client.wake();
  assert.equal(lines.length, 2);
  line(lines, 1).open();
  await settle();
  line(lines, 1).say("hello", hello);
  await settle();
  assert.equal(freshnessOf(status(), 1000).kind, "live");
  client.stop();
});
