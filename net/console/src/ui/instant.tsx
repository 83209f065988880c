import type { ReactNode } from "react";
import { formatAge } from "../format/duration.ts";
import { formatInstant, formatUtc } from "../format/instant.ts";
import { serverNow, useTicking } from "./clock.ts";
import { zoneStore } from "./prefs.ts";
import { useStore } from "./store.ts";

/** A moment in the viewer's zone; UTC with milliseconds when the pointer rests on it. */
export function Instant({ at }: { at: string }): ReactNode {
  const zone = useStore(zoneStore);
  const ms = Date.parse(at);
  const shown = useTicking(() => formatInstant(ms, serverNow(), zone));
  return (
    <time dateTime={at} title={formatUtc(ms)}>
      {shown}
    </time>
  );
}

/** "4 min ago". */
export function Age({ at }: { at: string }): ReactNode {
  const ms = Date.parse(at);
  const shown = useTicking(() => formatAge(serverNow() - ms));
  return (
    <time dateTime={at} title={formatUtc(ms)}>
      {shown}
    </time>
  );
}
