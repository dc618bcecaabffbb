import type { Bilingual, DecidedBy, ReasonCode, Verdict } from "./vocabulary.ts";

/** What was decided for one recipient, or for a campaign as a whole, and why. */
export type Decision = {
  readonly verdict: Verdict;
  /** null only for `allow`. */
  readonly code: ReasonCode | null;
  /** The id of the rule that decided; null for `allow`. */
  readonly rule: string | null;
  readonly decidedBy: DecidedBy;
  readonly canBeOverruled: boolean;
  /** For `hold`: the first moment at which the rules that hold it would let it pass. */
  readonly notBefore: Date | null;
  /** What would make it pass; empty for `allow` and where nothing can. */
  readonly remedy: readonly Bilingual[];
  readonly citation: string | null;
};

/** One line of `explain=true`. */
export type RuleOutcome = {
  readonly rule: string;
  readonly outcome: "pass" | "not_applicable" | Exclude<Verdict, "allow">;
  readonly code: ReasonCode | null;
  readonly citation: string;
  /** The facts the rule read, without personal data. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
};
