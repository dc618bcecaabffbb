import { nextOpening } from "./hours/sending-window.ts";
import type { Profile } from "./profile.ts";
import { remedy } from "./remedy.ts";
import { type Campaign, isPromotional, type RecipientRule, type Refusal } from "./rule.ts";

const nowhere: Refusal = { verdict: "deny", code: "quiet_hours", remedies: [remedy("declare_country")] };
const never: Refusal = { verdict: "deny", code: "quiet_hours", remedies: [] };

/** Every window that applies must be open, in every zone in which the person may be. */
export const quietHours: RecipientRule = {
  id: "quiet-hours",
  title: { vi: "Khung giờ được gửi", en: "The hours of sending" },
  codes: ["quiet_hours"],
  clauses: ["P-13", "P-36"],
  citation: "Decree 91/2020/ND-CP Art. 13; Decree 14/2022; 47 CFR 64.1200(c)(1); ZNS error -133",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["wait_for_hours", "declare_country"],
  level: "recipient",
  appliesTo: isPromotional,
  evaluate(campaign, _recipient, profile) {
    if (profile.zoneUnknown) return nowhere;
    return profile.openAtSend ? null : refuse(campaign, profile);
  },
  passesFrom: (campaign, _recipient, profile, fromMs) =>
    nextOpening(profile.windows, campaign.policy.clock, fromMs),
  read: (_campaign, _recipient, profile) => ({
    zones: profile.zones.join(),
    zoneUnknown: profile.zoneUnknown,
    hours: profile.hours.map(({ from, until }) => `${from}-${until}`).join(),
    open: profile.openAtSend,
  }),
};

function refuse(campaign: Campaign, profile: Profile): Refusal {
  // Where laws of zones far apart bind together, their hours may never meet.
  if (nextOpening(profile.windows, campaign.policy.clock, campaign.sendMs) === null) return never;
  const span = profile.hours.map(({ from, until }) => `${from}-${until}`);
  const hours = [...new Set(span)].join(" ∩ ");
  return {
    verdict: "hold",
    code: "quiet_hours",
    remedies: [remedy("wait_for_hours", { vi: hours, en: hours })],
  };
}
