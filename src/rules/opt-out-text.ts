import { remedy } from "./remedy.ts";
import type { JudgedMessage, MessageRule } from "./rule.ts";
import { optOutMethodAtEnd } from "./text/opt-out-instruction.ts";

const example = { vi: "Từ chối: soạn TC gửi 199", en: "Opt out: text TC to 199" };

/** Advertising ends with a clear way to refuse; for SMS by SMS or call, a web link alone is none. */
export const optOutText: MessageRule = {
  id: "opt-out-text",
  title: { vi: "Hướng dẫn từ chối ở cuối tin", en: "The way to refuse at the end" },
  codes: ["opt_out_text_missing"],
  clauses: ["P-13"],
  citation: "Decree 91/2020/ND-CP Art. 16; Law 91/2025/QH15 Art. 28(3)",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["add_opt_out_text"],
  level: "message",
  appliesTo: ({ purpose }) => purpose === "advertising",
  evaluate(_campaign, message, profile) {
    if (profile.optOut.length === 0 || endsOpen(message)) return null;
    const method = optOutMethodAtEnd(message.facts.text);
    if (profile.optOut.every(({ methods }) => method !== null && methods.includes(method))) return null;
    return {
      verdict: "deny",
      code: "opt_out_text_missing",
      remedies: [remedy("add_opt_out_text", example)],
    };
  },
  read: (_campaign, message, profile) => ({
    required: profile.optOut.length > 0,
    method: optOutMethodAtEnd(message.facts.text),
  }),
};

/** What a placeholder near the end of a template will hold cannot be told yet. */
function endsOpen({ isTemplate, facts: { text } }: JudgedMessage): boolean {
  return isTemplate && text.slice(-120).includes("}}");
}
