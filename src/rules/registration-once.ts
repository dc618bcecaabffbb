import type { RecipientRule, Refusal } from "./rule.ts";

/** Nothing could make a second one pass; only the person can still consent, unasked. */
const alreadySent: Refusal = { verdict: "deny", code: "registration_already_sent", remedies: [] };

/** One registration message for each advertiser and number, ever. */
export const registrationOnce: RecipientRule = {
  id: "registration-once",
  title: { vi: "Chỉ một tin đăng ký quảng cáo", en: "One registration message only" },
  codes: ["registration_already_sent"],
  clauses: ["P-13"],
  citation: "Circular 22/2021/TT-BTTTT Art. 8(1); Decree 91/2020/ND-CP Art. 13",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: [],
  level: "recipient",
  appliesTo: ({ purpose }) => purpose === "registration",
  evaluate: (_campaign, recipient) =>
    recipient.registrationSentAt !== null ||
    recipient.handOffs.some(({ purpose }) => purpose === "registration")
      ? alreadySent
      : null,
  read: (_campaign, recipient) => ({ sent: recipient.registrationSentAt !== null }),
};
