// A part of the page that failed says so; the rest stays.

import type { ReactNode } from "react";
import { ApiError } from "../api/problem.ts";
import { text } from "../texts/text.ts";

/** "The engine does not answer." and the code to quote. */
export function troubleText(error: unknown): { words: string; code: string } {
  if (!(error instanceof ApiError)) return { words: error instanceof Error ? error.message : "", code: "" };
  if (error.status === 0) return { words: text("shell:unreachable"), code: error.code };
  return { words: error.problem.detail || error.problem.title, code: error.code };
}

export function Trouble({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }): ReactNode {
  const { words, code } = troubleText(error);
  return (
    <div className="trouble" role="alert">
      <span>
        <strong>{what}</strong> {words} {code && <code>{code}</code>}
      </span>
      <button type="button" onClick={onRetry}>
        {text("shell:retry")}
      </button>
    </div>
  );
}
