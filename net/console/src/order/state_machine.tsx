// The state machine with this order's way through it. States stand in fixed places; the way taken is thick, inferred steps are
// dashed, legal moves are buttons on their arrows, blocked ones say why. It is an ordered list to a screen reader.

import type { ReactNode } from "react";
import type { NextState, Order, OrderState } from "../api/types.ts";
import { orderStates } from "../api/types.ts";
import { formatDuration, formatWholeDuration } from "../format/duration.ts";
import { text } from "../texts/text.ts";
import { serverNow, useTicking } from "../ui/clock.ts";
import { StateGlyph } from "../ui/glyphs.tsx";
import { Instant } from "../ui/instant.tsx";
import type { Path, Step, Visit } from "./path.ts";
import { lastStep, lastVisit } from "./path.ts";
import { whyWords } from "./refusal.ts";

interface MachineProps {
  order: Order;
  path: Path;
  /** Viewers get no buttons. */
  mayAct: boolean;
  onMove: (to: OrderState) => void;
}

/** The moves of each state, as docs/architecture.md has them: the one that goes on, then the one that leaves the way. */
const onward: Partial<Record<OrderState, OrderState>> = { received: "processing", processing: "shipped", shipped: "delivered" };
const aside: Partial<Record<OrderState, OrderState>> = { received: "failed", processing: "failed", failed: "processing" };

export function StateMachine({ order, path, mayAct, onMove }: MachineProps): ReactNode {
  const moves = order.next_states;
  const edge = (from: OrderState, to: OrderState | undefined, place: string): ReactNode =>
    to && (
      <Edge
        place={place}
        from={from}
        to={to}
        step={lastStep(path, from, to)}
        move={order.state === from ? moves.find((each) => each.to === to) : undefined}
        mayAct={mayAct}
        onMove={onMove}
      />
    );
  return (
    <section className="machine" aria-label={text("order:machine")}>
      <ol>
        {orderStates.map((state) => (
          <li key={state} className={`node-place at-${state}`}>
            <Node state={state} order={order} visit={lastVisit(path, state)} />
            {edge(state, onward[state], "onward")}
            {edge(state, aside[state], "aside")}
          </li>
        ))}
      </ol>
      {path.partial && path.steps.length > 0 && <p className="muted machine-note">{text("order:partialPath")}</p>}
    </section>
  );
}

function Node({ state, order, visit }: { state: OrderState; order: Order; visit: Visit | undefined }): ReactNode {
  const isNow = order.state === state;
  const kind = isNow ? "is-now" : visit ? "is-passed" : "is-idle";
  return (
    <div className={`node ${kind} of-${state}`} aria-current={isNow ? "step" : undefined}>
      <span className="node-name">
        <StateGlyph state={state} />
        {text(`states:${state}`)}
      </span>
      <span className="node-times">
        {visit ? (
          <>
            <Instant at={new Date(visit.enteredAt).toISOString()} />
            <Stay visit={visit} />
          </>
        ) : (
          <span className="unseen">{text("order:notReached")}</span>
        )}
      </span>
    </div>
  );
}

function Stay({ visit }: { visit: Visit }): ReactNode {
  const words = useTicking(() =>
    visit.leftAt === null
      ? text("order:soFar", { span: formatWholeDuration(serverNow() - visit.enteredAt) })
      : text("order:spent", { span: formatDuration(visit.leftAt - visit.enteredAt) }),
  );
  return <span className="stay">{words}</span>;
}

interface EdgeProps {
  place: string;
  from: OrderState;
  to: OrderState;
  step: Step | undefined;
  move: NextState | undefined;
  mayAct: boolean;
  onMove: (to: OrderState) => void;
}

function Edge({ place, from, to, step, move, mayAct, onMove }: EdgeProps): ReactNode {
  const kind = step ? (step.inferred ? "is-taken is-inferred" : "is-taken") : move ? "is-open" : "is-idle";
  const name = from === "failed" ? "retry" : to;
  return (
    <div className={`edge ${place} ${kind}`}>
      <span className="arrow" aria-hidden="true" />
      <div className="edge-words">
        {move && mayAct && name !== "received" && (
          <button type="button" className="move" disabled={!move.allowed} onClick={() => onMove(to)} data-move={name}>
            {text(`order:move_${name}`)}
          </button>
        )}
        {move?.allowed === false && move.why && <span className="why">{whyWords(move.why)}</span>}
        {step?.inferred && (
          <span className="inferred" title={text("order:inferredLong")}>
            {text("order:inferred")}
          </span>
        )}
      </div>
    </div>
  );
}
