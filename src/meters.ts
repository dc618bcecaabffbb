import { Counter, Histogram, type Registry } from "prom-client";
import type { CampaignDecision } from "./domain/contract.gen.ts";
import type { Guard } from "./guard/guard.ts";
import type { StepName } from "./guard/observe.ts";
import type { ObserveHandOff } from "./measured-connectors.ts";

export type Meters = {
  /** The same use cases, measured. */
  watch(guard: Guard): Guard;
  readonly handOff: ObserveHandOff;
  decided(decision: CampaignDecision): void;
  step(name: StepName, durationS: number): void;
};

const transactionBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What this process itself decides, hands off and withdraws. Labels are closed lists: verdicts, codes, states. */
export function createMeters(registry: Registry): Meters {
  const registers = [registry];
  const decisions = new Counter({
    name: "subscriber_guard_decisions_total",
    help: "Recipients decided when their campaign was submitted, by verdict",
    labelNames: ["verdict"],
    registers,
  });
  const reasons = new Counter({
    name: "subscriber_guard_decision_reasons_total",
    help: "Recipients not simply allowed, by verdict and reason code",
    labelNames: ["verdict", "reason"],
    registers,
  });
  const outcomes = new Counter({
    name: "subscriber_guard_hand_offs_total",
    help: "Hand-offs to providers, by channel and outcome",
    labelNames: ["channel", "outcome"],
    registers,
  });
  const providers = new Histogram({
    name: "subscriber_guard_provider_call_duration_seconds",
    help: "Time of the batch in which a hand-off went to its provider",
    labelNames: ["channel"],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const withdrawals = new Histogram({
    name: "subscriber_guard_withdrawal_duration_seconds",
    help: "From a withdrawal's arrival to its answer, by what was answered",
    labelNames: ["status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const stepOf = (name: string, help: string): Histogram =>
    new Histogram({ name, help, buckets: transactionBuckets, registers });
  const steps: Readonly<Record<StepName, Histogram>> = {
    decision: stepOf(
      "subscriber_guard_decision_duration_seconds",
      "Time to decide and store a campaign, or one chunk of a large one",
    ),
    permit: stepOf(
      "subscriber_guard_permit_duration_seconds",
      "Time to decide a batch again and commit its permits, before its provider is called",
    ),
    outcome: stepOf(
      "subscriber_guard_outcome_duration_seconds",
      "Time to store outcomes with their ledger records; a withdrawal may wait for it",
    ),
  };
  return {
    watch: (guard) => ({
      ...guard,
      async withdraw(caller, input) {
        const started = performance.now();
        const result = await guard.withdraw(caller, input);
        withdrawals.observe({ status: result.status }, (performance.now() - started) / 1_000);
        return result;
      },
    }),
    handOff: (channel, outcome, durationS) => {
      outcomes.inc({ channel, outcome: outcome.state });
      providers.observe({ channel }, durationS);
    },
    decided: ({ counts, reasons: given }) => {
      const byVerdict: Readonly<Record<string, number>> = { ...counts };
      for (const [verdict, recipients] of Object.entries(byVerdict)) decisions.inc({ verdict }, recipients);
      for (const { verdict, code, count } of given) reasons.inc({ verdict, reason: code }, count);
    },
    step: (name, durationS) => steps[name].observe(durationS),
  };
}
