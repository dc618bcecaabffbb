import { remedy } from "./remedy.ts";
import type { RecipientRule, Refusal } from "./rule.ts";

const objected: Refusal = { verdict: "deny", code: "objected", remedies: [remedy("withdraw_objection")] };

/** Who objected still gets what an order of theirs needs (Law 91/2025 Art. 19(1)(d)), and nothing else. */
export const objection: RecipientRule = {
  id: "objection",
  title: { vi: "Người nhận không phản đối", en: "The person has not objected" },
  codes: ["objected"],
  clauses: ["P-20", "P-32"],
  citation: "Platform policy V.3; Law 91/2025/QH15 Arts. 4(1)(d), 19(1)(d); GDPR Art. 21(2)-(3)",
  decidedBy: "subject",
  canBeOverruled: false,
  remedies: ["withdraw_objection"],
  level: "recipient",
  appliesTo: ({ purpose }) => purpose !== "transaction",
  evaluate: (_campaign, { contact }) => (contact !== null && contact.objectedAt !== null ? objected : null),
  read: (_campaign, { contact }) => ({ objected: contact !== null && contact.objectedAt !== null }),
};
