// Keeps one connection to /stream, whatever happens to it. Read by fetch: EventSource can send neither the token nor the
// position.

import type { StreamEvent } from "./events.ts";
import { streamEventOf } from "./events.ts";
import { hiddenPatience, reconnectAfter, silence } from "./liveness.ts";
import type { StreamStatus } from "./liveness.ts";
import { SseParser } from "./sse.ts";

export interface StreamParts {
  url: string;
  headers: () => Record<string, string>;
  fetch: typeof fetch;
  now: () => number;
  onEvent: (event: StreamEvent) => void;
  onStatus: (status: StreamStatus) => void;
  /** The log-in has ended; start() again after the next one. */
  onUnauthorized: () => void;
}

export class StreamClient {
  private status: StreamStatus = { connected: false, askedAt: null, heardAt: null, lagMs: 0 };
  private position = "";
  private epoch = "";
  private failures = 0;
  private running = false;
  private cut: AbortController | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | null = null;
  private silenceTimer: ReturnType<typeof setTimeout> | null = null;
  private hiddenTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly parts: StreamParts) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    if (this.status.heardAt === null) this.tell({ askedAt: this.parts.now() });
    void this.connect();
  }

  stop(): void {
    this.running = false;
    this.clearTimers();
    this.cut?.abort();
    this.cut = null;
    this.tell({ connected: false });
  }

  /** Forgets where it was: of another log-in. */
  reset(): void {
    this.stop();
    this.position = "";
    this.epoch = "";
    this.failures = 0;
    this.tell({ askedAt: null, heardAt: null });
  }

  /** The line or the person is back: no waiting. */
  wake(): void {
    if (!this.running || this.status.connected) return;
    this.clearTimers();
    this.cut?.abort();
    this.failures = 0;
    void this.connect();
  }

  setHidden(hidden: boolean): void {
    if (this.hiddenTimer !== null) clearTimeout(this.hiddenTimer);
    this.hiddenTimer = null;
    if (hidden) this.hiddenTimer = setTimeout(() => this.stop(), hiddenPatience);
    else if (this.running) this.wake();
    else this.start();
  }

  private clearTimers(): void {
    for (const timer of [this.retryTimer, this.silenceTimer]) if (timer !== null) clearTimeout(timer);
    this.retryTimer = null;
    this.silenceTimer = null;
  }

  private tell(change: Partial<StreamStatus>): void {
    this.status = { ...this.status, ...change };
    this.parts.onStatus(this.status);
  }

  private async connect(): Promise<void> {
    const cut = new AbortController();
    this.cut = cut;
    this.listenFor(cut);
    let unauthorized = false;
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream", ...this.parts.headers() };
      if (this.position !== "") headers["Last-Event-ID"] = this.position;
      const response = await this.parts.fetch(this.parts.url, { headers, signal: cut.signal, cache: "no-store" });
      unauthorized = response.status === 401;
      if (response.ok && response.body) await this.read(response.body, cut);
    } catch {
      // The same as an end: the line broke, or it was cut here.
    }
    if (this.cut !== cut) return; // another connection has taken over
    this.cut = null;
    cut.abort();
    this.clearTimers();
    this.tell({ connected: false });
    if (!this.running) return;
    if (unauthorized) {
      this.running = false;
      return this.parts.onUnauthorized();
    }
    this.retryTimer = setTimeout(() => void this.connect(), reconnectAfter(this.failures));
    this.failures += 1;
  }

  private async read(body: ReadableStream<Uint8Array>, cut: AbortController): Promise<void> {
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.cut !== cut) return;
      for (const raw of parser.push(decoder.decode(value, { stream: true }))) {
        this.listenFor(cut);
        const event = streamEventOf(raw);
        if (event) this.take(event, raw.lastEventId);
      }
    }
  }

  /** A line that is open and silent is as good as cut. */
  private listenFor(cut: AbortController): void {
    if (this.silenceTimer !== null) clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => cut.abort(), silence);
  }

  /** Whoever comes back without a position that this engine knows has missed an unknown part. */
  private meet(epoch: string): void {
    this.failures = 0;
    const isKnown = this.epoch === "" || (this.epoch === epoch && this.position !== "");
    if (this.epoch !== "" && this.epoch !== epoch) this.position = "";
    this.epoch = epoch;
    if (!isKnown) this.parts.onEvent({ kind: "reload" });
  }

  private take(event: StreamEvent, lastEventId: string): void {
    if (event.kind === "hello") this.meet(event.epoch);
    if (lastEventId !== "") this.position = lastEventId;
    const lagMs = event.kind === "hello" || event.kind === "tick" ? event.lagMs : this.status.lagMs;
    this.tell({ connected: event.kind !== "bye", heardAt: this.parts.now(), lagMs });
    this.parts.onEvent(event);
  }
}
