import { judgeFindings } from "./findings.ts";
import { everyCampaign, type MessageRule } from "./rule.ts";

const judgement = judgeFindings("national_id", ["national_id"], false, {
  vi: "số CCCD, hộ chiếu, mã số thuế, BHXH/BHYT",
  en: "identity card, passport, tax or insurance number",
});

/** Identity numbers go to no messaging processor (matrix of P-25). */
export const nationalId: MessageRule = {
  id: "national-id",
  title: { vi: "Không có số giấy tờ tùy thân", en: "No identity number leaves" },
  codes: ["national_id"],
  clauses: ["P-18", "P-25"],
  citation: "Platform policy I.6, IV.1; Law 91/2025/QH15 Art. 3(2)",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["remove_findings"],
  level: "message",
  appliesTo: everyCampaign,
  evaluate: (_campaign, message) => judgement.evaluate(message.facts),
  read: (_campaign, message) => judgement.read(message.facts),
};
