import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { freshnessOf } from "../stream/liveness.ts";
import type { Freshness } from "../stream/liveness.ts";
import { streamStatus } from "../stream/live.ts";
import { text } from "../texts/text.ts";
import { announce, announceLoudly } from "../ui/announce.tsx";
import { useTicking } from "../ui/clock.ts";
import { useStore } from "../ui/store.ts";

function wordsOf(freshness: Freshness): string {
  switch (freshness.kind) {
    case "connecting":
      return text("shell:connecting");
    case "reconnecting":
      return text("shell:reconnecting");
    case "paused":
      return text("shell:paused", { count: freshness.seconds });
    case "live":
      return freshness.lagSeconds > 0 ? text("shell:liveBehind", { count: freshness.lagSeconds }) : text("shell:live");
  }
}

/** True once the page is behind by more than the stream's silence. */
export function useStale(): boolean {
  useStore(streamStatus);
  return useTicking(() => String(freshnessOf(streamStatus.get(), Date.now()).kind === "paused")) === "true";
}

export function LiveBadge(): ReactNode {
  useStore(streamStatus);
  const words = useTicking(() => wordsOf(freshnessOf(streamStatus.get(), Date.now())));
  const kind = freshnessOf(streamStatus.get(), Date.now()).kind;
  const lost = useRef(false);
  useEffect(() => {
    if (kind === "paused" && !lost.current) {
      lost.current = true;
      announceLoudly(text("shell:connectionLost"));
    }
    if (kind === "live" && lost.current) {
      lost.current = false;
      announceLoudly("");
      announce(text("shell:liveAgain"));
    }
  }, [kind]);
  return (
    <span className={`live is-${kind}`} data-testid="live">
      {words}
    </span>
  );
}
