import type { ReactNode } from "react";
import { useRef, useState } from "react";
import type { Order } from "../api/types.ts";
import { text } from "../texts/text.ts";
import { announce } from "../ui/announce.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useConfirmed } from "./confirmed.ts";
import { Outcome } from "./outcome.tsx";
import type { ShipForm } from "./ship_form.ts";
import { chosenLines, missingIn, shipBody, shippableLines, trackingDoubt } from "./ship_form.ts";
import { recallProviders, rememberProvider } from "./used_providers.ts";
import { useCommand } from "./use_command.ts";

interface PanelProps {
  order: Order;
  heldText: string;
  refresh: () => void;
  onClose: () => void;
}

export function ShipPanel({ order, heldText, refresh, onClose }: PanelProps): ReactNode {
  const [providers] = useState(recallProviders);
  const [form, setForm] = useState<ShipForm>({
    provider: order.order_data?.shipping_provider_id || (providers[0] ?? ""),
    tracking: "",
    left: new Set(),
    tell: true,
    reason: "",
  });
  const command = useCommand(order.id);
  const { state, busy } = command;
  const working = busy || state.phase === "answered";
  // Not disabled while it is sent: that would take the focus away.
  const change = (part: Partial<ShipForm>): void => {
    if (!working) setForm((held) => ({ ...held, ...part }));
  };
  const before = useRef(order); // as the person saw it when the form opened, or the last conflict was told
  const conflict = state.phase === "refused" && state.problem.code === "version_conflict";
  useConfirmed(state, order, refresh, () => {
    announce(text(state.phase === "answered" && state.answer.pending ? "order:reported" : "states:shipped"));
    onClose();
  });

  const missing = missingIn(order, form);
  const send = (): void => {
    if (working || missing.length > 0) return;
    // A refusal is an event of its own: the version that it names is not a change by others.
    const refusedAt = state.phase === "refused" && !conflict ? state.problem.version : undefined;
    const version = conflict ? order.version : Math.max(before.current.version, refusedAt ?? 0);
    if (conflict) before.current = order;
    if (form.provider.trim() !== "") rememberProvider(form.provider.trim());
    command.send({ verb: "transitions", body: shipBody(order, form, version) });
  };
  return (
    <Dialog
      place="side"
      title={text("order:shipTitle", { id: order.tiktok_order_id })}
      dirty={form.tracking !== "" || form.reason !== ""}
      onConfirm={send}
      onClose={onClose}
      buttons={
        <>
          <button type="submit" className="primary" disabled={working || missing.length > 0} title="Ctrl+Enter">
            {text(working ? "order:shipping" : conflict ? "order:shipCurrent" : "order:ship")}
          </button>
          <button type="button" onClick={busy ? command.reset : onClose}>
            {text("shell:cancel")}
          </button>
          {missing.length > 0 && (
            <span className="muted hint">
              {text("order:needs", { what: missing.map((each) => text(`order:needs_${each}`)).join(", ") })}
            </span>
          )}
        </>
      }
    >
      <fieldset className="fields" aria-busy={working}>
        <Parcel form={form} providers={providers} change={change} />
        <Lines order={order} form={form} change={change} />
        <label className="check">
          <input type="checkbox" checked={form.tell} onChange={(event) => change({ tell: event.target.checked })} />
          {text("order:tell")}
        </label>
        {!form.tell && (
          <label className="field">
            {text("order:tellOffWhy")}
            <input required maxLength={1000} value={form.reason} onChange={(event) => change({ reason: event.target.value })} />
          </label>
        )}
      </fieldset>
      <Effect order={order} form={form} />
      <Outcome state={state} asked={{ to: "shipped", before: before.current, now: order, heldText }} />
    </Dialog>
  );
}

interface PartProps {
  form: ShipForm;
  change: (part: Partial<ShipForm>) => void;
}

function Parcel({ form, providers, change }: PartProps & { providers: string[] }): ReactNode {
  const doubt = trackingDoubt(form.tracking);
  return (
    <>
      <label className="field">
        {text("order:trackingNumber")}
        <input
          name="tracking"
          className="mono"
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          required={form.tell}
          aria-describedby="tracking-doubt"
          autoFocus
          value={form.tracking}
          onChange={(event) => change({ tracking: event.target.value })}
        />
        <span id="tracking-doubt" className="hint is-warn" role="status">
          {doubt === "odd" && text("order:trackingOdd")}
          {doubt === "blanks" && text("order:trackingBlanks")}
        </span>
      </label>
      <label className="field">
        {text("order:provider")}
        <input
          name="provider"
          className="mono"
          list="providers"
          autoComplete="off"
          inputMode="numeric"
          spellCheck={false}
          maxLength={64}
          required={form.tell}
          aria-describedby="provider-hint"
          value={form.provider}
          onChange={(event) => change({ provider: event.target.value })}
        />
        <span id="provider-hint" className="hint muted">
          {text("order:providerHint")}
        </span>
      </label>
      <datalist id="providers">
        {providers.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
    </>
  );
}

function Lines({ order, form, change }: PartProps & { order: Order }): ReactNode {
  const lines = shippableLines(order);
  if (lines.length === 0) return null;
  const toggle = (id: string): void => {
    const left = new Set(form.left);
    if (!left.delete(id)) left.add(id);
    change({ left });
  };
  return (
    <fieldset className="ship-lines">
      <legend>{text("order:shipLines")}</legend>
      {lines.map((line) => (
        <label key={line.id} className="check">
          <input type="checkbox" checked={!form.left.has(line.id)} onChange={() => toggle(line.id)} />
          <span className="grow">
            {line.product_name ?? line.id}
            {line.sku_name && <span className="muted">, {line.sku_name}</span>}
          </span>
          <span className="mono muted">{line.seller_sku}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Said before, since it cannot be undone after. */
function Effect({ order, form }: { order: Order; form: ShipForm }): ReactNode {
  const all = shippableLines(order).length;
  const words = !form.tell
    ? text("order:effectOff")
    : all === 0
      ? text("order:effectReportUnknown")
      : text("order:effectReport", { chosen: chosenLines(order, form).length, all });
  return (
    <p className="effect">
      {words} {form.tell && order.tiktok_status === "ON_HOLD" && text("order:effectKept")}
    </p>
  );
}
