import type { Category } from "../domain/finding.ts";
import type { Bilingual, ReasonCode } from "../domain/vocabulary.ts";
import type { MessageFacts } from "./facts.ts";
import { remedy } from "./remedy.ts";
import type { ReadFacts, Refusal } from "./rule.ts";

/** What a rule makes of the scanner's findings in its categories. */
export type FindingJudgement = {
  evaluate(message: MessageFacts): Refusal | null;
  read(message: MessageFacts): ReadFacts;
};

/**
 * A blocking finding denies, a finding for review asks for a person. A separate agreement on record softens a
 * block to a review, where `agreeable`; identity and card numbers leave on nobody's agreement (matrix of P-25).
 */
export function judgeFindings(
  code: ReasonCode,
  categories: readonly Category[],
  agreeable: boolean,
  what: Bilingual,
): FindingJudgement {
  const remedies = [remedy("remove_findings", what)];
  const deny: Refusal = { verdict: "deny", code, remedies };
  const review: Refusal = { verdict: "review", code, remedies, decidedBy: "machine", canBeOverruled: true };

  function count(message: MessageFacts): { blocks: number; reviews: number } {
    let blocks = 0;
    let reviews = 0;
    for (const finding of message.scan.findings) {
      if (finding.category === null || !categories.includes(finding.category)) continue;
      if (finding.severity === "block") {
        if (agreeable && message.agreedCategories.includes(finding.category)) reviews++;
        else blocks++;
      } else if (finding.severity === "review") reviews++;
    }
    return { blocks, reviews };
  }

  return {
    evaluate(message) {
      if (message.scan.findings.length === 0) return null;
      const { blocks, reviews } = count(message);
      return blocks > 0 ? deny : reviews > 0 ? review : null;
    },
    read(message) {
      return { ...count(message), agreed: message.agreedCategories.length };
    },
  };
}
