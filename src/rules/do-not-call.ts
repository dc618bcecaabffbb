import { remedy } from "./remedy.ts";
import { isPromotional, type RecipientRule, type Refusal } from "./rule.ts";

const listed: Refusal = { verdict: "deny", code: "do_not_call", remedies: [remedy("leave_do_not_call")] };

/** Absolute: a consent given to the advertiser does not lift it. */
export const doNotCall: RecipientRule = {
  id: "do-not-call",
  title: { vi: "Danh sách không quảng cáo", en: "The national do-not-call list" },
  codes: ["do_not_call"],
  clauses: ["P-13"],
  citation: "Decree 91/2020/ND-CP Art. 7(1), (3); Circular 22/2021/TT-BTTTT Art. 6",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["leave_do_not_call"],
  level: "recipient",
  appliesTo: isPromotional,
  evaluate: (_campaign, recipient) => (recipient.listed ? listed : null),
  read: (_campaign, recipient) => ({ listed: recipient.listed }),
};
