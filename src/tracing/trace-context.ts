import { type TextMapPropagator, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";

/**
 * W3C Trace Context without `tracestate` and without baggage: both hold whatever a caller likes, also what must not
 * be sent on.
 */
export function traceContext(): TextMapPropagator {
  const w3c = new W3CTraceContextPropagator();
  return {
    fields: () => ["traceparent"],
    inject: (active, carrier, setter) =>
      w3c.inject(active, carrier, {
        set: (held, key, value) => {
          if (key === "traceparent") setter.set(held, key, value);
        },
      }),
    extract(active, carrier, getter) {
      const found = w3c.extract(active, carrier, getter);
      const remote = trace.getSpanContext(found);
      if (remote === undefined) return found;
      const { traceId, spanId, traceFlags, isRemote } = remote;
      return trace.setSpanContext(active, {
        traceId,
        spanId,
        traceFlags,
        ...(isRemote === undefined ? {} : { isRemote }),
      });
    },
  };
}
