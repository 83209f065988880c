// The lists of this tab, each with where it was scrolled to: Back returns to the same row at once.

import { fetchOrders } from "../api/orders.ts";
import { onForget, watched } from "../api/session.ts";
import type { OrderRow } from "../api/types.ts";
import { listenToStream } from "../stream/live.ts";
import type { Change } from "../stream/events.ts";
import { serverNow } from "../ui/clock.ts";
import type { Store } from "../ui/store.ts";
import { createStore } from "../ui/store.ts";
import type { Filter } from "./filter.ts";
import { keyOf } from "./filter.ts";
import type { List } from "./list.ts";
import { appended, caughtUp, changed, emptyList, markTime, mostRows, settled, shown } from "./list.ts";

export interface ListView {
  list: List;
  loading: "first" | "more" | "show" | null;
  trouble: { error: unknown; during: "first" | "more" | "show" } | null;
}

export interface OpenList {
  store: Store<ListView>;
  /** Pixels, and the row with the focus. */
  scroll: number;
  focused: number;
  /** Something changed while the page that is under way was read: it may be older. */
  overtaken: boolean;
}

const kept = new Map<string, OpenList>();
const mostKept = 6;
/** The list that was looked at last: [ and ] on an order walk along it. */
let current: OpenList | null = null;

export const currentList = (): OpenList | null => current;

export function openList(filter: Filter): OpenList {
  const key = keyOf(filter);
  const found = kept.get(key) ?? {
    store: createStore<ListView>({ list: emptyList(filter), loading: null, trouble: null }),
    scroll: 0,
    focused: 0,
    overtaken: false,
  };
  kept.delete(key);
  kept.set(key, found); // the last one is the youngest
  for (const old of kept.keys()) if (kept.size > mostKept) kept.delete(old);
  current = found;
  return found;
}

function update(open: OpenList, change: Partial<ListView>): void {
  open.store.set({ ...open.store.get(), ...change });
}

async function fetchInto(open: OpenList, during: "first" | "more" | "show"): Promise<void> {
  const before = open.store.get();
  if (before.loading !== null && !(during === "show" && before.loading === "more")) return;
  update(open, { loading: during, trouble: null });
  if (during !== "more") open.overtaken = false;
  const { filter, cursor } = before.list;
  try {
    const page = await watched(fetchOrders(filter.state, during === "more" ? cursor : null));
    const now = open.store.get();
    if (during === "more" && now.list.cursor !== cursor) return; // shown anew meanwhile
    update(open, { list: during === "more" ? appended(now.list, page) : shown(now.list, page, serverNow()), loading: null });
    if (during !== "more" && open.overtaken) void catchUp(open);
  } catch (error) {
    update(open, { loading: null, trouble: { error, during } });
  }
}

export function loadFirst(open: OpenList): void {
  if (open.store.get().list.loadedAt === null) void fetchInto(open, "first");
}

export const canLoadMore = (list: List): boolean => list.cursor !== null && list.ids.length < mostRows;

export function loadMore(open: OpenList): void {
  const { list, trouble } = open.store.get();
  if (canLoadMore(list) && trouble === null) void fetchInto(open, "more");
}

/** What waits comes onto the page. */
export function show(open: OpenList): Promise<void> {
  open.focused = 0;
  return fetchInto(open, "show");
}

export function retry(open: OpenList): void {
  const during = open.store.get().trouble?.during;
  if (during !== undefined) void fetchInto(open, during);
}

async function catchUp(open: OpenList): Promise<void> {
  try {
    const page = await watched(fetchOrders(open.store.get().list.filter.state, null));
    update(open, { list: caughtUp(open.store.get().list, page, serverNow()), trouble: null });
    settleLater(open);
  } catch (error) {
    update(open, { trouble: { error, during: "show" } });
  }
}

function settleLater(open: OpenList): void {
  setTimeout(() => update(open, { list: settled(open.store.get().list, serverNow()) }), markTime + 50);
}

function take(changes: readonly Change[]): void {
  const rows = changes.map((change) => change.row).filter((row): row is OrderRow => row !== null);
  if (rows.length === 0) return;
  for (const open of kept.values()) {
    const { list: before, loading } = open.store.get();
    if (loading !== null) open.overtaken = true;
    if (before.loadedAt === null) continue;
    const list = changed(before, rows, serverNow());
    if (list.ids.length === 0 && list.fresh.size > 0 && loading === null) {
      void show(open); // nothing is there that could move
      continue;
    }
    update(open, { list });
    settleLater(open);
  }
}

listenToStream({
  onChanges: take,
  onRefresh: () => {
    for (const open of kept.values()) {
      if (open === current) {
        if (open.store.get().loading === null) void catchUp(open);
      } else {
        update(open, { list: emptyList(open.store.get().list.filter) });
      }
    }
  },
});

onForget(() => {
  kept.clear();
  current = null;
});
