import type { ReactNode } from "react";
import { Fragment } from "react";
import type { TextKey } from "../texts/text.ts";
import { text } from "../texts/text.ts";
import { Dialog } from "../ui/dialog.tsx";

type Group = [TextKey, [string, TextKey][]];

const groups: Group[] = [
  [
    "keys:everywhere",
    [
      ["/", "keys:find"],
      ["?", "keys:table"],
      ["g o", "keys:goOrders"],
      [".", "keys:show"],
      ["Esc", "keys:escape"],
      ["Shift+T", "keys:zone"],
    ],
  ],
  [
    "keys:list",
    [
      ["j k", "keys:walk"],
      ["Home End PgUp PgDn", "keys:ends"],
      ["Enter", "keys:open"],
      ["y", "keys:copyId"],
      ["s", "keys:ship"],
      ["h", "keys:hold"],
      ["n", "keys:note"],
    ],
  ],
  [
    "keys:order",
    [
      ["s", "keys:ship"],
      ["h", "keys:hold"],
      ["n", "keys:note"],
      ["[ ]", "keys:siblings"],
      ["y", "keys:copyId"],
    ],
  ],
  [
    "keys:dialogs",
    [
      ["Ctrl+Enter", "keys:confirm"],
      ["Esc", "keys:dialogCancel"],
    ],
  ],
];

export function KeysDialog({ onClose }: { onClose: () => void }): ReactNode {
  return (
    <Dialog title={text("keys:title")} onClose={onClose} onConfirm={onClose}>
      <div className="key-groups">
        {groups.map(([title, rows]) => (
          <section key={title}>
            <h3>{text(title)}</h3>
            <dl>
              {rows.map(([keys, what]) => (
                <Fragment key={keys + what}>
                  <dt>
                    {keys.split(" ").map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{text(what)}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="muted">{text("keys:off")}</p>
    </Dialog>
  );
}
