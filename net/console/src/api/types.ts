// What the engine answers, as docs/contract.md has it.

export const orderStates = ["received", "processing", "shipped", "delivered", "failed"] as const;
export type OrderState = (typeof orderStates)[number];

export function isOrderState(text: unknown): text is OrderState {
  return orderStates.some((state) => state === text);
}

export interface Attention {
  kind: string;
  since: string;
}

export interface OrderRow {
  id: string;
  tiktok_order_id: string;
  shop_id: string | null;
  state: OrderState;
  failure: string | null;
  held: boolean;
  version: number;
  tiktok_status: string | null;
  tiktok_update_time: number | null;
  created_at: string;
  updated_at: string;
  due_at: string | null;
  closed_at: string | null;
  attention: Attention[];
  partially_shipped: boolean;
  pending: "report" | "on_hold" | null;
  /** Of a row that is stored but cannot be read: why. */
  unreadable?: string;
}

export interface Why {
  code: string;
  detail: string;
  reason?: string;
}

export interface NextState {
  to: OrderState;
  allowed: boolean;
  why?: Why;
}

export interface Report {
  input_id: string;
  line_item_ids: string[];
  waits_for: "report" | "on_hold";
}

export interface LineItem {
  id?: string;
  product_name?: string;
  sku_name?: string;
  seller_sku?: string;
  display_status?: string;
  package_id?: string;
  currency?: string;
  sale_price?: string;
}

/** TikTok's document, as far as this page reads it; any part may be absent. */
export interface OrderData {
  line_items?: LineItem[];
  payment?: { currency?: string; total_amount?: string };
  recipient_address?: { name?: string; phone_number?: string; full_address?: string; postal_code?: string };
  buyer_message?: string;
  buyer_nickname?: string;
  buyer_email?: string;
  delivery_option_name?: string;
  shipping_provider?: string;
  shipping_provider_id?: string;
  tracking_number?: string;
  shipping_type?: string;
  is_cod?: boolean;
}

export interface Order extends OrderRow {
  reports: Report[];
  next_states: NextState[];
  order_data: OrderData | null;
}

export interface OrderPage {
  orders: OrderRow[];
  next_cursor: string | null;
}

export interface EventEntry {
  kind: "event";
  seq: number;
  at: string;
  type: string;
  source: string;
  actor: string | null;
  from: OrderState | null;
  to: OrderState | null;
  detail: Record<string, unknown>;
  input_id: string;
}

export interface InputEntry {
  kind: "input";
  at: string;
  type: string;
  source: string;
  outcome: string;
  deliveries: number;
  notification_id: string | null;
  input_id: string;
}

export type TimelineEntry = EventEntry | InputEntry;

export interface TimelinePage {
  events: TimelineEntry[];
  next_cursor: string | null;
}

export interface CommandAnswer {
  id: string;
  tiktok_order_id: string;
  state: OrderState;
  version: number;
  outcome: string;
  report?: string;
  pending?: string;
}

export type Role = "viewer" | "operator" | "admin";

export interface Session {
  user: { name: string; role: Role };
  first_password: boolean;
  expires_at: string;
  server_time: string;
  build: string;
}

/** RFC 9457, with the engine's stable code. */
export interface Problem {
  code: string;
  title: string;
  detail: string;
  status: number;
  version?: number;
  reason?: string;
  allowed?: string[];
}
