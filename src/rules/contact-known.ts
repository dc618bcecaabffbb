import { remedy } from "./remedy.ts";
import { everyCampaign, type RecipientRule, type Refusal } from "./rule.ts";

const unknown: Refusal = { verdict: "deny", code: "contact_unknown", remedies: [remedy("upload_contact")] };

/** Without an upload there is neither source nor basis; consent given to another customer is none to this one. */
export const contactKnown: RecipientRule = {
  id: "contact-known",
  title: { vi: "Khách hàng đã tải lên liên hệ này", en: "The customer uploaded this contact" },
  codes: ["contact_unknown"],
  clauses: ["P-01", "P-14", "P-15", "P-16"],
  citation: "Platform policy I.4; Law 91/2025/QH15 Arts. 9(3), 37; Decree 356/2025/ND-CP Art. 6(2)",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["upload_contact"],
  level: "recipient",
  appliesTo: everyCampaign,
  evaluate: (_campaign, recipient) => (recipient.contact === null ? unknown : null),
  read: (_campaign, recipient) => ({ known: recipient.contact !== null }),
};
