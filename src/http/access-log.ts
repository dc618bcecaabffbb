import type { RequestHandler } from "express";
import type { Logger } from "./log.ts";
import { requestState } from "./request-state.ts";

/** How long answers took, by route pattern; for metrics. */
export type ObserveRequest = (route: string, method: string, status: number, durationS: number) => void;

/** One line a request, written when its answer has left or the caller has gone. */
export function accessLog(logger: Logger, nowMs: () => number, observe: ObserveRequest): RequestHandler {
  return (req, res, next) => {
    const startedAt = nowMs();
    res.once("close", () => {
      const state = requestState(res);
      const durationMs = nowMs() - startedAt;
      const route = state.route ?? "unmatched";
      observe(route, req.method, res.statusCode, durationMs / 1000);
      logger.info(
        {
          requestId: state.requestId,
          method: req.method,
          route,
          status: res.statusCode,
          durationMs: Math.round(durationMs * 10) / 10,
          ...(state.caller === null
            ? {}
            : { keyId: state.caller.keyId, customerId: state.caller.customerId }),
          ...(res.writableFinished ? {} : { aborted: true }),
        },
        "request",
      );
    });
    next();
  };
}
