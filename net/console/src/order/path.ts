// The way an order has taken through the state machine, read from its timeline.

import type { EventEntry, OrderState, TimelineEntry } from "../api/types.ts";

export interface Step {
  from: OrderState;
  to: OrderState;
  at: number;
  /** TikTok's later status implies it; nobody saw it happen. */
  inferred: boolean;
  actor: string | null;
  source: string;
}

export interface Visit {
  state: OrderState;
  enteredAt: number;
  /** Null: it is there now. */
  leftAt: number | null;
}

export interface Path {
  steps: readonly Step[];
  visits: readonly Visit[];
  /** The beginning is on a page of the timeline that is not loaded. */
  partial: boolean;
}

const isEvent = (entry: TimelineEntry): entry is EventEntry => entry.kind === "event";

export function pathOf(timeline: readonly TimelineEntry[], now: OrderState): Path {
  const events = timeline.filter(isEvent).sort((a, b) => a.seq - b.seq);
  const steps: Step[] = [];
  const visits: Visit[] = [];
  const enter = (state: OrderState, at: number): void => {
    const last = visits.at(-1);
    if (last && last.leftAt === null) visits[visits.length - 1] = { ...last, leftAt: at };
    visits.push({ state, enteredAt: at, leftAt: null });
  };
  for (const event of events) {
    const at = Date.parse(event.at);
    if (event.type === "created") enter("received", at);
    if (event.type !== "transitioned" || event.from === null || event.to === null) continue;
    steps.push({
      from: event.from,
      to: event.to,
      at,
      inferred: event.detail["inferred"] === true,
      actor: event.actor,
      source: event.source,
    });
    enter(event.to, at);
  }
  const partial = events[0] === undefined || events[0].type !== "created";
  return { steps, visits: visits.at(-1)?.state === now ? visits : [], partial };
}

/** The last stay in a state; undefined: never, as far as is known. */
export const lastVisit = (path: Path, state: OrderState): Visit | undefined =>
  path.visits.findLast((visit) => visit.state === state);

/** The last time that the order went that way. */
export const lastStep = (path: Path, from: OrderState, to: OrderState): Step | undefined =>
  path.steps.findLast((step) => step.from === from && step.to === to);
