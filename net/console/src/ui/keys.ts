// Single keys. Off in fields and while a dialog is open; "g" waits a second for the page's letter.

import { useEffect, useRef } from "react";

export type KeyMap = Readonly<Record<string, () => void>>;

const fields = "input, textarea, select, [contenteditable]";

/** Somebody types, or a dialog is open. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && (target.matches(fields) || target.closest("dialog") !== null);
}

type Pressed = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/** The name of a key in a KeyMap: "j", "Shift+t", "g o". Null: none, or the first half of one. */
export function nameOfKey(event: Pressed, afterG: boolean): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === "g") return null;
  const prefix = afterG ? "g " : "";
  if (event.shiftKey && /^[a-z]$/i.test(event.key)) return `${prefix}Shift+${event.key.toLowerCase()}`;
  return prefix + event.key;
}

const maps = new Set<{ current: KeyMap }>();
let lastG = 0;

/** One listener for all maps; the youngest that knows the key takes it. */
function listen(event: KeyboardEvent): void {
  if (event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const name = nameOfKey(event, Date.now() - lastG < 1000);
  if (event.key !== "Shift") lastG = event.key === "g" ? Date.now() : 0;
  const act = name === null ? undefined : [...maps].findLast((map) => map.current[name])?.current[name];
  if (!act) return;
  event.preventDefault();
  act();
}

export function useKeys(map: KeyMap): void {
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    if (maps.size === 0) window.addEventListener("keydown", listen);
    maps.add(latest);
    return () => {
      maps.delete(latest);
      if (maps.size === 0) window.removeEventListener("keydown", listen);
    };
  }, []);
}
