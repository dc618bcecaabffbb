import { remedy } from "./remedy.ts";
import { everyCampaign, type RecipientRule, type Refusal } from "./rule.ts";

const invalid: Refusal = { verdict: "deny", code: "number_invalid", remedies: [remedy("correct_number")] };

/** A number that cannot be read may be anybody's. */
export const numberValid: RecipientRule = {
  id: "number-valid",
  title: { vi: "Số điện thoại đọc được", en: "The number can be read" },
  codes: ["number_invalid"],
  clauses: ["P-15"],
  citation: "Platform policy I.4; Viet Nam numbering plan of 2018",
  decidedBy: "machine",
  canBeOverruled: false,
  remedies: ["correct_number"],
  level: "recipient",
  appliesTo: everyCampaign,
  evaluate: (_campaign, recipient) => (recipient.phone.ok ? null : invalid),
  read: (_campaign, { phone }) => ({ valid: phone.ok, fault: phone.ok ? null : phone.fault }),
};
