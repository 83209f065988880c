import type { ReactNode } from "react";
import type { OrderState } from "../api/types.ts";
import { text } from "../texts/text.ts";
import { StateGlyph } from "./glyphs.tsx";

export const StateWord = ({ state }: { state: OrderState }): ReactNode => (
  <span className={`state of-${state}`}>
    <StateGlyph state={state} />
    {text(`states:${state}`)}
  </span>
);
