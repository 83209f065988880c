import { call } from "./http.ts";
import type { Order, OrderPage, TimelinePage } from "./types.ts";

export const pageSize = 200;

function queryOf(parts: Record<string, string | null>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parts)) if (value !== null) query.set(key, value);
  return query.toString();
}

export function fetchOrders(state: string | null, cursor: string | null, signal?: AbortSignal): Promise<OrderPage> {
  return call("GET", `/orders?${queryOf({ state, limit: String(pageSize), cursor })}`, signal ? { signal } : {});
}

export function fetchOrder(id: string, signal: AbortSignal): Promise<Order> {
  return call("GET", `/orders/${encodeURIComponent(id)}`, { signal });
}

export function fetchTimeline(id: string, cursor: string | null, signal: AbortSignal): Promise<TimelinePage> {
  return call("GET", `/orders/${encodeURIComponent(id)}/events?${queryOf({ limit: "100", cursor })}`, { signal });
}
