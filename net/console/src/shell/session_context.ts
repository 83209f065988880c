import { createContext, useContext } from "react";
import { mayAct } from "../api/session.ts";
import type { Session } from "../api/types.ts";

export const SessionContext = createContext<Session | null>(null);

/** False for viewers: they see no buttons that act. */
export function useMayAct(): boolean {
  const session = useContext(SessionContext);
  return session !== null && mayAct(session);
}
