// What the ship panel sends, and what it says about it. Pure.

import type { MoveBody } from "../api/commands.ts";
import type { LineItem, Order } from "../api/types.ts";

export interface ShipForm {
  provider: string;
  tracking: string;
  /** Ids of lines that stay out. */
  left: ReadonlySet<string>;
  tell: boolean;
  reason: string;
}

export type NamedLine = LineItem & { id: string };

const isCancelled = (line: LineItem): boolean => line.display_status === "CANCELLED";

/** Lines that can be in a parcel. */
export function shippableLines(order: Order): NamedLine[] {
  return (order.order_data?.line_items ?? []).filter((line): line is NamedLine => line.id !== undefined && !isCancelled(line));
}

export function chosenLines(order: Order, form: ShipForm): NamedLine[] {
  return shippableLines(order).filter((line) => !form.left.has(line.id));
}

export type TrackingDoubt = "blanks" | "odd" | null;

/** Said while typing, never in the way. */
export function trackingDoubt(tracking: string): TrackingDoubt {
  const bare = tracking.trim();
  if (bare === "") return null;
  if (/\s/.test(bare)) return "blanks";
  return /^[A-Za-z0-9-]{8,40}$/.test(bare) ? null : "odd";
}

export type Missing = "tracking" | "provider" | "line" | "reason";

/** What the form still needs before it can be sent. */
export function missingIn(order: Order, form: ShipForm): Missing[] {
  const missing: Missing[] = [];
  if (form.tell && form.tracking.trim() === "") missing.push("tracking");
  if (form.tell && form.provider.trim() === "") missing.push("provider");
  if (shippableLines(order).length > 0 && chosenLines(order, form).length === 0) missing.push("line");
  if (!form.tell && form.reason.trim() === "") missing.push("reason");
  return missing;
}

/** All lines are named by naming none: lines that TikTok adds meanwhile are in the parcel too. */
export function shipBody(order: Order, form: ShipForm, version: number): MoveBody {
  const body: MoveBody = { to: "shipped", expected_version: version, report: form.tell };
  if (form.tracking.trim() !== "") body.tracking_number = form.tracking.trim();
  if (form.provider.trim() !== "") body.shipping_provider_id = form.provider.trim();
  if (!form.tell) body.reason = form.reason.trim();
  const chosen = chosenLines(order, form);
  if (chosen.length < shippableLines(order).length) body.line_item_ids = chosen.map((line) => line.id);
  return body;
}
