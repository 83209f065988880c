import type { ReactNode } from "react";
import { useEffect, useMemo } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { ApiError } from "../api/problem.ts";
import type { Order, OrderState, TimelineEntry } from "../api/types.ts";
import { formatInstant } from "../format/instant.ts";
import { addressOf } from "../orders/filter.ts";
import type { List } from "../orders/list.ts";
import { currentList } from "../orders/list_store.ts";
import { useMayAct } from "../shell/session_context.ts";
import { text } from "../texts/text.ts";
import { useAfter } from "../ui/after.ts";
import { serverNow } from "../ui/clock.ts";
import { copyText } from "../ui/copy.tsx";
import { useKeys } from "../ui/keys.ts";
import { zoneStore } from "../ui/prefs.ts";
import { Trouble } from "../ui/trouble.tsx";
import { Details, Lines } from "./document.tsx";
import { OrderHead } from "./order_head.tsx";
import { pathOf } from "./path.ts";
import { ShipPanel } from "./ship_panel.tsx";
import { HoldForm, MoveForm, NoteForm } from "./small_forms.tsx";
import { StateMachine } from "./state_machine.tsx";
import { Timeline } from "./timeline.tsx";
import { useOrder, useRefresh, useTimeline } from "./use_order.ts";

export function OrderPage({ id }: { id: string }): ReactNode {
  const order = useOrder(id);
  const timeline = useTimeline(id);
  const bones = useAfter(150, order.isPending);
  useEffect(() => {
    document.title = `${id} · Orderly`;
  }, [id]);
  useSiblingKeys(id);
  if (order.data) return <Loaded id={id} order={order.data} timeline={timeline} />;
  if (order.error instanceof ApiError && order.error.status === 404) return <NoSuchOrder id={id} />;
  return (
    <section className="page order">
      <BackLink />
      <h1 className="mono" tabIndex={-1}>
        {id}
      </h1>
      {order.isError && (
        <Trouble what={text("order:orderFailed")} error={order.error} onRetry={() => void order.refetch()} />
      )}
      {bones && !order.isError && <div className="bones" aria-hidden="true" />}
    </section>
  );
}

function BackLink(): ReactNode {
  const list = currentList();
  const address = list ? addressOf(list.store.get().list.filter) : "/orders";
  return (
    <Link href={address} className="back">
      <span aria-hidden="true">‹ </span>
      {text("order:back")}
    </Link>
  );
}

function NoSuchOrder({ id }: { id: string }): ReactNode {
  return (
    <section className="page empty">
      <h1 tabIndex={-1}>{text("order:notFoundTitle")}</h1>
      <p>{text("order:notFound", { id })}</p>
      <BackLink />
    </section>
  );
}

const indexOf = (list: List, id: string): number => list.ids.findIndex((each) => list.rows.get(each)?.tiktok_order_id === id);

/** The orders beside this one in the list that it was opened from. */
function siblingsOf(id: string): { before: string | null; after: string | null } {
  const list = currentList()?.store.get().list;
  const index = list ? indexOf(list, id) : -1;
  const at = (where: number): string | null => {
    const found = list?.ids[where];
    return (found !== undefined && list?.rows.get(found)?.tiktok_order_id) || null;
  };
  return index === -1 ? { before: null, after: null } : { before: at(index - 1), after: at(index + 1) };
}

function useSiblingKeys(id: string): void {
  const [, go] = useLocation();
  const walk = (to: string | null): void => {
    if (to === null) return;
    const open = currentList();
    if (open) open.focused = indexOf(open.store.get().list, to);
    go(`/orders/${to}`);
  };
  useKeys({ "[": () => walk(siblingsOf(id).before), "]": () => walk(siblingsOf(id).after) });
}

/** "On hold by budi since 08:10. Release it first." */
function heldWords(timeline: readonly TimelineEntry[]): string {
  const held = timeline.find((entry) => entry.kind === "event" && entry.type === "held");
  if (held?.kind !== "event" || held.actor === null) return text("order:heldSince");
  const time = formatInstant(Date.parse(held.at), serverNow(), zoneStore.get());
  return text("order:heldBy", { name: held.actor, time });
}

type OpenForm = "ship" | "hold" | "note" | Exclude<OrderState, "received" | "shipped">;

function openForm(search: string): OpenForm | null {
  const wanted = new URLSearchParams(search).get("do");
  const known: OpenForm[] = ["ship", "hold", "note", "processing", "delivered", "failed"];
  return known.find((each) => each === wanted) ?? null;
}

interface LoadedProps {
  id: string;
  order: Order;
  timeline: ReturnType<typeof useTimeline>;
}

function Loaded({ id, order, timeline }: LoadedProps): ReactNode {
  const mayAct = useMayAct();
  const [, go] = useLocation();
  const form = openForm(useSearch());
  const refresh = useRefresh(id);
  const path = useMemo(() => pathOf(timeline.entries, order.state), [timeline.entries, order.state]);
  const heldText = heldWords(timeline.entries);
  const open = (what: OpenForm): void => go(`/orders/${id}?do=${what}`, { replace: true });
  const close = (): void => go(`/orders/${id}`, { replace: true });
  const onMove = (to: OrderState): void => {
    if (to === "shipped") open("ship");
    else if (to !== "received") open(to);
  };
  const mayShip = order.next_states.some((each) => each.to === "shipped" && each.allowed) || order.tiktok_status === "ON_HOLD";
  useKeys({
    y: () => void copyText(order.tiktok_order_id),
    ...(mayAct && mayShip && { s: () => open("ship") }),
  });
  const props = { order, heldText, refresh, onClose: close };
  return (
    <section className="page order">
      <BackLink />
      <OrderHead
        order={order}
        heldText={heldText}
        mayAct={mayAct}
        refresh={refresh}
        onHold={() => open("hold")}
        onNote={() => open("note")}
      />
      <StateMachine order={order} path={path} mayAct={mayAct} onMove={onMove} />
      <div className="order-columns">
        <div>
          <Lines order={order} />
          <Details order={order} />
        </div>
        <Timeline {...timeline} />
      </div>
      {mayAct && form === "ship" && <ShipPanel {...props} />}
      {mayAct && form === "hold" && <HoldForm {...props} />}
      {mayAct && form === "note" && <NoteForm {...props} />}
      {mayAct && (form === "processing" || form === "delivered" || form === "failed") && <MoveForm to={form} {...props} />}
    </section>
  );
}
