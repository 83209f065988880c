// One request to the engine. A cookie alone opens nothing: the token that log-in gave goes with each, reads too.

import { ApiError, noAnswer, problemOf } from "./problem.ts";

export const apiRoot = "/api/v1";
const tokenKey = "orderly.csrf";
const patience = 30_000;

export const csrfToken = (): string | null => localStorage.getItem(tokenKey);
export function keepToken(token: string | null): void {
  if (token === null) localStorage.removeItem(tokenKey);
  else localStorage.setItem(tokenKey, token);
}

export function sessionHeaders(): Record<string, string> {
  const token = csrfToken();
  return token === null ? {} : { "X-CSRF-Token": token };
}

export interface RequestOptions {
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

type Method = "GET" | "POST" | "DELETE";

function requestOf(method: Method, options: RequestOptions): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json", ...sessionHeaders() };
  if (options.idempotencyKey !== undefined) headers["Idempotency-Key"] = options.idempotencyKey;
  const timeout = AbortSignal.timeout(patience);
  const init: RequestInit = {
    method,
    headers,
    credentials: "same-origin",
    cache: "no-store",
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  };
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  return init;
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/** Throws ApiError, or the caller's own abort. */
export async function call<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(apiRoot + path, requestOf(method, options));
    body = await bodyOf(response);
  } catch (trouble) {
    if (options.signal?.aborted) throw trouble;
    throw noAnswer(trouble instanceof Error ? trouble.message : "");
  }
  if (!response.ok) throw new ApiError(problemOf(response.status, body), retryAfterOf(response));
  return body as T;
}
