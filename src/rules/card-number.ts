import { judgeFindings } from "./findings.ts";
import { everyCampaign, type MessageRule } from "./rule.ts";

const judgement = judgeFindings("card_number", ["card"], false, {
  vi: "số thẻ ngân hàng, CVV (chỉ giữ 4 số cuối)",
  en: "card number or CVV (the last four digits may stay)",
});

/** A full card number is blocked everywhere; nobody's agreement changes that. */
export const cardNumber: MessageRule = {
  id: "card-number",
  title: { vi: "Không có số thẻ ngân hàng", en: "No bank-card number leaves" },
  codes: ["card_number"],
  clauses: ["P-02", "P-18"],
  citation: "Platform policy, preamble; PCI DSS 3.3.1, 3.4.1; Decree 356/2025/ND-CP Art. 4(1)(k)",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["remove_findings"],
  level: "message",
  appliesTo: everyCampaign,
  evaluate: (_campaign, message) => judgement.evaluate(message.facts),
  read: (_campaign, message) => judgement.read(message.facts),
};
