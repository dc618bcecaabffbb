import type { CampaignDecision } from "../domain/contract.gen.ts";
import type { World } from "./world.ts";

/** The steps of a message's way that are worth a duration: each is one transaction. */
export type StepName = "decision" | "permit" | "outcome";

/** What a step may say of itself: ids and counts, never anything of a person. */
export type StepFacts = {
  readonly campaignId?: string;
  readonly batchId?: string;
  readonly recipients?: number;
};

/** Looks on; what it does must neither fail nor change anything. */
export type Observer = {
  step<T>(name: StepName, work: (note: (facts: StepFacts) => void) => Promise<T>): Promise<T>;
  /** A campaign's whole decision, once it is committed. */
  decided(decision: CampaignDecision): void;
};

/** Runs a step under the world's observer, or just runs it where nobody looks. */
export function observe<T>(
  world: Pick<World, "observer">,
  name: StepName,
  work: (note: (facts: StepFacts) => void) => Promise<T>,
): Promise<T> {
  return world.observer === undefined ? work(() => undefined) : world.observer.step(name, work);
}
