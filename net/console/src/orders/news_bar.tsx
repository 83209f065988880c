// "14 new and 3 moved since 09:41:07 [Show]": what the stream brought and the list did not do by itself. Its height
// never changes.

import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { useStale } from "../shell/live_badge.tsx";
import { formatCount } from "../format/count.ts";
import { text } from "../texts/text.ts";
import { announce } from "../ui/announce.tsx";
import { Instant } from "../ui/instant.tsx";
import type { List } from "./list.ts";
import { hasWaiting } from "./list.ts";
import type { ListView, OpenList } from "./list_store.ts";
import { show } from "./list_store.ts";

const speakEvery = 10_000;

function partsOf(list: List): string[] {
  const parts: string[] = [];
  if (list.fresh.size > 0) parts.push(text("orders:newCount", { count: list.fresh.size }));
  if (list.moved.size > 0) parts.push(text("orders:movedCount", { count: list.moved.size }));
  if (list.gone.size > 0) parts.push(text("orders:goneCount", { count: list.gone.size }));
  return parts;
}

function useSpokenNews(fresh: number): void {
  const spokenAt = useRef(0);
  useEffect(() => {
    if (fresh === 0 || Date.now() - spokenAt.current < speakEvery) return;
    spokenAt.current = Date.now();
    announce(text("orders:newOrders", { count: fresh }));
  }, [fresh]);
}

export function NewsBar({ open, view, onShow }: { open: OpenList; view: ListView; onShow: () => void }): ReactNode {
  const { list, loading } = view;
  const stale = useStale();
  useSpokenNews(list.fresh.size);
  if (list.loadedAt === null) return <div className="news" />;
  const since = new Date(list.loadedAt).toISOString();
  const waiting = hasWaiting(list);
  const count = text(list.cursor === null ? "orders:complete" : "orders:loaded", {
    count: list.ids.length,
    // i18next chooses the plural by the number; what is read has its separators
  }).replace(String(list.ids.length), formatCount(list.ids.length));
  return (
    <div className={waiting ? "news has-news" : "news"}>
      <span className="news-text">
        {waiting ? (
          <>
            <strong>{partsOf(list).join(", ")}</strong> <span className="muted since">{text("orders:since", { time: "" })}</span>
            <Instant at={since} />
          </>
        ) : (
          <span className="muted">
            {stale ? text("shell:asOf", { time: "" }) : text("orders:upToDate")} {stale && <Instant at={since} />}
          </span>
        )}
      </span>
      {waiting && (
        <button
          type="button"
          className="primary small"
          title="."
          disabled={loading === "show"}
          onClick={() => void show(open).then(onShow)}
        >
          {text("orders:show")}
        </button>
      )}
      <span className="grow" />
      <span className="muted count">{count}</span>
    </div>
  );
}
