// A refusal of the engine, or of the line to it, as one kind of error.

import type { Problem } from "./types.ts";

export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    /** Seconds, as Retry-After said. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail || problem.title);
  }
  get status(): number {
    return this.problem.status;
  }
  get code(): string {
    return this.problem.code;
  }
}

/** Status 0: no answer came. */
export const noAnswer = (detail: string): ApiError =>
  new ApiError({ code: "no_answer", title: "The engine did not answer", detail, status: 0 });

export function problemOf(status: number, body: unknown): Problem {
  const from = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const text = (key: string): string => (typeof from[key] === "string" ? from[key] : "");
  const problem: Problem = {
    code: text("code") || `http_${status}`,
    title: text("title") || `The engine answered ${status}`,
    detail: text("detail"),
    status,
  };
  if (typeof from["version"] === "number") problem.version = from["version"];
  if (typeof from["reason"] === "string") problem.reason = from["reason"];
  const allowed = from["allowed"];
  if (Array.isArray(allowed)) problem.allowed = allowed.filter((one): one is string => typeof one === "string");
  return problem;
}

export const isExpired = (error: unknown): boolean => error instanceof ApiError && error.status === 401;
