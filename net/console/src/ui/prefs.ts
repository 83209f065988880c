// What is the viewer's own, kept in this browser.

import type { Zone } from "../format/instant.ts";
import { createStore } from "./store.ts";

export type Theme = "system" | "light" | "dark";

function oneOf<T extends string>(value: string | null, allowed: readonly T[], otherwise: T): T {
  return allowed.find((each) => each === value) ?? otherwise;
}

export const themeStore = createStore<Theme>(oneOf(localStorage.getItem("orderly.theme"), ["system", "light", "dark"], "system"));
export const zoneStore = createStore<Zone>(oneOf(localStorage.getItem("orderly.zone"), ["local", "utc"], "local"));

function applyTheme(): void {
  document.documentElement.dataset["theme"] = themeStore.get();
}

applyTheme();
themeStore.subscribe(() => {
  localStorage.setItem("orderly.theme", themeStore.get());
  applyTheme();
});
zoneStore.subscribe(() => localStorage.setItem("orderly.zone", zoneStore.get()));

export const toggleZone = (): void => zoneStore.set(zoneStore.get() === "utc" ? "local" : "utc");
