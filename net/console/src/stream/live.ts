// The one stream of this tab, for the page: its state, and its changes a few times a second.

import { apiRoot, sessionHeaders } from "../api/http.ts";
import { noteExpired, onForget } from "../api/session.ts";
import { setServerTime } from "../ui/clock.ts";
import { createStore } from "../ui/store.ts";
import { StreamClient } from "./client.ts";
import type { Change, StreamEvent } from "./events.ts";
import type { StreamStatus } from "./liveness.ts";

export const streamStatus = createStore<StreamStatus>({ connected: false, askedAt: null, heardAt: null, lagMs: 0 });

export interface Listener {
  onChanges: (changes: readonly Change[]) => void;
  /** What was read before may have missed something: read again. */
  onRefresh: () => void;
}

const listeners = new Set<Listener>();
/** Painted at most four times a second. */
const paintEvery = 250;
let gathered: Change[] = [];
let paintedAt = 0;
let timer: ReturnType<typeof setTimeout> | null = null;

function flush(): void {
  timer = null;
  paintedAt = Date.now();
  const changes = gathered;
  gathered = [];
  for (const listener of [...listeners]) listener.onChanges(changes);
}

function gather(change: Change): void {
  gathered.push(change);
  timer ??= setTimeout(flush, Math.max(0, paintedAt + paintEvery - Date.now()));
}

function take(event: StreamEvent): void {
  if (event.kind === "hello" || event.kind === "tick") setServerTime(event.serverTime);
  if (event.kind === "change") gather(event.change);
  if (event.kind === "hello" || event.kind === "reload") for (const listener of [...listeners]) listener.onRefresh();
}

const client = new StreamClient({
  url: `${apiRoot}/stream`,
  headers: sessionHeaders,
  fetch: (input, init) => fetch(input, { ...init, credentials: "same-origin" }),
  now: Date.now,
  onEvent: take,
  onStatus: streamStatus.set,
  onUnauthorized: noteExpired,
});

export function listenToStream(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns what ends it. */
export function runStream(): () => void {
  const wake = (): void => client.wake();
  const look = (): void => client.setHidden(document.visibilityState === "hidden");
  client.start();
  window.addEventListener("online", wake);
  window.addEventListener("focus", wake);
  document.addEventListener("visibilitychange", look);
  return () => {
    window.removeEventListener("online", wake);
    window.removeEventListener("focus", wake);
    document.removeEventListener("visibilitychange", look);
    client.stop();
  };
}

onForget(() => {
  client.reset();
  gathered = [];
});
