import type { Connector, HandOffOutcome } from "./guard/ports/connector.ts";
import type { ConnectorPool } from "./guard/world.ts";

/** Told of every hand-off with its outcome, and how long its call to the provider took, in seconds. */
export type ObserveHandOff = (channel: string, outcome: HandOffOutcome, durationS: number) => void;

/** What is told of calls to providers, and what they run within. */
export type MeasureCall = {
  readonly outcome: ObserveHandOff;
  readonly around?: (
    channel: string,
    /** The connector's kind. */
    kind: string,
    recipients: number,
    work: () => Promise<readonly HandOffOutcome[]>,
  ) => Promise<readonly HandOffOutcome[]>;
};

/** The same connectors, watched. Nothing of a message or a person passes here but its channel. */
export function measuredConnectors(pool: ConnectorPool, measure: MeasureCall): ConnectorPool {
  const measured = new WeakMap<Connector, Connector>();
  const watch = (connector: Connector): Connector => {
    const known = measured.get(connector);
    if (known !== undefined) return known;
    const watched: Connector = {
      ...connector,
      async handOff(batch, report) {
        const started = performance.now();
        const call = () => connector.handOff(batch, report);
        const channel = batch[0]?.content.channel ?? "unknown";
        const outcomes = await (measure.around === undefined
          ? call()
          : measure.around(channel, connector.traits.kind, batch.length, call));
        const durationS = (performance.now() - started) / 1_000;
        const channels = new Map(batch.map((each) => [each.intentId, each.content.channel]));
        for (const outcome of outcomes)
          measure.outcome(channels.get(outcome.intentId) ?? "unknown", outcome, durationS);
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
