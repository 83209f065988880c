// The engine's clock, and texts that tick. A component renders again only when its text changes.

import { useSyncExternalStore } from "react";

let offset = 0;

/** Of an answer or a tick that has just come; half a second of travel is below what the page shows. */
export function setServerTime(serverTime: string): void {
  const at = Date.parse(serverTime);
  if (Number.isFinite(at)) offset = at - Date.now();
}

export const serverNow = (): number => Date.now() + offset;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

export function subscribeToSeconds(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of [...listeners]) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** `text` is computed each second; it must depend on nothing else that changes without a render. */
export const useTicking = (text: () => string): string => useSyncExternalStore(subscribeToSeconds, text);
