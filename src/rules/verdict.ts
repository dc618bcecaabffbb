import type { Decision } from "../domain/decision.ts";
import type { Verdict } from "../domain/vocabulary.ts";
import type { Refusal, Rule } from "./rule.ts";

/** A refusal and the rule that gave it. */
export type RefusedBy = { readonly rule: Rule; readonly refusal: Refusal };

const strictness: Readonly<Record<Verdict, number>> = { allow: 0, hold: 1, review: 2, deny: 3 };

export function strictnessOf(verdict: Verdict): number {
  return strictness[verdict];
}

/** Whether the first refusal outshines the second; null refuses nothing. */
export function isStricter(one: Refusal | null, other: Refusal | null): boolean {
  return strictnessOf(one?.verdict ?? "allow") > strictnessOf(other?.verdict ?? "allow");
}

export const allowed: Decision = Object.freeze({
  verdict: "allow",
  code: null,
  rule: null,
  decidedBy: "policy",
  canBeOverruled: false,
  notBefore: null,
  remedy: Object.freeze([]),
  citation: null,
});

/** The strictest of several refusals, the first of equally strict ones; `allowed` if there is none. */
export function strictest(refusals: readonly RefusedBy[]): Decision {
  let worst: RefusedBy | null = null;
  for (const refused of refusals) {
    if (worst === null || isStricter(refused.refusal, worst.refusal)) worst = refused;
  }
  return worst === null ? allowed : decisionOf(worst, null);
}

export function decisionOf({ rule, refusal }: RefusedBy, notBefore: Date | null): Decision {
  return {
    verdict: refusal.verdict,
    code: refusal.code,
    rule: rule.id,
    decidedBy: refusal.decidedBy ?? rule.decidedBy,
    canBeOverruled: refusal.canBeOverruled ?? rule.canBeOverruled,
    notBefore,
    remedy: refusal.remedies.map(({ text }) => text),
    citation: rule.citation,
  };
}
