// Who the order is, what it waits for, and what can be done with it besides moving it.

import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import type { Order } from "../api/types.ts";
import { deadlineOf } from "../format/deadline.ts";
import { formatDue } from "../format/instant.ts";
import { text } from "../texts/text.ts";
import { announceLoudly } from "../ui/announce.tsx";
import { AttentionMarks, TiktokWord } from "../ui/attention.tsx";
import { serverNow, useTicking } from "../ui/clock.ts";
import { CopyText } from "../ui/copy.tsx";
import { Due, useDeadline } from "../ui/due.tsx";
import { Age } from "../ui/instant.tsx";
import { useKeys } from "../ui/keys.ts";
import { zoneStore } from "../ui/prefs.ts";
import { StateWord } from "../ui/state_word.tsx";
import { useStore } from "../ui/store.ts";
import { useConfirmed } from "./confirmed.ts";
import { Outcome } from "./outcome.tsx";
import { useCommand } from "./use_command.ts";

interface HeadProps {
  order: Order;
  heldText: string;
  mayAct: boolean;
  refresh: () => void;
  onHold: () => void;
  onNote: () => void;
}

export function OrderHead({ order, heldText, mayAct, refresh, onHold, onNote }: HeadProps): ReactNode {
  return (
    <header className="order-head">
      <div className="order-line">
        <h1 tabIndex={-1}>
          <CopyText value={order.tiktok_order_id} />
        </h1>
        <StateWord state={order.state} />
        {order.failure !== null && <span className="muted">{order.failure.replaceAll("_", " ")}</span>}
        <TiktokWord order={order} />
        <AttentionMarks order={order} />
        <span className="grow" />
        <span className="muted facts">
          {order.shop_id !== null && <span className="mono">{text("order:shop", { shop: order.shop_id })}</span>}
          <span title={text("order:versionLong", { version: order.version })}>
            {text("order:version", { version: order.version })}
          </span>
          <span>
            {text("order:updated", { time: "" })}
            <Age at={order.updated_at} />
          </span>
        </span>
      </div>
      <div className="order-line">
        <Waits order={order} heldText={heldText} />
        <DueSentence order={order} />
        <span className="grow" />
        {mayAct && <Actions order={order} heldText={heldText} refresh={refresh} onHold={onHold} onNote={onNote} />}
      </div>
    </header>
  );
}

function Waits({ order, heldText }: { order: Order; heldText: string }): ReactNode {
  if (order.held) return <span className="of-warn waits">{heldText}</span>;
  if (order.pending === "report") return <span className="waits">{text("order:waitsReport")}</span>;
  if (order.pending === "on_hold") return <span className="waits">{text("order:waitsTiktokHold")}</span>;
  return <span className="muted waits">{text("order:waitsNothing")}</span>;
}

function DueSentence({ order }: { order: Order }): ReactNode {
  const zone = useStore(zoneStore);
  const { nearness, kind } = useDeadline(order);
  const words = useTicking(() => {
    if (order.due_at === null) return "";
    const time = formatDue(Date.parse(order.due_at), serverNow(), zone);
    return text(kind === "collect" ? "order:collectBy" : "order:shipBy", { time, left: deadlineOf(order, serverNow()).text });
  });
  const before = useRef(nearness);
  useEffect(() => {
    if (nearness === "late" && before.current === "near") announceLoudly(text("order:becameLate"));
    before.current = nearness;
  }, [nearness]);
  if (words === "") return <Due order={order} />;
  return (
    <span className={`due is-${nearness}`}>
      <span>{words}</span>
    </span>
  );
}

function Actions({ order, heldText, refresh, onHold, onNote }: Omit<HeadProps, "mayAct">): ReactNode {
  const release = useCommand(order.id);
  const { state } = release;
  useConfirmed(state, order, refresh, release.reset);
  const working = release.busy || state.phase === "answered";
  const letGo = (): void => {
    if (!working) release.send({ verb: "release", body: {} });
  };
  useKeys({ h: order.held ? letGo : onHold, n: onNote });
  return (
    <span className="actions">
      <Outcome state={state} asked={{ to: null, before: order, now: order, heldText }} />
      {order.held ? (
        <button type="button" disabled={working} onClick={letGo} title="h">
          {text(working ? "order:releasing" : "order:release")}
        </button>
      ) : (
        <button type="button" onClick={onHold} title="h">
          {text("order:hold")}
        </button>
      )}
      <button type="button" onClick={onNote} title="n">
        {text("order:note")}
      </button>
    </span>
  );
}
