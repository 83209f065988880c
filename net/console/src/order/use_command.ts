// Sends a command of a form. Its key is minted when the form opens, and anew once an answer has come: the next is another
// command.

import { useCallback, useEffect, useRef, useState } from "react";
import type { CommandBody, CommandState } from "../api/commands.ts";
import { newKey, sendCommand } from "../api/commands.ts";
import { ApiError } from "../api/problem.ts";

export interface CommandHandle {
  state: CommandState;
  busy: boolean;
  send: (command: CommandBody) => void;
  /** Gives up waiting; back to the form. */
  reset: () => void;
}

export function useCommand(order: string): CommandHandle {
  const [state, setState] = useState<CommandState>({ phase: "idle" });
  const key = useRef(newKey());
  const abort = useRef<AbortController | null>(null);

  useEffect(() => () => abort.current?.abort(), []);

  const send = useCallback(
    (command: CommandBody) => {
      const mine = new AbortController();
      abort.current?.abort();
      abort.current = mine;
      const tell = (next: CommandState): void => {
        if (mine.signal.aborted) return;
        if (next.phase === "refused" || next.phase === "answered") key.current = newKey();
        setState(next);
      };
      sendCommand(order, command, key.current, mine.signal, tell).catch((trouble: unknown) => {
        if (trouble instanceof ApiError) tell({ phase: "refused", problem: trouble.problem });
      });
    },
    [order],
  );

  const reset = useCallback(() => {
    abort.current?.abort();
    setState({ phase: "idle" });
  }, []);

  const busy = state.phase !== "idle" && state.phase !== "refused" && state.phase !== "answered";
  return { state, busy, send, reset };
}
