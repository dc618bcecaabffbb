import { rules } from "./index.ts";
import { defaultPolicyData, type PolicyData } from "./policy.ts";
import { forbiddenTopics } from "./text/forbidden-terms.ts";
import { promotionalTerms } from "./text/promotional-language.ts";

/**
 * All that a decision follows from besides the facts, in one canonical text: the rules in their order, the
 * numbers of every regime, the word lists. The caller hashes it together with the scanner's own digest; the
 * same text means the same policy. `revision` rises whenever a rule's behaviour changes without its data.
 */
export function canonicalPolicy(data: PolicyData = defaultPolicyData): string {
  return canonicalJson({
    revision: 1,
    rules: rules.map((rule) => ({
      id: rule.id,
      level: rule.level,
      codes: rule.codes,
      clauses: rule.clauses,
      citation: rule.citation,
      decidedBy: rule.decidedBy,
      canBeOverruled: rule.canBeOverruled,
      remedies: rule.remedies,
    })),
    policy: data,
    forbiddenTopics,
    promotionalTerms,
  });
}

/** JSON with sorted keys and no spaces: equal values give equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join()}}`;
}
