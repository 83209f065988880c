// The rows: only those in view are in the document, pages are loaded ahead of the scroll. One tab stop; keys move within.

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import type { KeyboardEvent, ReactNode } from "react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { OrderRow } from "../api/types.ts";
import type { TextKey } from "../texts/text.ts";
import { text } from "../texts/text.ts";
import { copyText } from "../ui/copy.tsx";
import { useKeys } from "../ui/keys.ts";
import { useMatches } from "../ui/media.ts";
import type { List } from "./list.ts";
import type { OpenList } from "./list_store.ts";
import { loadMore } from "./list_store.ts";
import { OrderLine } from "./order_row.tsx";

const columns: [string, TextKey][] = [
  ["order", "orders:columnOrder"],
  ["state", "orders:columnState"],
  ["tiktok", "orders:columnTiktok"],
  ["due", "orders:columnDue"],
  ["attention", "orders:columnAttention"],
  ["updated", "orders:columnUpdated"],
  ["shop", "orders:columnShop"],
];
const rowHeight = 36;
const cardHeight = 88;
/** Rows below the view at which the next page is asked for. */
const ahead = 60;
const headHeight = 30;

export function OrderGrid({ open, list }: { open: OpenList; list: List }): ReactNode {
  const grid = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const [focused, setFocused] = useState(open.focused);
  const [, go] = useLocation();
  const cards = useMatches("(max-width: 639px)");
  const height = cards ? cardHeight : rowHeight;
  const virtual = useWindowVirtualizer({
    count: list.ids.length,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingStart: headHeight + 8,
    scrollPaddingEnd: 8,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useLayoutEffect(() => {
    const top = (grid.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    setMargin(top);
    window.scrollTo({ top: open.scroll });
    const keep = (): void => {
      open.scroll = window.scrollY;
    };
    window.addEventListener("scroll", keep, { passive: true });
    return () => window.removeEventListener("scroll", keep);
  }, [open]);
  useLayoutEffect(() => virtual.measure(), [height, virtual]);
  useEffect(() => setFocused(open.focused), [list.loadedAt, open]); // shown anew: from its first row
  useEffect(() => {
    if (last >= list.ids.length - ahead) loadMore(open);
  }, [last, list, open]);

  const focus = useCallback(
    (index: number) => {
      const inside = Math.min(Math.max(index, 0), list.ids.length - 1);
      open.focused = inside;
      setFocused(inside);
      virtual.scrollToIndex(inside, { align: "auto" });
    },
    [list.ids.length, open, virtual],
  );
  const openOrder = useCallback(
    (row: OrderRow, index: number) => {
      open.focused = index;
      go(`/orders/${row.tiktok_order_id}`);
    },
    [go, open],
  );

  const focusedId = list.ids[focused];
  const focusedRow = focusedId === undefined ? undefined : list.rows.get(focusedId);
  const page = Math.max(1, Math.floor((window.innerHeight - 160) / height));
  const act = (what: string) => () => {
    if (focusedRow) go(`/orders/${focusedRow.tiktok_order_id}${what}`);
  };
  const walk: Record<string, () => void> = {
    j: () => focus(focused + 1),
    k: () => focus(focused - 1),
    y: () => void (focusedRow && copyText(focusedRow.tiktok_order_id)),
    s: act("?do=ship"),
    h: act("?do=hold"),
    n: act("?do=note"),
  };
  useKeys(walk);
  const onKeyDown = (event: KeyboardEvent): void => {
    const keys: Record<string, () => void> = {
      ArrowDown: () => focus(focused + 1),
      ArrowUp: () => focus(focused - 1),
      Home: () => focus(0),
      End: () => focus(list.ids.length - 1),
      PageDown: () => focus(focused + page),
      PageUp: () => focus(focused - page),
      Enter: act(""),
    };
    const found = keys[event.key];
    if (!found || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    found();
  };
  const hasShops = useMemo(() => new Set([...list.rows.values()].map((row) => row.shop_id)).size > 1, [list.rows]);
  const inView = items.some((item) => item.index === focused);
  return (
    <div
      ref={grid}
      role="grid"
      className={hasShops ? "grid has-shops" : "grid"}
      tabIndex={0}
      aria-label={text("orders:title")}
      aria-rowcount={list.cursor === null ? list.ids.length + 1 : -1}
      aria-colcount={columns.length}
      {...(inView && focusedId !== undefined ? { "aria-activedescendant": `row-${focusedId}` } : {})}
      onKeyDown={onKeyDown}
    >
      <GridHead />
      <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const id = list.ids[item.index];
          const row = id === undefined ? undefined : list.rows.get(id);
          if (!row) return null;
          return (
            <div
              key={row.id}
              role="presentation"
              className="grid-slot"
              style={{ height: item.size, transform: `translateY(${item.start - margin}px)` }}
            >
              <OrderLine
                row={row}
                index={item.index}
                mark={list.marks.get(row.id)}
                goneSince={list.gone.get(row.id)}
                focused={item.index === focused}
                onOpen={openOrder}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function GridHead(): ReactNode {
  return (
    <div role="rowgroup" className="grid-head">
      <div role="row" aria-rowindex={1} className="line line-head">
        {columns.map(([name, key]) => (
          <div
            key={name}
            role="columnheader"
            className={`cell c-${name}`}
            {...(name === "updated" ? { "aria-sort": "descending" as const } : {})}
          >
            {text(key)}
            {name === "updated" && <span aria-hidden="true"> ↓</span>}
          </div>
        ))}
      </div>
    </div>
  );
}

/** The frame before the first page: the same rows, empty. */
export function SkeletonGrid(): ReactNode {
  return (
    <div className="grid" aria-hidden="true">
      <GridHead />
      {Array.from({ length: 12 }, (_, index) => (
        <div key={index} className="line is-skeleton">
          {columns.map(([name]) => (
            <div key={name} className={`cell c-${name}`}>
              <span className="bone" />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
