// State glyphs, beside their word: a shape each, so that no meaning hangs on a colour.

import type { ReactNode } from "react";
import type { OrderState } from "../api/types.ts";

function Glyph({ className, children }: { className?: string; children: ReactNode }): ReactNode {
  return (
    <svg className={`glyph ${className ?? ""}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const shapes: Record<OrderState, ReactNode> = {
  received: <circle cx="6" cy="6" r="4.75" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  processing: (
    <>
      <circle cx="6" cy="6" r="4.75" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.25a4.75 4.75 0 0 1 0 9.5z" fill="currentColor" />
    </>
  ),
  shipped: <path d="M6 1 11.3 10.5H.7z" fill="currentColor" />,
  delivered: (
    <>
      <circle cx="6" cy="6" r="5.5" fill="currentColor" />
      <path className="glyph-cut" d="m3.4 6.2 1.8 1.8 3.4-3.9" fill="none" strokeWidth="1.5" />
    </>
  ),
  failed: <path d="m2 2 8 8m0-8-8 8" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
};

export const StateGlyph = ({ state }: { state: OrderState }): ReactNode => (
  <Glyph className={`of-${state}`}>{shapes[state]}</Glyph>
);

export const AttentionGlyph = (): ReactNode => (
  <Glyph className="of-danger">
    <path d="M6 .8 11.6 11H.4z" fill="none" stroke="currentColor" strokeWidth="1.2" strokeLinejoin="round" />
    <path d="M6 4.2v3.4m0 1.1v1" fill="none" stroke="currentColor" strokeWidth="1.3" />
  </Glyph>
);

export const HoldGlyph = (): ReactNode => (
  <Glyph className="of-warn">
    <path d="M3.5 2v8m5-8v8" fill="none" stroke="currentColor" strokeWidth="2" />
  </Glyph>
);

export const SoonGlyph = (): ReactNode => (
  <Glyph className="of-muted">
    <path d="M1 7.2c1.6-2.6 3.3-2.6 5 0s3.4 2.6 5 0" fill="none" stroke="currentColor" strokeWidth="1.5" />
  </Glyph>
);

export const NearGlyph = (): ReactNode => (
  <Glyph className="of-warn">
    <path d="m1.5 8.5 4.5-5 4.5 5" fill="none" stroke="currentColor" strokeWidth="2" />
  </Glyph>
);

export const LateGlyph = (): ReactNode => (
  <Glyph className="of-danger">
    <rect x="1.5" y="1.5" width="9" height="9" fill="currentColor" />
  </Glyph>
);
