import { everyCampaign, type RecipientRule, type Refusal } from "./rule.ts";

/** What was erased cannot be used again, whatever else is on record. */
const erased: Refusal = { verdict: "deny", code: "erased", remedies: [] };

/** A deletion blocks from the moment it arrives, while it is still being carried out at the processors. */
export const erasure: RecipientRule = {
  id: "erasure",
  title: { vi: "Dữ liệu chưa bị yêu cầu xóa", en: "Erasure was not asked for" },
  codes: ["erased"],
  clauses: ["P-20", "P-31"],
  citation: "Platform policy I.6, V.3; Law 91/2025/QH15 Arts. 4(1)(d), 14; GDPR Art. 17",
  decidedBy: "subject",
  canBeOverruled: false,
  remedies: [],
  level: "recipient",
  appliesTo: everyCampaign,
  evaluate: (_campaign, { contact }) => (contact !== null && contact.erasedAt !== null ? erased : null),
  read: (_campaign, { contact }) => ({ erased: contact !== null && contact.erasedAt !== null }),
};
