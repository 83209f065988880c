import type { ReactNode } from "react";
import { useState } from "react";
import type { EventEntry, InputEntry, TimelineEntry } from "../api/types.ts";
import { text } from "../texts/text.ts";
import { Instant } from "../ui/instant.tsx";
import { StateWord } from "../ui/state_word.tsx";
import { Trouble } from "../ui/trouble.tsx";
import { entryKey } from "./use_order.ts";
import type { useTimeline } from "./use_order.ts";

const filters = ["all", "events", "inputs", "people"] as const;
type TimelineFilter = (typeof filters)[number];

export function passes(filter: TimelineFilter, entry: TimelineEntry): boolean {
  if (filter === "all") return true;
  if (filter === "events") return entry.kind === "event";
  if (filter === "inputs") return entry.kind === "input";
  return entry.kind === "event" ? entry.actor !== null : entry.source === "api";
}

export function Timeline({ query, entries }: ReturnType<typeof useTimeline>): ReactNode {
  const [filter, setFilter] = useState<TimelineFilter>("all");
  const found = entries.filter((entry) => passes(filter, entry));
  return (
    <section className="timeline" aria-labelledby="timeline-title">
      <div className="section-head">
        <h2 id="timeline-title">{text("order:timeline")}</h2>
        <div className="chips" role="group" aria-label={text("order:timelineFilter")}>
          {filters.map((each) => (
            <button key={each} type="button" aria-pressed={filter === each} onClick={() => setFilter(each)}>
              {text(`order:filter_${each}`)}
            </button>
          ))}
        </div>
        <span className="muted newest">{text("order:newestFirst")}</span>
      </div>
      {query.isError && (
        <Trouble what={text("order:timelineFailed")} error={query.error} onRetry={() => void query.refetch()} />
      )}
      <ol className="entries">
        {found.map((entry) => (
          <li key={entryKey(entry)} className={`entry is-${entry.kind}`}>
            <Instant at={entry.at} />
            {entry.kind === "event" ? <EventLine entry={entry} /> : <InputLine entry={entry} />}
          </li>
        ))}
      </ol>
      {found.length === 0 && query.isSuccess && <p className="muted">{text("order:timelineEmpty")}</p>}
      {query.hasNextPage && (
        <button type="button" onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
          {text(query.isFetchingNextPage ? "order:loadingOlder" : "order:loadOlder")}
        </button>
      )}
    </section>
  );
}

const words = (name: string): string => name.replaceAll("_", " ");

/** TikTok's own words stay as they are. */
const own = /^[A-Z_]+$/;

const toldKeys = ["kind", "status", "tiktok_status", "failure", "reason", "code", "result", "package_id", "expected"];

function detailWords(entry: EventEntry): string {
  const parts: string[] = [];
  const { detail } = entry;
  const told = (value: unknown): void => {
    if (typeof value === "string") parts.push(own.test(value) ? value : words(value));
    if (typeof value === "number") parts.push(String(value));
  };
  for (const key of toldKeys) told(detail[key]);
  const fetched = detail["detail"];
  if (typeof fetched === "object" && fetched !== null && "status" in fetched) told(fetched.status);
  if (detail["inferred"] === true) parts.push(text("order:inferred"));
  return [...new Set(parts)].join(", ");
}

function EventLine({ entry }: { entry: EventEntry }): ReactNode {
  const refused = entry.type === "refused";
  return (
    <>
      <span className="entry-kind" title={entry.input_id}>
        {text("order:event", { seq: entry.seq })}
      </span>
      <span className="entry-what">
        <span className={refused ? "entry-type of-danger" : "entry-type"}>{words(entry.type)}</span>
        {entry.to && !refused && (
          <span className="entry-move">
            {entry.from && <StateWord state={entry.from} />}
            {entry.from && <span aria-hidden="true">→</span>}
            <StateWord state={entry.to} />
          </span>
        )}
        {entry.to && refused && <StateWord state={entry.to} />}
        <span className="muted">{detailWords(entry)}</span>
      </span>
      <span className="entry-who">{entry.actor ?? entry.source}</span>
    </>
  );
}

function InputLine({ entry }: { entry: InputEntry }): ReactNode {
  return (
    <>
      <span className="entry-kind" title={entry.input_id}>
        {text("order:input")}
      </span>
      <span className="entry-what">
        <span className="entry-type">{words(entry.type)}</span>
        <span className="muted">
          {words(entry.outcome)}
          {entry.deliveries > 1 && `, ${text("order:deliveries", { count: entry.deliveries })}`}
        </span>
      </span>
      <span className="entry-who">{entry.source}</span>
    </>
  );
}
