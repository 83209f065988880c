// Who is logged in. What waits for a log-in that ended goes on when the same person is back, and never as somebody else.

import { createStore } from "../ui/store.ts";
import { setServerTime } from "../ui/clock.ts";
import { call, csrfToken, keepToken } from "./http.ts";
import { ApiError, isExpired } from "./problem.ts";
import type { Session } from "./types.ts";

export type SessionState =
  | { phase: "unknown" }
  | { phase: "unreachable"; why: string }
  | { phase: "out" }
  | { phase: "in"; session: Session }
  /** Log-in is a dialog over the page. */
  | { phase: "expired"; session: Session };

export const sessionStore = createStore<SessionState>({ phase: "unknown" });

const waiting = new Set<(sameUser: boolean) => void>();
const forgetters = new Set<() => void>();

/** Called when what is cached belongs to nobody who is logged in any more. */
export function onForget(forget: () => void): void {
  forgetters.add(forget);
}

function forgetAll(): void {
  for (const forget of forgetters) forget();
}

function settle(sameUser: boolean): void {
  const told = [...waiting];
  waiting.clear();
  for (const tell of told) tell(sameUser);
}

function enter(session: Session): void {
  const before = sessionStore.get();
  const sameUser = before.phase === "expired" && before.session.user.name === session.user.name;
  if (before.phase === "expired" && !sameUser) forgetAll();
  setServerTime(session.server_time);
  sessionStore.set({ phase: "in", session });
  settle(sameUser);
}

export async function resumeSession(): Promise<void> {
  if (csrfToken() === null) return sessionStore.set({ phase: "out" });
  try {
    enter(await call<Session>("GET", "/session"));
  } catch (trouble) {
    if (isExpired(trouble)) sessionStore.set({ phase: "out" });
    else sessionStore.set({ phase: "unreachable", why: trouble instanceof Error ? trouble.message : "" });
  }
}

export async function logIn(username: string, password: string): Promise<void> {
  const answer = await call<Session & { csrf_token: string }>("POST", "/session", { body: { username, password } });
  keepToken(answer.csrf_token);
  enter(answer);
}

export async function logOut(): Promise<void> {
  await call("DELETE", "/session").catch((trouble: unknown) => {
    if (!isExpired(trouble)) throw trouble;
  });
  keepToken(null);
  forgetAll();
  settle(false);
  sessionStore.set({ phase: "out" });
}

/** A request was answered 401: asks for a log-in. */
export function noteExpired(): void {
  const state = sessionStore.get();
  if (state.phase === "in") sessionStore.set({ phase: "expired", session: state.session });
}

/** Resolves once the same person is logged in again; rejects when it is somebody else, or nobody. */
export function loggedInAgain(): Promise<void> {
  noteExpired();
  return new Promise((resolve, reject) => {
    waiting.add((sameUser) => {
      if (sameUser) resolve();
      else reject(new ApiError({ code: "forbidden", title: "Another log-in", detail: "Nothing was sent.", status: 403 }));
    });
  });
}

/** For reads: a 401 opens the dialog, and the error stands until the log-in. */
export async function watched<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (trouble) {
    if (isExpired(trouble)) noteExpired();
    throw trouble;
  }
}

export const mayAct = (session: Session): boolean => session.user.role !== "viewer";
