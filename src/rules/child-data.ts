import { judgeFindings } from "./findings.ts";
import { everyCampaign, type MessageRule } from "./rule.ts";

const judgement = judgeFindings("child_data", ["child"], true, {
  vi: "dữ liệu về một trẻ em xác định được",
  en: "data on an identifiable child",
});

/** Data on a child needs both the guardian's and, from seven, the child's own consent. */
export const childData: MessageRule = {
  id: "child-data",
  title: { vi: "Không có dữ liệu của trẻ em", en: "No child's data leaves" },
  codes: ["child_data"],
  clauses: ["P-12", "P-35"],
  citation: "Platform policy VII; Law 91/2025/QH15 Art. 24",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["remove_findings"],
  level: "message",
  appliesTo: everyCampaign,
  evaluate: (_campaign, message) => judgement.evaluate(message.facts),
  read: (_campaign, message) => judgement.read(message.facts),
};
