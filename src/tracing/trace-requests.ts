import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { RequestHandler } from "express";
import { requestState } from "../http/request-state.ts";

/** Asked every few seconds by machines; nobody looks for them. */
const unwatched: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics"]);

/** A span for each request. It is named by the route's pattern: a path or a query may hold what must not be told. */
export function traceRequests(tracer: Tracer): RequestHandler {
  return (req, res, next) => {
    if (unwatched.has(req.path)) return next();
    const remote = propagation.extract(ROOT_CONTEXT, { traceparent: req.headers["traceparent"] });
    const span = tracer.startSpan(
      req.method,
      { kind: SpanKind.SERVER, attributes: { "http.request.method": req.method } },
      remote,
    );
    res.once("close", () => {
      const { route } = requestState(res);
      span.updateName(`${req.method} ${route ?? "unmatched"}`);
      span.setAttributes({
        "http.response.status_code": res.statusCode,
        ...(route === null ? {} : { "http.route": route }),
      });
      if (res.statusCode >= 500 || !res.writableFinished) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(remote, span), () => next());
  };
}
