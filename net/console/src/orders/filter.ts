// What the list shows, in the address: /orders?state=processing.

import type { OrderRow, OrderState } from "../api/types.ts";
import { isOrderState } from "../api/types.ts";

export interface Filter {
  state: OrderState | null;
}

export function filterOf(search: string): Filter {
  const state = new URLSearchParams(search).get("state");
  return { state: isOrderState(state) ? state : null };
}

export const addressOf = (filter: Filter): string => (filter.state === null ? "/orders" : `/orders?state=${filter.state}`);
export const keyOf = (filter: Filter): string => filter.state ?? "all";
export const matches = (filter: Filter, row: OrderRow): boolean => filter.state === null || row.state === filter.state;
