// How fresh the page is, and when to try again.

/** Without a sign for this long what is shown is called old: ticks come every 5 s. */
export const silence = 12_000;
/** A tab that nobody sees lets go of its connection: a browser has six of them to one origin. */
export const hiddenPatience = 60_000;
const lagShown = 2_000;
const waits = [1_000, 2_000, 5_000, 10_000, 15_000];

/** `failures`: tries in a row that brought no event. */
export const reconnectAfter = (failures: number): number => waits[Math.min(Math.max(failures, 0), waits.length - 1)] ?? 15_000;

export interface StreamStatus {
  connected: boolean;
  /** Local clock; null: not begun. */
  askedAt: number | null;
  /** The same; null: nothing was heard yet. */
  heardAt: number | null;
  lagMs: number;
}

export type Freshness =
  | { kind: "connecting" }
  | { kind: "live"; lagSeconds: number }
  | { kind: "reconnecting" }
  | { kind: "paused"; seconds: number };

export function freshnessOf(status: StreamStatus, now: number): Freshness {
  const since = status.heardAt ?? status.askedAt;
  if (since === null) return { kind: "connecting" };
  const quiet = now - since;
  if (quiet >= silence) return { kind: "paused", seconds: Math.floor(quiet / 1000) };
  if (status.heardAt === null) return { kind: "connecting" };
  if (!status.connected) return { kind: "reconnecting" };
  return { kind: "live", lagSeconds: status.lagMs > lagShown ? Math.round(status.lagMs / 1000) : 0 };
}
