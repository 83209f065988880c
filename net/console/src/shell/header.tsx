import type { ReactNode } from "react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { logOut } from "../api/session.ts";
import type { Session } from "../api/types.ts";
import { zoneName } from "../format/instant.ts";
import { text } from "../texts/text.ts";
import { announceLoudly } from "../ui/announce.tsx";
import { useKeys } from "../ui/keys.ts";
import type { Theme } from "../ui/prefs.ts";
import { themeStore, toggleZone, zoneStore } from "../ui/prefs.ts";
import { useStore } from "../ui/store.ts";
import { FindBox, focusFindBox } from "./find_box.tsx";
import { KeysDialog } from "./keys_dialog.tsx";
import { LiveBadge } from "./live_badge.tsx";

export function Header({ session }: { session: Session }): ReactNode {
  const [keysOpen, setKeysOpen] = useState(false);
  const [path, go] = useLocation();
  useKeys({
    "?": () => setKeysOpen(true),
    "/": focusFindBox,
    "g o": () => go("/orders"),
    "Shift+t": toggleZone,
  });
  return (
    <>
      <header className="bar">
        <Link href="/orders" className="product">
          {text("shell:product")}
        </Link>
        <nav aria-label={text("shell:pages")}>
          <Link href="/orders" aria-current={path === "/" || path.startsWith("/orders") ? "page" : undefined}>
            {text("shell:orders")}
          </Link>
        </nav>
        <FindBox />
        <LiveBadge />
        <Account session={session} onKeys={() => setKeysOpen(true)} />
      </header>
      {session.first_password && (
        <p className="notice">
          {text("shell:firstPassword")}
        </p>
      )}
      {keysOpen && <KeysDialog onClose={() => setKeysOpen(false)} />}
    </>
  );
}

function Account({ session, onKeys }: { session: Session; onKeys: () => void }): ReactNode {
  const zone = useStore(zoneStore);
  const theme = useStore(themeStore);
  const leave = (): void => {
    logOut().catch(() => announceLoudly(text("shell:unreachable")));
  };
  return (
    <details className="account">
      <summary>
        <span className="zone">{zoneName(zone, Date.now())}</span>
        <span>{session.user.name}</span>
      </summary>
      <div className="account-panel">
        <p className="muted">
          {text("shell:role", { name: session.user.name, role: session.user.role })}
          <br />
          {text("shell:engine", { build: session.build })}
        </p>
        <label>
          {text("shell:zone")}
          <select value={zone} onChange={(event) => zoneStore.set(event.target.value === "utc" ? "utc" : "local")}>
            <option value="local">{text("shell:zoneLocal", { zone: zoneName("local", Date.now()) })}</option>
            <option value="utc">{text("shell:zoneUtc")}</option>
          </select>
        </label>
        <label>
          {text("shell:theme")}
          <select value={theme} onChange={(event) => themeStore.set(event.target.value as Theme)}>
            <option value="system">{text("shell:themeSystem")}</option>
            <option value="light">{text("shell:themeLight")}</option>
            <option value="dark">{text("shell:themeDark")}</option>
          </select>
        </label>
        <button type="button" onClick={onKeys} title="?">
          {text("shell:keys")}
        </button>
        <button type="button" onClick={leave}>
          {text("shell:logOut")}
        </button>
      </div>
    </details>
  );
}
