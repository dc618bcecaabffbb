import type { Context } from "@opentelemetry/api";
import { SpanKind, type Telemetry } from "bullmq";
import { BullMQOtel } from "bullmq-otel";

type QueueSpan = ReturnType<Telemetry<Context>["tracer"]["startSpan"]>;

/**
 * BullMQ's telemetry without the housekeeping: a worker that looks for jobs, extends locks or counts what stalled
 * would write several spans a second about nothing.
 */
export function queueTelemetry(version: string): Telemetry<Context> {
  const { tracer, contextManager } = new BullMQOtel({ tracerName: "bullmq", version });
  return {
    contextManager,
    tracer: {
      startSpan: (name, options, parent) =>
        options?.kind === SpanKind.PRODUCER || options?.kind === SpanKind.CONSUMER
          ? tracer.startSpan(name, options, parent)
          : unseen,
    },
  };
}

const unseen: QueueSpan = {
  setSpanOnContext: (active: Context) => active,
  setAttribute: () => undefined,
  setAttributes: () => undefined,
  addEvent: () => undefined,
  recordException: () => undefined,
  end: () => undefined,
};
