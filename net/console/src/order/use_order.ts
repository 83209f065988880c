// One order and its timeline, kept fresh by the stream.

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { fetchOrder, fetchTimeline } from "../api/orders.ts";
import { watched } from "../api/session.ts";
import type { Order, OrderRow, TimelineEntry, TimelinePage } from "../api/types.ts";
import { listenToStream } from "../stream/live.ts";

const orderKey = (id: string): [string, string] => ["order", id];
const timelineKey = (id: string): [string, string] => ["timeline", id];

export const entryKey = (entry: TimelineEntry): string =>
  entry.kind === "event" ? `e${entry.seq}` : `i${entry.input_id} ${entry.at}`;

/** Pages that were read at different moments overlap: each entry once. */
export function mergedTimeline(pages: readonly TimelinePage[]): TimelineEntry[] {
  const found = new Map<string, TimelineEntry>();
  for (const page of pages) for (const entry of page.events) if (!found.has(entryKey(entry))) found.set(entryKey(entry), entry);
  return [...found.values()];
}

/** A row of the stream over an order that was read before; its next states and document come with the next read. */
export function withRow(order: Order, row: OrderRow): Order {
  return row.version > order.version ? { ...order, ...row } : order;
}

/** A first read that is under way may be older than what was heard, and calling it invalid does not repeat it. */
export function readAgain(queries: QueryClient, queryKey: readonly string[]): void {
  const invalidate = (): void => void queries.invalidateQueries({ queryKey });
  const query = queries.getQueryCache().find({ queryKey });
  const first = query?.state.data === undefined ? query?.promise : undefined;
  if (first) first.then(invalidate, invalidate);
  else invalidate();
}

function useStreamOf(id: string): void {
  const queries = useQueryClient();
  useEffect(
    () =>
      listenToStream({
        onChanges: (changes) => {
          const mine = changes.filter((change) => change.tiktok_order_id === id || change.id === id);
          if (mine.length === 0) return;
          const row = mine.findLast((change) => change.row !== null)?.row;
          if (row) queries.setQueryData<Order>(orderKey(id), (held) => held && withRow(held, row));
          readAgain(queries, orderKey(id));
          readAgain(queries, timelineKey(id));
        },
        onRefresh: () => {
          readAgain(queries, orderKey(id));
          readAgain(queries, timelineKey(id));
        },
      }),
    [id, queries],
  );
}

export function useOrder(id: string) {
  useStreamOf(id);
  return useQuery({
    queryKey: orderKey(id),
    queryFn: ({ signal }) => watched(fetchOrder(id, signal)),
    // A read that was overtaken by the stream does not set the page back.
    structuralSharing: (before, after) => {
      const held = before as Order | undefined;
      const read = after as Order;
      return held && held.version > read.version ? held : read;
    },
  });
}

type Pages = InfiniteData<TimelinePage, string | null>;

export function useTimeline(id: string) {
  const query = useInfiniteQuery<TimelinePage, Error, Pages, [string, string], string | null>({
    queryKey: timelineKey(id),
    queryFn: ({ pageParam, signal }) => watched(fetchTimeline(id, pageParam, signal)),
    initialPageParam: null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const entries = useMemo(() => mergedTimeline(query.data?.pages ?? []), [query.data]);
  return { query, entries };
}

/** After an answer: what was committed is read, should the stream not bring it. */
export function useRefresh(id: string): () => void {
  const queries = useQueryClient();
  return () => {
    readAgain(queries, orderKey(id));
    readAgain(queries, timelineKey(id));
  };
}
