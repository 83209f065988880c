// One row; below 640 px the same cells become a card.

import type { ReactNode } from "react";
import { memo } from "react";
import type { OrderRow } from "../api/types.ts";
import { formatAge } from "../format/duration.ts";
import { text } from "../texts/text.ts";
import { AttentionMarks, TiktokWord } from "../ui/attention.tsx";
import { serverNow, useTicking } from "../ui/clock.ts";
import { CopyText } from "../ui/copy.tsx";
import { Due } from "../ui/due.tsx";
import { Age } from "../ui/instant.tsx";
import { StateWord } from "../ui/state_word.tsx";
import type { Column, Mark } from "./list.ts";

interface RowProps {
  row: OrderRow;
  index: number;
  mark: Mark | undefined;
  goneSince: number | undefined;
  focused: boolean;
  onOpen: (row: OrderRow, index: number) => void;
}

function OrderId({ id }: { id: string }): ReactNode {
  return (
    <CopyText
      inList
      value={id}
      shown={
        <>
          <span className="id-head">{id.slice(0, -6)}</span>
          {id.slice(-6)}
        </>
      }
    />
  );
}

function GoneCell({ since }: { since: number }): ReactNode {
  const words = useTicking(() => text("orders:noLongerMatches", { age: formatAge(serverNow() - since) }));
  return <span className="muted">{words}</span>;
}

export const OrderLine = memo(function OrderLine({ row, index, mark, goneSince, focused, onOpen }: RowProps): ReactNode {
  const cell = (column: Column): string => (mark?.columns.has(column) ? `cell c-${column} is-changed` : `cell c-${column}`);
  return (
    <div
      id={`row-${row.id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={focused}
      className={`line${focused ? " is-focused" : ""}${goneSince === undefined ? "" : " is-gone"}`}
      onClick={() => onOpen(row, index)}
    >
      <div role="gridcell" className="cell c-order">
        <OrderId id={row.tiktok_order_id} />
      </div>
      <div role="gridcell" className={cell("state")}>
        <StateWord state={row.state} />
        {row.failure !== null && <span className="muted failure">{row.failure.replaceAll("_", " ")}</span>}
      </div>
      <div role="gridcell" className={cell("tiktok")}>
        {goneSince === undefined ? <TiktokWord order={row} /> : <GoneCell since={goneSince} />}
      </div>
      <div role="gridcell" className={cell("due")}>
        <Due order={row} />
      </div>
      <div role="gridcell" className={cell("attention")}>
        <AttentionMarks order={row} />
      </div>
      <div role="gridcell" className={cell("updated")}>
        <Age at={row.updated_at} />
      </div>
      <div role="gridcell" className="cell c-shop">
        {row.shop_id !== null && <span className="mono muted">{row.shop_id}</span>}
      </div>
    </div>
  );
});
