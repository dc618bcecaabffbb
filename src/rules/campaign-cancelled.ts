import { remedy } from "./remedy.ts";
import { type CampaignRule, everyCampaign, type Refusal } from "./rule.ts";

const cancelled: Refusal = {
  verdict: "deny",
  code: "campaign_cancelled",
  remedies: [remedy("new_campaign")],
};

/** Whoever cancels must be able to rely on it, so it stands before everything else. */
export const campaignCancelled: CampaignRule = {
  id: "campaign-cancelled",
  title: { vi: "Chiến dịch chưa bị hủy", en: "The campaign is not cancelled" },
  codes: ["campaign_cancelled"],
  clauses: ["P-15"],
  citation: "Platform policy I.4 (the customer decides what is sent)",
  decidedBy: "customer",
  canBeOverruled: false,
  remedies: ["new_campaign"],
  level: "campaign",
  appliesTo: everyCampaign,
  evaluate: ({ facts }) => (facts.cancelled ? cancelled : null),
  read: ({ facts }) => ({ cancelled: facts.cancelled }),
};
