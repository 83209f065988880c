// How near a deadline is: a mark and words, never a colour alone.

import type { OrderState } from "../api/types.ts";
import { formatWholeDuration } from "./duration.ts";

export type Nearness = "none" | "plain" | "soon" | "near" | "late";

export interface Deadline {
  nearness: Nearness;
  /** "in 52 min", "late by 1 h 05", or why there is none. */
  text: string;
  /** What has to be done until then. */
  kind: "ship" | "collect" | null;
}

const hour = 60 * 60 * 1000;
/** Within it people are expected to act. */
const lead = 4 * hour;
const day = 24 * hour;

export interface Dated {
  state: OrderState;
  due_at: string | null;
  closed_at: string | null;
  partially_shipped: boolean;
}

export function deadlineOf(order: Dated, now: number): Deadline {
  if (order.due_at === null) {
    const over = order.closed_at !== null || order.state === "delivered" || order.state === "failed";
    const word = order.closed_at !== null && order.state !== "failed" ? "closed" : order.state;
    return { nearness: "none", text: over ? `no deadline: ${word}` : "no deadline", kind: null };
  }
  const kind = order.state === "shipped" || order.partially_shipped ? "collect" : "ship";
  const left = Date.parse(order.due_at) - now;
  if (left < 0) return { nearness: "late", text: `late by ${formatWholeDuration(-left)}`, kind };
  const nearness = left <= lead ? "near" : left <= day ? "soon" : "plain";
  return { nearness, text: `in ${formatWholeDuration(left)}`, kind };
}
