import type { ReactNode } from "react";
import { useState } from "react";
import { useLocation } from "wouter";
import { text } from "../texts/text.ts";

const fieldId = "find";

export function focusFindBox(): void {
  document.getElementById(fieldId)?.focus();
}

/** Goes to the order with that id, TikTok's or the engine's own. */
export function FindBox(): ReactNode {
  const [value, setValue] = useState("");
  const [, go] = useLocation();
  return (
    <form
      className="find"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const id = value.trim();
        if (id === "") return;
        setValue("");
        go(`/orders/${encodeURIComponent(id)}`);
      }}
    >
      <input
        id={fieldId}
        type="search"
        autoComplete="off"
        spellCheck={false}
        aria-label={text("shell:find")}
        placeholder={text("shell:findHint")}
        title="/"
        value={value}
        onChange={(event) => setValue(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </form>
  );
}
