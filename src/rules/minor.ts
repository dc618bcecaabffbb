import type { ContactFacts } from "./facts.ts";
import { remedy } from "./remedy.ts";
import { type Campaign, everyCampaign, isPromotional, type RecipientRule, type Refusal } from "./rule.ts";

const withoutGuardian: Refusal = {
  verdict: "deny",
  code: "minor_without_guardian",
  remedies: [remedy("add_guardian_consent"), remedy("wait_until_adult")],
};
const advertisingToChild: Refusal = {
  verdict: "deny",
  code: "minor_without_guardian",
  remedies: [remedy("wait_until_adult")],
};

/** A known minor, at the moment of sending, is written to only with a guardian's consent and never advertised to. */
export const minor: RecipientRule = {
  id: "minor",
  title: { vi: "Người dưới 18 tuổi", en: "Persons under 18" },
  codes: ["minor_without_guardian"],
  clauses: ["P-35"],
  citation: "Platform policy VII; Law 91/2025/QH15 Art. 24; Civil Code 2015 Art. 21; GDPR Art. 8",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["add_guardian_consent", "wait_until_adult"],
  level: "recipient",
  appliesTo: everyCampaign,
  evaluate(campaign, { contact }) {
    if (contact === null || contact.adultAt === null || !isMinor(campaign, contact)) return null;
    if (isPromotional(campaign.facts)) return advertisingToChild;
    return contact.guardianConsented ? null : withoutGuardian;
  },
  read: (campaign, { contact }) => ({
    minor: contact !== null && isMinor(campaign, contact),
    guardianConsented: contact?.guardianConsented ?? false,
  }),
};

/** Negated so that a date which is none counts as a minor. */
function isMinor(campaign: Campaign, contact: ContactFacts): boolean {
  return contact.adultAt !== null && !(campaign.sendMs >= contact.adultAt.getTime());
}
