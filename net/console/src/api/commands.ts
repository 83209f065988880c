// A command is sent until its outcome is known, each time with the same key: it is done once.

import { call } from "./http.ts";
import { ApiError } from "./problem.ts";
import { loggedInAgain } from "./session.ts";
import type { CommandAnswer, OrderState, Problem } from "./types.ts";

export type CommandBody =
  | { verb: "transitions"; body: MoveBody }
  | { verb: "retry"; body: { reason?: string } }
  | { verb: "hold"; body: { reason?: string } }
  | { verb: "release"; body: Record<string, never> }
  | { verb: "notes"; body: { text: string } };

export interface MoveBody {
  to: OrderState;
  reason?: string;
  expected_version?: number;
  tracking_number?: string;
  shipping_provider_id?: string;
  line_item_ids?: string[];
  report?: boolean;
}

export type CommandState =
  | { phase: "idle" }
  | { phase: "sending" }
  /** Not known whether it went through. */
  | { phase: "unknown" }
  /** Nothing was done; tried again at that moment of the local clock. */
  | { phase: "busy"; until: number }
  | { phase: "expired" }
  | { phase: "refused"; problem: Problem }
  | { phase: "answered"; answer: CommandAnswer };

export type Verdict = { kind: "unknown" } | { kind: "busy"; seconds: number } | { kind: "expired" } | { kind: "refused" };

const defaultWait = 5;
const unknownCodes = new Set(["no_answer", "outcome_unknown", "storage_outcome_unknown"]);
const busyCodes = new Set(["overloaded", "storage_unavailable", "shutting_down", "too_many_requests"]);

/** What an error says about the command. */
export function judge(error: ApiError): Verdict {
  if (error.status === 401) return { kind: "expired" };
  if (busyCodes.has(error.code)) return { kind: "busy", seconds: error.retryAfter ?? defaultWait };
  if (unknownCodes.has(error.code) || error.status >= 500) return { kind: "unknown" };
  return { kind: "refused" };
}

const pauses = [1_000, 2_000, 5_000];

export const newKey = (): string => crypto.randomUUID();

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error("given up"));
    });
  });
}

/** Internal faults (500) end it: the same key would give the same. `tell` hears each state. */
export async function sendCommand(
  order: string,
  command: CommandBody,
  key: string,
  signal: AbortSignal,
  tell: (state: CommandState) => void,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    tell({ phase: tries === 0 ? "sending" : "unknown" });
    try {
      const answer = await call<CommandAnswer>("POST", `/orders/${encodeURIComponent(order)}/${command.verb}`, {
        body: command.body,
        idempotencyKey: key,
        signal,
      });
      return tell({ phase: "answered", answer });
    } catch (trouble) {
      if (!(trouble instanceof ApiError)) throw trouble;
      const verdict = judge(trouble);
      if (verdict.kind === "refused" || trouble.status === 500) return tell({ phase: "refused", problem: trouble.problem });
      if (verdict.kind === "expired") {
        tell({ phase: "expired" });
        await loggedInAgain();
      } else if (verdict.kind === "busy") {
        tell({ phase: "busy", until: Date.now() + verdict.seconds * 1000 });
        await sleep(verdict.seconds * 1000, signal);
      } else {
        tell({ phase: "unknown" });
        await sleep(pauses[Math.min(tries, pauses.length - 1)] ?? 5_000, signal);
      }
    }
  }
}
