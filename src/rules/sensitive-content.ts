import { type Category, categories } from "../domain/finding.ts";
import type { MessageFacts } from "./facts.ts";
import { judgeFindings } from "./findings.ts";
import { remedy } from "./remedy.ts";
import { everyCampaign, type MessageRule, type Refusal } from "./rule.ts";

const ownRules: readonly string[] = ["card", "national_id", "child"];

/** What a separate agreement may have looked at; identity and card numbers leave on nobody's agreement. */
export const agreeableCategories: readonly Category[] = categories.filter(
  (category) => !ownRules.includes(category),
);
const what = {
  vi: "dữ liệu nhạy cảm (sức khỏe, tôn giáo, chính trị, đời sống riêng…)",
  en: "sensitive data (health, religion, politics, private life and the like)",
};
const judgement = judgeFindings("sensitive_content", agreeableCategories, true, what);
const unexplained: Refusal = {
  verdict: "deny",
  code: "sensitive_content",
  remedies: [remedy("remove_findings", what)],
};

/** The union of the policy's, the Vietnamese and the European lists, denied by default. */
export const sensitiveContent: MessageRule = {
  id: "sensitive-content",
  title: { vi: "Không có dữ liệu nhạy cảm", en: "No sensitive data leaves" },
  codes: ["sensitive_content"],
  clauses: ["P-13", "P-17", "P-18", "P-19"],
  citation: "Platform policy I.6; Decree 356/2025/ND-CP Arts. 4(1), 6(4); GDPR Arts. 9, 10",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["remove_findings"],
  level: "message",
  appliesTo: everyCampaign,
  evaluate: (_campaign, { facts }) =>
    judgement.evaluate(facts) ?? (isBlockedUnexplained(facts) ? unexplained : null),
  read: (_campaign, { facts }) => ({ ...judgement.read(facts), scan: facts.scan.verdict }),
};

/** A scan that blocks without naming a finding is a scanner at fault: fail closed. */
function isBlockedUnexplained({ scan }: MessageFacts): boolean {
  return scan.verdict === "block" && !scan.findings.some(({ severity }) => severity === "block");
}
