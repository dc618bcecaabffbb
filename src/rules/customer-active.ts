import { remedy } from "./remedy.ts";
import { type CampaignRule, everyCampaign, type Refusal } from "./rule.ts";

const inactive: Refusal = {
  verdict: "deny",
  code: "customer_inactive",
  remedies: [remedy("reactivate_customer")],
};

/** After closure the platform holds no instruction of the controller to act on. */
export const customerActive: CampaignRule = {
  id: "customer-active",
  title: { vi: "Tài khoản khách hàng đang hoạt động", en: "The customer is active" },
  codes: ["customer_inactive"],
  clauses: ["P-29"],
  citation: "Platform policy V.2; Law 91/2025/QH15 Arts. 3(3), 14",
  decidedBy: "policy",
  canBeOverruled: false,
  remedies: ["reactivate_customer"],
  level: "campaign",
  appliesTo: everyCampaign,
  evaluate: ({ facts }) => (facts.customer.status === "active" ? null : inactive),
  read: ({ facts }) => ({ status: facts.customer.status }),
};
