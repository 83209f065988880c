// What became of a command, below its form: on its way, not known, refused with the reason.

import type { ReactNode } from "react";
import type { CommandState } from "../api/commands.ts";
import { text } from "../texts/text.ts";
import { useTicking } from "../ui/clock.ts";
import { CopyText } from "../ui/copy.tsx";
import type { Asked } from "./refusal.ts";
import { refusalText } from "./refusal.ts";

function Busy({ until }: { until: number }): ReactNode {
  const words = useTicking(() =>
    text("order:busy", { count: Math.max(0, Math.ceil((until - Date.now()) / 1000)) }),
  );
  return <p className="outcome is-warn">{words}</p>;
}

export function Outcome({ state, asked }: { state: CommandState; asked: Asked }): ReactNode {
  return (
    <div role="status" className="outcome-place">
      {state.phase === "unknown" && <p className="outcome is-warn">{text("order:unknownOutcome")}</p>}
      {state.phase === "busy" && <Busy until={state.until} />}
      {state.phase === "expired" && <p className="outcome is-warn">{text("order:waitsLogin")}</p>}
      {state.phase === "refused" && (
        <div className="outcome is-danger">
          <p>{refusalText(state.problem, asked)}</p>
          <CopyText value={state.problem.code} />
        </div>
      )}
    </div>
  );
}
