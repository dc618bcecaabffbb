import type { CampaignFacts } from "./facts.ts";
import { remedy } from "./remedy.ts";
import type { JudgedMessage, MessageRule, Refusal } from "./rule.ts";
import { isPromotionalText } from "./text/promotional.ts";

const undeclared: Refusal = {
  verdict: "deny",
  code: "advertising_undeclared",
  remedies: [remedy("declare_advertising"), remedy("remove_promotion")],
};
const wrongTag: Refusal = {
  verdict: "deny",
  code: "advertising_undeclared",
  remedies: [remedy("use_promotion_tag")],
};
const promotionTag = 3;

/**
 * Any promotional sentence makes a message advertising, whatever it is declared as; so does an advertising
 * label, which a transactional message never carries, and Zalo's promotion tag.
 */
export const advertisingDeclared: MessageRule = {
  id: "advertising-declared",
  title: { vi: "Quảng cáo được khai là quảng cáo", en: "Advertising is declared as such" },
  codes: ["advertising_undeclared"],
  clauses: ["P-03", "P-13"],
  citation: "Decree 91/2020/ND-CP Arts. 13, 15; Law 91/2025/QH15 Arts. 3(2), 28(3); Zalo ZNS tags",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["declare_advertising", "remove_promotion", "use_promotion_tag"],
  level: "message",
  // The registration message asks for consent to promotions and cannot avoid their words.
  appliesTo: ({ purpose }) => purpose !== "registration",
  evaluate({ facts }, message) {
    if (facts.purpose === "advertising") {
      return facts.channel === "zns" && message.facts.tag !== promotionTag ? wrongTag : null;
    }
    return isAdvertising(facts, message) ? undeclared : null;
  },
  read: ({ facts }, message) => ({
    purpose: facts.purpose,
    tag: message.facts.tag,
    promotionalSentence: isPromotionalText(message.facts.text),
    label: hasLabel(message.facts.text),
  }),
};

function isAdvertising({ channel }: CampaignFacts, { facts }: JudgedMessage): boolean {
  return (
    (channel === "zns" && facts.tag === promotionTag) || hasLabel(facts.text) || isPromotionalText(facts.text)
  );
}

function hasLabel(text: string): boolean {
  return /^\s*(?:[[(](?:QC|AD)[\])]|DKQC(?![\p{L}\p{N}]))/iu.test(text);
}
