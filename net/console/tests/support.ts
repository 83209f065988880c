// Orders as the engine writes them, for tests.

import type { EventEntry, Order, OrderRow, TimelineEntry } from "../src/api/types.ts";

export const noon = Date.parse("2026-11-27T12:00:00Z");
export const at = (seconds: number): string => new Date(noon + seconds * 1000).toISOString();

export function row(id: string, change: Partial<OrderRow> = {}): OrderRow {
  return {
    id,
    tiktok_order_id: `5764614130387${id}`,
    shop_id: "7494049642642441621",
    state: "processing",
    failure: null,
    held: false,
    version: 1,
    tiktok_status: "AWAITING_SHIPMENT",
    tiktok_update_time: null,
    created_at: at(0),
    updated_at: at(0),
    due_at: null,
    closed_at: null,
    attention: [],
    partially_shipped: false,
    pending: null,
    ...change,
  };
}

export function order(change: Partial<Order> = {}): Order {
  return { ...row("01"), reports: [], next_states: [], order_data: null, ...change };
}

export function happened(seq: number, type: string, change: Partial<EventEntry> = {}): TimelineEntry {
  return {
    kind: "event",
    seq,
    at: at(seq),
    type,
    source: "webhook",
    actor: null,
    from: null,
    to: null,
    detail: {},
    input_id: `input-${seq}`,
    ...change,
  };
}
