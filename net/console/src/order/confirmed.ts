// Confirmed, not optimistic: a form is done when the page shows the version that the answer named.

import { useEffect } from "react";
import type { CommandState } from "../api/commands.ts";
import type { Order } from "../api/types.ts";

/** The stream is given this long before the order is read. */
const patience = 1_500;

export function useConfirmed(state: CommandState, order: Order, refresh: () => void, done: () => void): void {
  const awaited = state.phase === "answered" ? state.answer.version : null;
  const isThere = awaited !== null && order.version >= awaited;
  useEffect(() => {
    if (isThere) done();
    // `done` is another function at each render
  }, [isThere]);
  useEffect(() => {
    if (awaited === null || isThere) return;
    const timer = setInterval(refresh, patience);
    return () => clearInterval(timer);
  }, [awaited, isThere]);
}
