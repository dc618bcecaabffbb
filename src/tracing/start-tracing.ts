import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { GuardError } from "../domain/guard-error.ts";
import { queueTelemetry } from "./queue-telemetry.ts";
import { traceContext } from "./trace-context.ts";
import { traceRequests } from "./trace-requests.ts";
import type { SpanFacts, Tracing } from "./tracing.ts";

/**
 * "application": spans go to the provider that the application has registered, and stay off where it has none.
 * "send": by OTLP over HTTP. Address, headers, sampling and limits are read by OpenTelemetry itself from the
 * environment variables of its specification. Loaded only where traces are asked for: nobody else pays for it.
 */
export function startTracing(version: string, where: "send" | "application"): Tracing {
  const provider = where === "send" ? openProvider(version) : null;
  const tracer = trace.getTracer("subscriber-guard", version);
  return {
    span: (name, facts, work, kind = "internal") =>
      tracer.startActiveSpan(
        name,
        { attributes: facts, kind: kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL },
        (span) => within(span, work),
      ),
    requests: traceRequests(tracer),
    queue: queueTelemetry(version),
    async close() {
      if (provider === null) return;
      // A collector that is away must not keep the service from ending.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

function openProvider(version: string): BasicTracerProvider {
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": "subscriber-guard", "service.version": version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  // BullMQ's telemetry knows the global ones only.
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(contexts);
  propagation.setGlobalPropagator(traceContext());
  return provider;
}

async function within<T>(span: Span, work: (note: (facts: SpanFacts) => void) => Promise<T>): Promise<T> {
  try {
    return await work((facts) => span.setAttributes(facts));
  } catch (err) {
    // The code alone: messages of errors may hold what a span must not.
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute(
      "error.type",
      err instanceof GuardError ? err.code : err instanceof Error ? err.name : "unknown",
    );
    throw err;
  } finally {
    span.end();
  }
}
