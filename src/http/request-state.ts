import type { Response } from "express";
import type { Caller } from "../guard/guard.ts";

/** What the handling of one request has found out so far; the access log reads it at the end. */
export type RequestState = {
  readonly requestId: string;
  /** The pattern, never the path: a path could hold what must not be logged. */
  route: string | null;
  caller: Caller | null;
  /** Of an upload with an Idempotency-Key: what was sent, null until all of it was read. */
  uploadDigest: () => string | null;
};

const key = "subscriberGuard";

export function beginRequestState(res: Response, requestId: string): RequestState {
  const state: RequestState = { requestId, route: null, caller: null, uploadDigest: () => null };
  (res.locals as Record<string, unknown>)[key] = state;
  return state;
}

/** Throws where the request did not pass through request-id first: that is a fault in the order of handling. */
export function requestState(res: Response): RequestState {
  const state = (res.locals as Record<string, unknown>)[key];
  if (state === undefined) throw new Error("the request has no state yet");
  return state as RequestState;
}
