// The live list. Rows are patched in place; the stream never inserts, removes or sorts: what it would have moved is counted, and
// comes with the next `show`. All functions are pure.

import type { OrderPage, OrderRow } from "../api/types.ts";
import type { Filter } from "./filter.ts";
import { matches } from "./filter.ts";

export type Column = "state" | "tiktok" | "due" | "attention" | "updated";

export interface Mark {
  columns: ReadonlySet<Column>;
  /** When it stops being shown. */
  until: number;
}

export interface List {
  filter: Filter;
  /** Ids as they were fetched, newest change first. */
  ids: readonly string[];
  rows: ReadonlyMap<string, OrderRow>;
  cursor: string | null;
  /** When the first page was read, server time; null: not yet. */
  loadedAt: number | null;
  marks: ReadonlyMap<string, Mark>;
  /** Rows that match no longer, and since when. */
  gone: ReadonlyMap<string, number>;
  fresh: ReadonlySet<string>;
  moved: ReadonlySet<string>;
}

export const markTime = 2_000;
/** 100 pages of 200. */
export const mostRows = 20_000;

export const emptyList = (filter: Filter): List => ({
  filter,
  ids: [],
  rows: new Map(),
  cursor: null,
  loadedAt: null,
  marks: new Map(),
  gone: new Map(),
  fresh: new Set(),
  moved: new Set(),
});

/** The higher version wins, whatever came first. */
export function newer(held: OrderRow | undefined, row: OrderRow): boolean {
  return held === undefined || row.version > held.version;
}

/** The first page, anew. A row that the stream has brought meanwhile in a newer version is kept. */
export function shown(list: List, page: OrderPage, now: number): List {
  const rows = new Map<string, OrderRow>();
  const ids: string[] = [];
  for (const row of page.orders) {
    const held = list.rows.get(row.id);
    const best = held && held.version > row.version && matches(list.filter, held) ? held : row;
    if (!rows.has(row.id)) ids.push(row.id);
    rows.set(row.id, best);
  }
  return { ...emptyList(list.filter), ids, rows, cursor: page.next_cursor, loadedAt: now };
}

/** The next page below. What is on the page already stays where it is. */
export function appended(list: List, page: OrderPage): List {
  const rows = new Map(list.rows);
  const fresh = new Set(list.fresh);
  const ids = [...list.ids];
  for (const row of page.orders) {
    if (!rows.has(row.id)) ids.push(row.id);
    if (newer(rows.get(row.id), row)) rows.set(row.id, row);
    fresh.delete(row.id);
  }
  return { ...list, ids, rows, fresh, cursor: page.next_cursor };
}

const attentionOf = (row: OrderRow): string => row.attention.map((one) => one.kind).join(" ");

export function changedColumns(before: OrderRow, after: OrderRow): Set<Column> {
  const found = new Set<Column>();
  if (before.state !== after.state || before.held !== after.held || before.failure !== after.failure) found.add("state");
  if (before.tiktok_status !== after.tiktok_status || before.partially_shipped !== after.partially_shipped) found.add("tiktok");
  if (before.due_at !== after.due_at || before.closed_at !== after.closed_at) found.add("due");
  if (attentionOf(before) !== attentionOf(after) || before.pending !== after.pending) found.add("attention");
  if (before.updated_at !== after.updated_at) found.add("updated");
  return found;
}

function union(a: ReadonlySet<Column> | undefined, b: ReadonlySet<Column>): ReadonlySet<Column> {
  return a ? new Set([...a, ...b]) : b;
}

/** Rows as the stream brought them. */
export function changed(list: List, changes: readonly OrderRow[], now: number): List {
  const rows = new Map(list.rows);
  const marks = new Map(list.marks);
  const gone = new Map(list.gone);
  const fresh = new Set(list.fresh);
  const moved = new Set(list.moved);
  for (const row of changes) {
    const held = rows.get(row.id);
    if (!held) {
      if (matches(list.filter, row)) fresh.add(row.id);
      else fresh.delete(row.id);
      continue;
    }
    if (!newer(held, row)) continue;
    rows.set(row.id, row);
    marks.set(row.id, { columns: union(marks.get(row.id)?.columns, changedColumns(held, row)), until: now + markTime });
    if (!matches(list.filter, row)) {
      if (!gone.has(row.id)) gone.set(row.id, now);
      moved.delete(row.id);
    } else {
      gone.delete(row.id);
      if (list.ids[0] !== row.id) moved.add(row.id);
    }
  }
  return { ...list, rows, marks, gone, fresh, moved };
}

/** A first page that was read to catch up: known rows are patched, others counted. */
export function caughtUp(list: List, page: OrderPage, now: number): List {
  return list.loadedAt === null ? shown(list, page, now) : changed(list, page.orders, now);
}

/** Takes away the marks whose time is over; the same list when there are none. */
export function settled(list: List, now: number): List {
  const left = [...list.marks].filter(([, mark]) => mark.until > now);
  return left.length === list.marks.size ? list : { ...list, marks: new Map(left) };
}

export const hasWaiting = (list: List): boolean => list.fresh.size + list.moved.size + list.gone.size > 0;
