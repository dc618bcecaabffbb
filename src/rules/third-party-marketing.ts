import { type CampaignRule, everyCampaign, type Refusal } from "./rule.ts";

/** Nothing could make it pass: the platform never addresses its customers' subscribers. */
const thirdParty: Refusal = { verdict: "deny", code: "third_party_marketing", remedies: [] };

/** The platform's own tenant may not use subscriber records, for any purpose. */
export const thirdPartyMarketing: CampaignRule = {
  id: "third-party-marketing",
  title: {
    vi: "Không ai khác tiếp thị tới thuê bao của khách hàng",
    en: "Nobody else addresses a customer's subscribers",
  },
  codes: ["third_party_marketing"],
  clauses: ["P-27", "P-28"],
  citation: "Platform policy IV.3, V.1; Law 91/2025/QH15 Arts. 7(6), 8(3), 28(1); Decree 330/2026 Art. 53",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: [],
  level: "campaign",
  appliesTo: everyCampaign,
  evaluate: ({ facts }) => (facts.customer.isPlatform ? thirdParty : null),
  read: ({ facts }) => ({ isPlatform: facts.customer.isPlatform }),
};
