import { remedy } from "./remedy.ts";
import { type Campaign, type CampaignRule, isPromotional } from "./rule.ts";

/** The sender shown to the person must be the customer's own, and for advertising by SMS a brandname. */
export const senderRegistered: CampaignRule = {
  id: "sender-registered",
  title: { vi: "Người gửi là của khách hàng", en: "The sender is the customer's own" },
  codes: ["sender_not_registered"],
  clauses: ["P-13", "P-28"],
  citation: "Platform policy V.1; Decree 91/2020/ND-CP Art. 13(8); carrier rule on brandnames",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["register_sender", "use_brandname"],
  level: "campaign",
  appliesTo: ({ channel }) => channel !== "page",
  evaluate(campaign) {
    const { facts, policy } = campaign;
    if (policy.brandname !== null && !isBrandname(campaign)) {
      return {
        verdict: "deny",
        code: "sender_not_registered",
        remedies: [remedy("use_brandname", policy.brandname.lengthMax)],
      };
    }
    if (isOwn(campaign)) return null;
    return {
      verdict: "deny",
      code: "sender_not_registered",
      remedies: [remedy("register_sender", facts.channel)],
    };
  },
  read: (campaign) => ({
    channel: campaign.facts.channel,
    length: campaign.facts.sender.length,
    own: isOwn(campaign),
    brandname: isBrandname(campaign),
  }),
};

function isOwn({ facts }: Campaign): boolean {
  return facts.customer.senders.some(({ channel, id }) => channel === facts.channel && id === facts.sender);
}

function isBrandname({ facts, policy }: Campaign): boolean {
  if (policy.brandname === null || facts.channel !== policy.brandname.channel) return true;
  if (facts.sender.length === 0 || facts.sender.length > policy.brandname.lengthMax) return false;
  return !(isPromotional(facts) && /^\+?[\d .-]+$/.test(facts.sender));
}
