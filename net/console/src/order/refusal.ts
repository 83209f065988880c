// What a refusal says to the person who got it.

import type { Order, OrderState, Problem } from "../api/types.ts";
import { isOrderState } from "../api/types.ts";
import { text } from "../texts/text.ts";

const stateWord = (state: OrderState): string => text(`states:${state}`);
const sentence = (words: string): string => (words === "" || /[.!?]$/.test(words) ? words : `${words}.`);

/** Why a legal move is blocked now, in the engine's words; TikTok's guards say what they wait for. */
export const whyWords = (why: { code: string; detail: string }): string =>
  why.code === "quarantined" ? text("order:quarantined") : sentence(why.detail.charAt(0).toUpperCase() + why.detail.slice(1));

/** What has changed of an order between two looks at it. */
export function differences(before: Order, now: Order): string[] {
  const found: string[] = [];
  if (before.state !== now.state)
    found.push(text("order:diffState", { from: stateWord(before.state), to: stateWord(now.state) }));
  if (before.tiktok_status !== now.tiktok_status) found.push(text("order:diffTiktok", { to: now.tiktok_status ?? "-" }));
  if (before.held !== now.held) found.push(text(now.held ? "order:diffHeld" : "order:diffReleased"));
  const addressOf = (order: Order): string => JSON.stringify(order.order_data?.recipient_address ?? null);
  if (addressOf(before) !== addressOf(now)) found.push(text("order:diffAddress"));
  const linesOf = (order: Order): string =>
    JSON.stringify(order.order_data?.line_items?.map((line) => [line.id, line.display_status]));
  if (linesOf(before) !== linesOf(now)) found.push(text("order:diffLines"));
  if (before.due_at !== now.due_at) found.push(text("order:diffDue"));
  if (found.length === 0) found.push(text("order:diffHistory", { version: now.version }));
  return found;
}

export interface Asked {
  /** Where the order should have gone; null: no move was asked for. */
  to: OrderState | null;
  before: Order;
  now: Order;
  /** "On hold by budi since 08:10. Release it first." */
  heldText: string;
}

export function refusalText(problem: Problem, asked: Asked): string {
  const from = stateWord(asked.now.state);
  switch (problem.code) {
    case "illegal_transition": {
      if (asked.to === null) return text("order:refusedOther", { detail: sentence(problem.detail) });
      const allowed = (problem.allowed ?? []).filter(isOrderState).map(stateWord).join(", ");
      const to = stateWord(asked.to);
      return allowed === ""
        ? text("order:refusedFinal", { from, to })
        : text("order:refusedIllegal", { from, to, allowed });
    }
    case "guard_refused":
      return asked.to === null
        ? text("order:refusedOther", { detail: sentence(problem.detail) })
        : text("order:refusedMove", { to: stateWord(asked.to), detail: sentence(problem.detail) });
    case "held":
      return asked.heldText;
    case "version_conflict":
      return text("order:refusedConflict", { what: differences(asked.before, asked.now).join(", ") });
    case "quarantined":
      return text("order:quarantined");
    default:
      return text("order:refusedOther", { detail: sentence(problem.detail || problem.title) });
  }
}
