import type { Registry } from "prom-client";
import type { Guard } from "./guard/guard.ts";
import type { Observer } from "./guard/observe.ts";
import type { MeasureCall } from "./measured-connectors.ts";
import { createMeters } from "./meters.ts";
import { spanFacts, type Tracing } from "./tracing/tracing.ts";

/** What looks on while the house works: meters always, traces where they are configured. */
export type Instruments = {
  readonly observer: Observer;
  readonly providerCall: MeasureCall;
  watch(guard: Guard): Guard;
  readonly tracing: Tracing | null;
};

export function createInstruments(registry: Registry, tracing: Tracing | null): Instruments {
  const meters = createMeters(registry);
  return {
    tracing,
    watch: (guard) => meters.watch(guard),
    providerCall: {
      outcome: meters.handOff,
      ...(tracing === null
        ? {}
        : {
            around: (channel, kind, recipients, work) =>
              tracing.span(
                `provider ${channel}`,
                { "guard.channel": channel, "guard.connector": kind, "guard.recipients": recipients },
                async (note) => {
                  const outcomes = await work();
                  const sent = outcomes.filter((outcome) => outcome.state === "sent").length;
                  note({ "guard.sent": sent, "guard.not_sent": outcomes.length - sent });
                  return outcomes;
                },
                "client",
              ),
          }),
    },
    observer: {
      decided: (decision) => meters.decided(decision),
      async step(name, work) {
        const started = performance.now();
        try {
          return tracing === null
            ? await work(() => undefined)
            : await tracing.span(name, {}, (note) => work((facts) => note(spanFacts(facts))));
        } finally {
          meters.step(name, (performance.now() - started) / 1_000);
        }
      },
    },
  };
}
