// Which page stands at the address, and whether anybody is logged in.

import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { resumeSession, sessionStore } from "../api/session.ts";
import type { Session } from "../api/types.ts";
import { OrderPage } from "../order/order_page.tsx";
import { OrdersPage } from "../orders/orders_page.tsx";
import { runStream } from "../stream/live.ts";
import { text } from "../texts/text.ts";
import { announceLoudly, LiveRegions } from "../ui/announce.tsx";
import { useStore } from "../ui/store.ts";
import { Header } from "./header.tsx";
import { LoginCard, LoginDialog } from "./login.tsx";
import { SessionContext } from "./session_context.ts";

export function App(): ReactNode {
  const state = useStore(sessionStore);
  useEffect(() => void resumeSession(), []);
  return (
    <>
      {state.phase === "out" && <LoginCard />}
      {state.phase === "unreachable" && <Unreachable why={state.why} />}
      {(state.phase === "in" || state.phase === "expired") && (
        <Pages key={state.session.user.name} session={state.session} expired={state.phase === "expired"} />
      )}
      <LiveRegions />
    </>
  );
}

function Unreachable({ why }: { why: string }): ReactNode {
  return (
    <main className="lone-card">
      <h1>{text("shell:product")}</h1>
      <p>
        {text("shell:unreachable")} <span className="muted">{why}</span>
      </p>
      <button type="button" onClick={() => void resumeSession()}>
        {text("shell:retry")}
      </button>
    </main>
  );
}

function Pages({ session, expired }: { session: Session; expired: boolean }): ReactNode {
  const queries = useQueryClient();
  useEffect(() => {
    if (expired) return announceLoudly(text("shell:loginExpiredTitle"));
    void queries.invalidateQueries();
    return runStream();
  }, [expired, queries]);
  useFocusOnNavigation();
  return (
    <SessionContext value={session}>
      <a className="skip" href="#content">
        {text("shell:skip")}
      </a>
      <Header session={session} />
      <main id="content" tabIndex={-1}>
        <Switch>
          <Route path="/">
            <OrdersPage />
          </Route>
          <Route path="/orders">
            <OrdersPage />
          </Route>
          <Route path="/orders/:id">{({ id }) => <OrderPage key={id} id={id} />}</Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </main>
      {expired && <LoginDialog user={session.user.name} />}
    </SessionContext>
  );
}

/** A new page is announced by its heading; the first one leaves the focus where the browser put it. */
function useFocusOnNavigation(): void {
  const [path] = useLocation();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const heading = document.querySelector("main h1");
    if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
  }, [path]);
}

function NotFound(): ReactNode {
  const [path] = useLocation();
  return (
    <section className="page empty">
      <h1 tabIndex={-1}>{text("shell:notFoundTitle")}</h1>
      <p>{text("shell:notFound", { path })}</p>
      <Link href="/orders">{text("shell:toOrders")}</Link>
    </section>
  );
}
