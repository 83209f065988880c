// What comes over the stream, checked before it is believed.

import type { OrderRow, OrderState } from "../api/types.ts";
import { isOrderState } from "../api/types.ts";
import type { ServerEvent } from "./sse.ts";

export interface Change {
  tiktok_order_id: string;
  id: string;
  version: number;
  at: string;
  type: string;
  from: OrderState | null;
  to: OrderState | null;
  actor: string | null;
  /** The list's row after the commit, on an order's last event of a batch. */
  row: OrderRow | null;
}

export type StreamEvent =
  | { kind: "hello"; epoch: string; serverTime: string; lagMs: number }
  | { kind: "change"; change: Change }
  | { kind: "tick"; serverTime: string; lagMs: number }
  | { kind: "reload" }
  | { kind: "bye"; reason: string };

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);

function isRow(value: unknown): value is OrderRow {
  return (
    isFields(value) &&
    typeof value["id"] === "string" &&
    typeof value["tiktok_order_id"] === "string" &&
    typeof value["version"] === "number" &&
    typeof value["updated_at"] === "string" &&
    Array.isArray(value["attention"]) &&
    isOrderState(value["state"])
  );
}

function changeOf(from: Fields): Change | null {
  if (typeof from["id"] !== "string" || typeof from["version"] !== "number") return null;
  return {
    tiktok_order_id: textOf(from["tiktok_order_id"]),
    id: from["id"],
    version: from["version"],
    at: textOf(from["at"]),
    type: textOf(from["type"]),
    from: isOrderState(from["from"]) ? from["from"] : null,
    to: isOrderState(from["to"]) ? from["to"] : null,
    actor: typeof from["actor"] === "string" ? from["actor"] : null,
    row: isRow(from["row"]) ? from["row"] : null,
  };
}

function fieldsOf(data: string): Fields | null {
  try {
    const parsed: unknown = JSON.parse(data);
    return isFields(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** Null: of a kind that is not known, or not what it should be. */
export function streamEventOf(event: ServerEvent): StreamEvent | null {
  const fields = fieldsOf(event.data);
  if (!fields) return null;
  switch (event.type) {
    case "hello": {
      const epoch = typeof fields["epoch"] === "number" ? String(fields["epoch"]) : textOf(fields["epoch"]);
      return { kind: "hello", epoch, serverTime: textOf(fields["server_time"]), lagMs: numberOf(fields["lag_ms"]) };
    }
    case "change": {
      const change = changeOf(fields);
      return change && { kind: "change", change };
    }
    case "tick":
      return { kind: "tick", serverTime: textOf(fields["server_time"]), lagMs: numberOf(fields["lag_ms"]) };
    case "reload":
      return { kind: "reload" };
    case "bye":
      return { kind: "bye", reason: textOf(fields["reason"]) };
    default:
      return null;
  }
}
