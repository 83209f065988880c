// A modal <dialog>: the focus goes into its first field and back to the opener, Ctrl+Enter confirms, Esc cancels and asks first
// when something was typed.

import type { FormEvent, KeyboardEvent, ReactNode } from "react";
import { useEffect, useId, useRef, useState } from "react";
import { text } from "../texts/text.ts";

interface DialogProps {
  title: ReactNode;
  /** "side": along the right edge, the page stays readable. */
  place?: "middle" | "side";
  dirty?: boolean;
  onConfirm?: () => void;
  /** Without it the dialog cannot be left. */
  onClose?: () => void;
  children: ReactNode;
  buttons?: ReactNode;
}

export function Dialog(props: DialogProps): ReactNode {
  const { title, place = "middle", dirty = false, onConfirm, onClose, children, buttons } = props;
  const ref = useRef<HTMLDialogElement>(null);
  const [asking, setAsking] = useState(false);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    const found = ["[data-first]", ".dialog-body :is(input, textarea, select)", ".dialog-foot button"]
      .map((what) => dialog?.querySelector<HTMLElement>(what))
      .find((each) => each);
    found?.focus(); // React's autoFocus came before the dialog was modal
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  const leave = (): void => {
    if (dirty && !asking) setAsking(true);
    else onClose?.();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onConfirm?.();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      onConfirm?.();
    }
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
    }
  };
  return (
    <dialog
      ref={ref}
      className={`dialog dialog-${place}`}
      aria-labelledby={titleId}
      onKeyDown={key}
      onCancel={(event) => {
        event.preventDefault(); // a browser would close it whatever was typed
        leave();
      }}
    >
      <form className="dialog-form" onSubmit={submit}>
        <header className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          {onClose && (
            <button type="button" className="plain" onClick={leave} aria-label={text("shell:close")} title="Esc">
              <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
                <path d="m2 2 8 8m0-8-8 8" stroke="currentColor" strokeWidth="1.5" />
              </svg>
            </button>
          )}
        </header>
        <div className="dialog-body">{children}</div>
        {asking ? (
          <footer className="dialog-foot" role="alert">
            <span className="grow">{text("order:discard")}</span>
            <button type="button" onClick={() => setAsking(false)} autoFocus>
              {text("order:keep")}
            </button>
            <button type="button" className="danger" onClick={onClose}>
              {text("order:discardDo")}
            </button>
          </footer>
        ) : (
          buttons && <footer className="dialog-foot">{buttons}</footer>
        )}
      </form>
    </dialog>
  );
}
