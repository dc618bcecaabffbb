import { remedy } from "./remedy.ts";
import { isPromotional, type MessageRule } from "./rule.ts";

/** The label stands at index 0, in the statutory form: "(QC)", or a brand name before it, is not it. */
export const label: MessageRule = {
  id: "label",
  title: { vi: "Nhãn ở đầu tin", en: "The label at the start" },
  codes: ["label_missing"],
  clauses: ["P-13"],
  citation: "Decree 91/2020/ND-CP Art. 15; Circular 22/2021/TT-BTTTT Art. 8(1)",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["add_label"],
  level: "message",
  appliesTo: isPromotional,
  evaluate({ facts }, message, profile) {
    const { text } = message.facts;
    // A template that begins with a placeholder may begin with a label once it is filled.
    if (message.isTemplate && text.startsWith("{{")) return null;
    for (const duty of profile.labels) {
      if (duty.purpose !== facts.purpose) continue;
      if (!duty.labels.some((written) => beginsWith(text, written))) {
        return {
          verdict: "deny",
          code: "label_missing",
          remedies: [remedy("add_label", duty.labels.join(" / "))],
        };
      }
    }
    return null;
  },
  read: ({ facts }, message, profile) => ({
    required: profile.labels.some(({ purpose }) => purpose === facts.purpose),
    present: profile.labels.some(
      (duty) =>
        duty.purpose === facts.purpose &&
        duty.labels.some((written) => beginsWith(message.facts.text, written)),
    ),
  }),
};

/** A label that ends in a letter must also end there as a word: "DKQCX" is not "DKQC". */
function beginsWith(text: string, written: string): boolean {
  return (
    text.startsWith(written) && !(/\w$/.test(written) && /^[\p{L}\p{N}]/u.test(text.slice(written.length)))
  );
}
