import type { Connector, HandOffOutcome } from "./guard/ports/connector.ts";
import type { ConnectorPool } from "./guard/world.ts";

/** Told of every hand-off with its outcome, and how long its call to the provider took, in seconds. */
export type ObserveHandOff = (channel: string, outcome: HandOffOutcome, durationS: number) => void;

/** The same connectors, watched. Nothing of a message or a person passes here but its channel. */
export function measuredConnectors(pool: ConnectorPool, observe: ObserveHandOff): ConnectorPool {
  const measured = new WeakMap<Connector, Connector>();
  const watch = (connector: Connector): Connector => {
    const known = measured.get(connector);
    if (known !== undefined) return known;
    const watched: Connector = {
      ...connector,
      async handOff(batch, report) {
        const started = performance.now();
        const outcomes = await connector.handOff(batch, report);
        const durationS = (performance.now() - started) / 1_000;
        const channels = new Map(batch.map((each) => [each.intentId, each.content.channel]));
        for (const outcome of outcomes)
          observe(channels.get(outcome.intentId) ?? "unknown", outcome, durationS);
        return outcomes;
      },
    };
    measured.set(connector, watched);
    return watched;
  };
  return {
    ...pool,
    of: (processor) => watch(pool.of(processor)),
    sandbox: (channel) => watch(pool.sandbox(channel)),
  };
}
