import type { HandOff, HandOffOutcome } from "../guard/ports/connector.ts";
import { outcomeOf } from "./code-action.ts";
import { createConcurrencyGate } from "./concurrency-gate.ts";

/** One call on the wire and the hand-offs that it carries. */
export type WireCall = {
  readonly members: readonly HandOff[];
  run(members: readonly HandOff[]): Promise<readonly HandOffOutcome[]>;
};

/**
 * Makes the calls of a batch side by side and returns one outcome for each hand-off, in the order given.
 * A hand-off whose allowed hours are over when its turn comes is not sent. A call that throws leaves
 * `unknown`, because nobody can say how far it had got.
 */
export async function runBatch(
  batch: readonly HandOff[],
  calls: readonly WireCall[],
  options: {
    readonly concurrencyMax: number;
    readonly now: () => Date;
    readonly report: ((outcome: HandOffOutcome) => void) | undefined;
  },
): Promise<readonly HandOffOutcome[]> {
  const outcomes = new Map<string, HandOffOutcome>();
  const gate = createConcurrencyGate(options.concurrencyMax);
  await Promise.all(
    calls.map((call) =>
      gate.run(async () => {
        const settled = await settleCall(call, options.now);
        for (const outcome of settled) outcomes.set(outcome.intentId, outcome);
        for (const outcome of settled) options.report?.(outcome);
      }),
    ),
  );
  return batch.flatMap((handOff) => outcomes.get(handOff.intentId) ?? []);
}

async function settleCall(call: WireCall, now: () => Date): Promise<readonly HandOffOutcome[]> {
  const at = now();
  const over = call.members.filter((handOff) => isOver(handOff, at));
  const open = call.members.filter((handOff) => !isOver(handOff, at));
  const overs = over.map((handOff) => outcomeOf(handOff, "validity_over", { action: "night" }, at));
  if (open.length === 0) return overs;
  let made: readonly HandOffOutcome[] = [];
  try {
    made = await call.run(open);
  } catch {
    // Closed as a fault below.
  }
  const byIntent = new Map(made.map((outcome) => [outcome.intentId, outcome]));
  const fault = (handOff: HandOff): HandOffOutcome =>
    outcomeOf(handOff, "connector_fault", { action: "unknown" }, now());
  return [...overs, ...open.map((handOff) => byIntent.get(handOff.intentId) ?? fault(handOff))];
}

function isOver(handOff: HandOff, now: Date): boolean {
  return handOff.validUntil !== undefined && handOff.validUntil.getTime() <= now.getTime();
}
