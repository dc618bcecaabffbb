import type { Telemetry } from "bullmq";
import type { RequestHandler } from "express";
import type { StepFacts } from "../guard/observe.ts";

/** What a span may carry: names, codes, ids and counts. Never a number, a name, a text or a path of a request. */
export type SpanFacts = Readonly<Record<string, string | number>>;

export type Tracing = {
  /** Runs work inside a span; `note` adds facts that are known later. */
  span<T>(
    name: string,
    facts: SpanFacts,
    work: (note: (facts: SpanFacts) => void) => Promise<T>,
    kind?: "internal" | "client",
  ): Promise<T>;
  /** A span for each request, named by its route's pattern; goes before everything that should lie within. */
  readonly requests: RequestHandler;
  /** BullMQ's own spans of adding and handling jobs. */
  readonly queue: Telemetry;
  /** Sends what is left and stops. */
  close(): Promise<void>;
};

/** Attribute names of a step's facts. */
export function spanFacts({ campaignId, batchId, recipients }: StepFacts): SpanFacts {
  return {
    ...(campaignId === undefined ? {} : { "guard.campaign.id": campaignId }),
    ...(batchId === undefined ? {} : { "guard.batch.id": batchId }),
    ...(recipients === undefined ? {} : { "guard.recipients": recipients }),
  };
}
