import { remedy } from "./remedy.ts";
import { everyCampaign, type RecipientRule, type Refusal } from "./rule.ts";

const restricted: Refusal = { verdict: "deny", code: "restricted", remedies: [remedy("lift_restriction")] };

/** Restricted data may be stored, not used: for no purpose. */
export const restriction: RecipientRule = {
  id: "restriction",
  title: { vi: "Việc xử lý không bị hạn chế", en: "Processing is not restricted" },
  codes: ["restricted"],
  clauses: ["P-20", "P-32"],
  citation:
    "Platform policy V.3; Law 91/2025/QH15 Art. 4(1)(d); Decree 356/2025/ND-CP Art. 5(2); GDPR Art. 18",
  decidedBy: "subject",
  canBeOverruled: false,
  remedies: ["lift_restriction"],
  level: "recipient",
  appliesTo: everyCampaign,
  evaluate: (_campaign, { contact }) =>
    contact !== null && contact.restrictedAt !== null ? restricted : null,
  read: (_campaign, { contact }) => ({ restricted: contact !== null && contact.restrictedAt !== null }),
};
