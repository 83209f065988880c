// The forms with one field: a move, a hold, a note.

import type { ReactNode } from "react";
import { useRef, useState } from "react";
import type { CommandBody } from "../api/commands.ts";
import type { Order, OrderState } from "../api/types.ts";
import type { TextKey } from "../texts/text.ts";
import { text } from "../texts/text.ts";
import { announce } from "../ui/announce.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useConfirmed } from "./confirmed.ts";
import { Outcome } from "./outcome.tsx";
import { useCommand } from "./use_command.ts";

export type SmallForm = "move" | "hold" | "note";

interface FormProps {
  order: Order;
  heldText: string;
  refresh: () => void;
  onClose: () => void;
}

interface Wording {
  title: TextKey;
  effect: TextKey;
  /** Null: it asks for nothing. */
  label: TextKey | null;
  action: TextKey;
  working: TextKey;
}

type Target = Exclude<OrderState, "received" | "shipped">;

function moveWording(to: Target, isRetry: boolean): Wording {
  const name = isRetry ? "retry" : to;
  return {
    title: `order:moveTitle_${name}`,
    effect: `order:moveEffect_${name}`,
    label: "order:reasonOptional",
    action: `order:moveDo_${name}`,
    working: "order:moving",
  };
}

interface OneFieldProps extends FormProps {
  wording: Wording;
  to: OrderState | null;
  required: boolean;
  long: boolean;
  danger: boolean;
  /** The version that the person judged by. */
  commandOf: (typed: string, version: number) => CommandBody;
}

function OneField(props: OneFieldProps): ReactNode {
  const { order, heldText, refresh, onClose, wording, to, required, long, danger, commandOf } = props;
  const [typed, setTyped] = useState("");
  const command = useCommand(order.id);
  const { state, busy } = command;
  const before = useRef(order);
  useConfirmed(state, order, refresh, () => {
    announce(text("order:confirmed", { state: text(`states:${order.state}`), version: order.version }));
    onClose();
  });
  const working = busy || state.phase === "answered";
  const complete = !required || typed.trim() !== "";
  const send = (): void => {
    if (working || !complete) return;
    const conflict = state.phase === "refused" && state.problem.code === "version_conflict";
    const refusedAt = state.phase === "refused" && !conflict ? (state.problem.version ?? 0) : 0;
    const version = conflict ? order.version : Math.max(before.current.version, refusedAt);
    if (conflict) before.current = order;
    command.send(commandOf(typed.trim(), version));
  };
  const field = {
    value: typed,
    maxLength: long ? 4000 : 1000,
    autoFocus: true,
    readOnly: working,
    onChange: (event: { target: { value: string } }) => setTyped(event.target.value),
  };
  return (
    <Dialog
      title={text(wording.title, { id: order.tiktok_order_id })}
      dirty={typed !== ""}
      onConfirm={send}
      onClose={onClose}
      buttons={
        <>
          <button type="submit" className={danger ? "danger" : "primary"} disabled={working || !complete} title="Ctrl+Enter">
            {text(working ? wording.working : wording.action)}
          </button>
          <button type="button" onClick={busy ? command.reset : onClose}>
            {text("shell:cancel")}
          </button>
        </>
      }
    >
      <p>{text(wording.effect)}</p>
      {wording.label !== null && (
        <label className="field">
          {text(wording.label)}
          {long ? <textarea rows={4} {...field} /> : <input autoComplete="off" {...field} />}
        </label>
      )}
      <Outcome state={state} asked={{ to, before: before.current, now: order, heldText }} />
    </Dialog>
  );
}

export function MoveForm({ to, ...props }: FormProps & { to: Target }): ReactNode {
  const isRetry = props.order.state === "failed" && to === "processing";
  return (
    <OneField
      {...props}
      wording={moveWording(to, isRetry)}
      to={to}
      required={false}
      long={false}
      danger={to === "failed"}
      commandOf={(reason, version) => {
        const why = reason === "" ? {} : { reason };
        return isRetry
          ? { verb: "retry", body: why }
          : { verb: "transitions", body: { to, expected_version: version, ...why } };
      }}
    />
  );
}

/** Of an order that is held already: the way back. */
export function HoldForm(props: FormProps): ReactNode {
  const [releases] = useState(props.order.held);
  if (releases) {
    return (
      <OneField
        {...props}
        wording={{
          title: "order:releaseTitle",
          effect: "order:releaseEffect",
          label: null,
          action: "order:release",
          working: "order:releasing",
        }}
        to={null}
        required={false}
        long={false}
        danger={false}
        commandOf={() => ({ verb: "release", body: {} })}
      />
    );
  }
  return (
    <OneField
      {...props}
      wording={{
        title: "order:holdTitle",
        effect: "order:holdEffect",
        label: "order:reasonOptional",
        action: "order:holdDo",
        working: "order:holding",
      }}
      to={null}
      required={false}
      long={false}
      danger={false}
      commandOf={(reason) => ({ verb: "hold", body: reason === "" ? {} : { reason } })}
    />
  );
}

export function NoteForm(props: FormProps): ReactNode {
  return (
    <OneField
      {...props}
      wording={{
        title: "order:noteTitle",
        effect: "order:noteEffect",
        label: "order:noteText",
        action: "order:noteDo",
        working: "order:noting",
      }}
      to={null}
      required
      long
      danger={false}
      commandOf={(typed) => ({ verb: "notes", body: { text: typed } })}
    />
  );
}
