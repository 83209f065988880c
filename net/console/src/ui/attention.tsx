import type { ReactNode } from "react";
import type { OrderRow } from "../api/types.ts";
import { text } from "../texts/text.ts";
import { AttentionGlyph, HoldGlyph } from "./glyphs.tsx";

/** "report_failed" -> "report failed": the kinds are English words. */
const wordsOf = (kind: string): string => kind.replaceAll("_", " ");

/** What a person should know of an order at a glance: attention first, then a hold, then what it waits for. */
export function AttentionMarks({ order }: { order: OrderRow }): ReactNode {
  return (
    <span className="marks">
      {order.attention.map((one) => (
        <span key={one.kind} className="mark of-danger">
          <AttentionGlyph />
          {wordsOf(one.kind)}
        </span>
      ))}
      {order.held && (
        <span className="mark of-warn">
          <HoldGlyph />
          {text("states:held")}
        </span>
      )}
      {order.pending && <span className="mark of-muted">{text(`states:pending_${order.pending}`)}</span>}
      {order.unreadable !== undefined && (
        <span className="mark of-danger">
          <AttentionGlyph />
          {text("orders:unreadable", { why: order.unreadable })}
        </span>
      )}
    </span>
  );
}

/** TikTok's word, and that only a part has left. */
export function TiktokWord({ order }: { order: OrderRow }): ReactNode {
  return order.tiktok_status === null ? (
    <span className="muted">{text("states:noStatus")}</span>
  ) : (
    <span className="tiktok-word">{order.tiktok_status}</span>
  );
}
