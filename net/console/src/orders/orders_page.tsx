import type { ReactNode } from "react";
import { useEffect, useMemo } from "react";
import { Link, useSearch } from "wouter";
import { orderStates } from "../api/types.ts";
import { formatCount } from "../format/count.ts";
import { text } from "../texts/text.ts";
import { useAfter } from "../ui/after.ts";
import { StateGlyph } from "../ui/glyphs.tsx";
import { useKeys } from "../ui/keys.ts";
import { useStore } from "../ui/store.ts";
import { Trouble } from "../ui/trouble.tsx";
import type { Filter } from "./filter.ts";
import { addressOf, filterOf, keyOf } from "./filter.ts";
import { hasWaiting, mostRows } from "./list.ts";
import type { ListView, OpenList } from "./list_store.ts";
import { loadFirst, openList, retry, show } from "./list_store.ts";
import { NewsBar } from "./news_bar.tsx";
import { OrderGrid, SkeletonGrid } from "./order_grid.tsx";

export function OrdersPage(): ReactNode {
  const filter = filterOf(useSearch());
  useEffect(() => {
    document.title = filter.state === null ? "Orders · Orderly" : `${text(`states:${filter.state}`)} · Orderly`;
  }, [filter.state]);
  return (
    <section className="page orders">
      <h1 className="unseen" tabIndex={-1}>
        {text("orders:title")}
      </h1>
      <StateTabs filter={filter} />
      <OpenedList key={keyOf(filter)} filter={filter} />
    </section>
  );
}

function StateTabs({ filter }: { filter: Filter }): ReactNode {
  return (
    <nav className="tabs" aria-label={text("orders:tabs")}>
      <Link href="/orders" aria-current={filter.state === null ? "page" : undefined}>
        {text("orders:all")}
      </Link>
      {orderStates.map((state) => (
        <Link key={state} href={addressOf({ state })} aria-current={filter.state === state ? "page" : undefined}>
          <StateGlyph state={state} />
          {text(`states:${state}`)}
        </Link>
      ))}
    </nav>
  );
}

function OpenedList({ filter }: { filter: Filter }): ReactNode {
  const state = filter.state;
  const open = useMemo(() => openList({ state }), [state]);
  const view = useStore(open.store);
  const empty = view.list.loadedAt === null;
  // Again when the stream has emptied it: after another log-in, or while another list was looked at.
  useEffect(() => loadFirst(open), [open, empty]);
  const toTop = (): void => window.scrollTo({ top: 0 });
  useKeys({
    ".": () => {
      if (hasWaiting(view.list)) void show(open).then(toTop);
    },
  });
  return (
    <>
      <NewsBar open={open} view={view} onShow={toTop} />
      <Body open={open} view={view} filter={filter} />
    </>
  );
}

function Body({ open, view, filter }: { open: OpenList; view: ListView; filter: Filter }): ReactNode {
  const { list, loading, trouble } = view;
  const skeleton = useAfter(150, list.loadedAt === null && trouble === null);
  if (list.loadedAt === null) {
    if (trouble) return <Trouble what={text("orders:firstFailed")} error={trouble.error} onRetry={() => retry(open)} />;
    return skeleton ? <SkeletonGrid /> : null;
  }
  if (list.ids.length === 0) return <Empty filter={filter} />;
  return (
    <>
      {trouble?.during === "show" && (
        <Trouble what={text("orders:showFailed")} error={trouble.error} onRetry={() => retry(open)} />
      )}
      <OrderGrid open={open} list={list} />
      <div className="grid-foot muted">
        {loading === "more" && text("orders:loadingMore")}
        {trouble?.during === "more" && (
          <Trouble what={text("orders:moreFailed")} error={trouble.error} onRetry={() => retry(open)} />
        )}
        {list.cursor === null && list.ids.length > 20 && text("orders:end")}
        {list.cursor !== null && list.ids.length >= mostRows && text("orders:limit", { count: formatCount(mostRows) })}
      </div>
    </>
  );
}

function Empty({ filter }: { filter: Filter }): ReactNode {
  if (filter.state === null) {
    return (
      <div className="empty">
        <p>{text("orders:emptyAll")}</p>
        <p className="muted">{text("orders:emptyAllNext")}</p>
      </div>
    );
  }
  return (
    <div className="empty">
      <p>{text("orders:emptyState", { state: text(`states:${filter.state}`) })}</p>
      <Link href="/orders">{text("orders:emptyStateNext")}</Link>
    </div>
  );
}
