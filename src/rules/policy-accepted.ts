import { remedy } from "./remedy.ts";
import { type CampaignRule, everyCampaign } from "./rule.ts";

/** The customer answers for permission and basis (I.4) only once it has accepted the policy that says so. */
export const policyAccepted: CampaignRule = {
  id: "policy-accepted",
  title: { vi: "Khách hàng đã chấp nhận chính sách", en: "The customer has accepted the policy" },
  codes: ["policy_not_accepted"],
  clauses: ["P-38"],
  citation: "Platform policy IX; Law 91/2025/QH15 Art. 37(1)",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["accept_policy"],
  level: "campaign",
  appliesTo: everyCampaign,
  evaluate: ({ facts: { customer } }) =>
    customer.policy.accepted
      ? null
      : {
          verdict: "deny",
          code: "policy_not_accepted",
          remedies: [remedy("accept_policy", customer.policy.requiredVersion)],
        },
  read: ({ facts: { customer } }) => ({
    accepted: customer.policy.accepted,
    requiredVersion: customer.policy.requiredVersion,
  }),
};
