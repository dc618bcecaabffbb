import type { ReceivedCall } from "../../src/sandbox/call-records.ts";

/** What the provider itself saw, by number, with the moment on the test's own clock. */
export type ProviderRecord = {
  readonly onCall: (call: ReceivedCall) => void;
  /** Messages that it took for that number: a repeated key has no second effect. */
  effects(phone: string): number;
  /** Effects that it had for all numbers. */
  total(): number;
  /** Calls for that number, whatever came of them, that began to be answered after that moment. */
  callsAfter(phone: string, atMs: number): number;
};

export function providerRecord(): ProviderRecord {
  const calls = new Map<string, { readonly atMs: number; readonly taken: boolean }[]>();
  let taken = 0;
  return {
    onCall(call) {
      const known = calls.get(call.phone) ?? [];
      calls.set(call.phone, known);
      const accepted = call.outcome === "accepted";
      if (accepted) taken += 1;
      known.push({ atMs: performance.now(), taken: accepted });
    },
    effects: (phone) => (calls.get(phone) ?? []).filter((call) => call.taken).length,
    total: () => taken,
    callsAfter: (phone, atMs) => (calls.get(phone) ?? []).filter((call) => call.atMs > atMs).length,
  };
}
