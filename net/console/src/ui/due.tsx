import type { ReactNode } from "react";
import type { Dated, Deadline, Nearness } from "../format/deadline.ts";
import { deadlineOf } from "../format/deadline.ts";
import { formatUtc } from "../format/instant.ts";
import { text } from "../texts/text.ts";
import { serverNow, useTicking } from "./clock.ts";
import { LateGlyph, NearGlyph, SoonGlyph } from "./glyphs.tsx";

const glyphs: Record<Nearness, ReactNode> = {
  none: null,
  plain: null,
  soon: <SoonGlyph />,
  near: <NearGlyph />,
  late: <LateGlyph />,
};

/** The deadline as it is now; renders again when its words change. */
export function useDeadline(order: Dated): Deadline {
  useTicking(() => deadlineOf(order, serverNow()).text);
  return deadlineOf(order, serverNow());
}

/** Mark and words: "^ in 52 min  ship". */
export function Due({ order }: { order: Dated }): ReactNode {
  const deadline = useDeadline(order);
  return (
    <span
      className={`due is-${deadline.nearness}`}
      title={order.due_at === null ? undefined : formatUtc(Date.parse(order.due_at))}
    >
      {glyphs[deadline.nearness]}
      <span>{deadline.text}</span>
      {deadline.kind && <span className="due-kind">{text(`states:due_${deadline.kind}`)}</span>}
    </span>
  );
}
