import { expect, test } from "vitest";
import type { Connector, HandOff } from "../src/guard/ports/connector.ts";
import type { ProcessorRow } from "../src/guard/ports/processor-records.ts";
import { measuredConnectors } from "../src/measured-connectors.ts";

const handOff = { intentId: "i-1", content: { channel: "sms" } } as HandOff;
const row = {} as ProcessorRow;

const connector: Connector = {
  traits: {
    kind: "esms",
    channels: ["sms"],
    idempotency: "key",
    batchMax: 1,
    concurrencyMax: 1,
    timeoutMs: 1,
  },
  async handOff([first], report) {
    const outcome = { intentId: first?.intentId ?? "", state: "sent", action: "ok", code: "100" } as const;
    report?.(outcome);
    return [outcome];
  },
  lookUp: async () => [],
  close: async () => undefined,
};

test("a measured connector is the connector still, also for whoever spreads it", () => {
  const pool = { of: () => connector, faults: () => [], sandbox: () => connector };
  const measured = measuredConnectors(pool, { outcome: () => undefined });
  const spread = { ...measured.of(row) };
  expect(Object.keys(spread).sort()).toEqual(Object.keys(connector).sort());
  expect(spread.traits).toEqual(connector.traits);
  expect(measured.of(row)).toBe(measured.of(row));
});

test("each outcome is told once, with its channel, and comes back unchanged", async () => {
  const told: unknown[] = [];
  const reported: unknown[] = [];
  const pool = { of: () => connector, faults: () => [], sandbox: () => connector };
  const measured = measuredConnectors(pool, {
    outcome: (channel, outcome, seconds) => told.push([channel, outcome.state, seconds >= 0]),
  });
  const outcomes = await measured.of(row).handOff([handOff], (outcome) => reported.push(outcome));
  expect(outcomes).toEqual(await connector.handOff([handOff]));
  expect(reported).toEqual(outcomes);
  expect(told).toEqual([["sms", "sent", true]]);
});
