// Live regions: what a screen reader is told. One polite, one assertive.

import type { ReactNode } from "react";
import { createStore, useStore } from "./store.ts";

const polite = createStore("");
const assertive = createStore("");

export const announce = (message: string): void => polite.set(message);
export const announceLoudly = (message: string): void => assertive.set(message);

export function LiveRegions(): ReactNode {
  return (
    <>
      <div className="unseen" role="status" aria-live="polite">
        {useStore(polite)}
      </div>
      <div className="unseen" role="alert" aria-live="assertive">
        {useStore(assertive)}
      </div>
    </>
  );
}
