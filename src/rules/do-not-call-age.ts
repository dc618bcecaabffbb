import { hourMs } from "./regimes/regime.ts";
import { remedy } from "./remedy.ts";
import { type CampaignRule, isPromotional } from "./rule.ts";

/**
 * That a number is not on an old list says nothing. Exactly the greatest age still counts; a list dated in the
 * future would never grow old and does not.
 */
export const doNotCallAge: CampaignRule = {
  id: "do-not-call-age",
  title: { vi: "Danh sách không quảng cáo còn mới", en: "The do-not-call list is recent" },
  codes: ["do_not_call_stale"],
  clauses: ["P-13"],
  citation: "Decree 91/2020/ND-CP Art. 7(3) (no lag is granted)",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["load_do_not_call"],
  level: "campaign",
  appliesTo: isPromotional,
  evaluate({ facts, policy, nowMs }) {
    if (policy.doNotCallMaxAgeMs === null) return null;
    const ageMs = facts.doNotCall === null ? Number.NaN : nowMs - facts.doNotCall.snapshotAt.getTime();
    if (ageMs >= 0 && ageMs <= policy.doNotCallMaxAgeMs) return null;
    return {
      verdict: "deny",
      code: "do_not_call_stale",
      remedies: [remedy("load_do_not_call", policy.doNotCallMaxAgeMs / hourMs)],
    };
  },
  read: ({ facts, policy }) => ({
    snapshotAt: facts.doNotCall?.snapshotAt.toISOString() ?? null,
    maxAgeMs: policy.doNotCallMaxAgeMs,
  }),
};
