import type { RequestHandler } from "express";
import { beginRequestState } from "./request-state.ts";

// Safe in headers, logs and file names; long enough for every tracing system's ids.
const wellFormed = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Takes over the caller's X-Request-Id where it is well-formed, otherwise gives one. */
export function requestId(newId: () => string): RequestHandler {
  return (req, res, next) => {
    const given = req.get("X-Request-Id");
    const id = given !== undefined && wellFormed.test(given) ? given : newId();
    beginRequestState(res, id);
    res.setHeader("X-Request-Id", id);
    next();
  };
}
