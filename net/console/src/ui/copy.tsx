import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { text } from "../texts/text.ts";
import { announce } from "./announce.tsx";

export async function copyText(value: string): Promise<void> {
  await navigator.clipboard.writeText(value);
  announce(text("shell:copied"));
}

/** The text itself; a click copies it whole, whatever part is shown. */
export function CopyText({ value, shown, inList = false }: { value: string; shown?: ReactNode; inList?: boolean }): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className={copied ? "copy is-copied" : "copy"}
      tabIndex={inList ? -1 : 0}
      title={text("shell:copy", { what: value })}
      onClick={(event) => {
        event.stopPropagation();
        void copyText(value).then(() => setCopied(true));
      }}
    >
      <span className="mono">{shown ?? value}</span>
      <span className="copy-done" aria-hidden="true">
        {text("shell:copied")}
      </span>
    </button>
  );
}
