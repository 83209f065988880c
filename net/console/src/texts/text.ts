// Texts by page. A key that does not exist is an error of the compiler.

import i18next from "i18next";
import keys from "./en/keys.json";
import order from "./en/order.json";
import orders from "./en/orders.json";
import shell from "./en/shell.json";
import states from "./en/states.json";

const english = { keys, order, orders, shell, states };
type Texts = typeof english;
type Bare<Key extends string> = Key extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem | Key : Key;
export type TextKey = { [Page in keyof Texts & string]: `${Page}:${Bare<keyof Texts[Page] & string>}` }[keyof Texts & string];

const i18n = i18next.createInstance();
void i18n.init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: english },
  ns: Object.keys(english),
  defaultNS: "shell",
  keySeparator: false,
  initAsync: false,
  interpolation: { escapeValue: false }, // React escapes
});

export const text = (key: TextKey, values: Record<string, string | number> = {}): string => i18n.t(key, values);
