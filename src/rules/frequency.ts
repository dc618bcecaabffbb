import type { CampaignFacts, HandOffFacts, PermissionFacts, RecipientFacts } from "./facts.ts";
import { permissionFor } from "./permission.ts";
import type { Profile } from "./profile.ts";
import { type AdvertisingCap, dayMs } from "./regimes/regime.ts";
import { remedy } from "./remedy.ts";
import type { RecipientRule, Refusal } from "./rule.ts";

const periodOf = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs } as const;

/** A cap as it counts: `max` hand-offs in (t - periodMs, t]. */
type Limit = Pick<AdvertisingCap, "max" | "periodMs" | "channel">;

/**
 * Advertising of one advertiser to one number, over all channels and senders, in a rolling period; the
 * frequency that the person agreed to binds as well, and so does the channel's own. When the oldest hand-off
 * is exactly one period old it no longer counts.
 */
export const frequency: RecipientRule = {
  id: "frequency",
  title: { vi: "Số tin quảng cáo trong kỳ", en: "How often advertising may come" },
  codes: ["frequency_cap"],
  clauses: ["P-13"],
  citation: "Decree 91/2020/ND-CP Art. 13; Law 91/2025/QH15 Art. 28(3); Zalo Cloud notice 2024-03-12",
  decidedBy: "law",
  canBeOverruled: false,
  remedies: ["wait_for_cap"],
  level: "recipient",
  appliesTo: ({ purpose }) => purpose === "advertising",
  evaluate(campaign, recipient, profile) {
    // Nearly everybody has had less than any cap allows.
    if (recipient.handOffs.length === 0) return null;
    const from = passesFrom(campaign.facts, recipient, profile, campaign.sendMs);
    return from > campaign.sendMs ? refuse(campaign.facts, recipient, profile) : null;
  },
  passesFrom: (campaign, recipient, profile, fromMs) =>
    passesFrom(campaign.facts, recipient, profile, fromMs),
  read({ facts, sendMs }, recipient, profile) {
    const agreed = permissionFor(facts, recipient)?.frequency ?? null;
    const inDay = { max: 1, periodMs: dayMs, channel: null };
    return {
      handOffsInDay: timesCounted(inDay, facts, recipient.handOffs).filter((at) => at > sendMs - dayMs)
        .length,
      caps: profile.caps.map(({ max, periodMs }) => `${max}/${periodMs / dayMs}d`).join(),
      agreedMax: agreed?.max ?? null,
      agreedPer: agreed?.per ?? null,
    };
  },
};

function passesFrom(
  facts: CampaignFacts,
  recipient: RecipientFacts,
  profile: Profile,
  fromMs: number,
): number {
  let from = fromMs;
  for (const cap of profile.caps) from = Math.max(from, earliest(cap, facts, recipient.handOffs));
  const agreed = agreedLimit(permissionFor(facts, recipient));
  return agreed === null ? from : Math.max(from, earliest(agreed, facts, recipient.handOffs));
}

/** The moment the `max`-th newest hand-off leaves the period: before it there is no room for another. */
function earliest(limit: Limit, facts: CampaignFacts, handOffs: readonly HandOffFacts[]): number {
  if (handOffs.length < limit.max) return Number.NEGATIVE_INFINITY;
  const times = timesCounted(limit, facts, handOffs);
  const oldest = times[limit.max - 1];
  return oldest === undefined ? Number.NEGATIVE_INFINITY : oldest + limit.periodMs;
}

/** Newest first, whatever order the facts came in. */
function timesCounted(limit: Limit, facts: CampaignFacts, handOffs: readonly HandOffFacts[]): number[] {
  return handOffs
    .filter((handOff) => counts(handOff, limit, facts))
    .map(({ at }) => at.getTime())
    .sort((a, b) => b - a);
}

function counts(handOff: HandOffFacts, limit: Limit, facts: CampaignFacts): boolean {
  if (handOff.purpose !== "advertising") return false;
  return limit.channel === null || (handOff.channel === limit.channel && handOff.sender === facts.sender);
}

function agreedLimit(permission: PermissionFacts | null): Limit | null {
  if (permission === null || permission.frequency === null || !(permission.frequency.max >= 1)) return null;
  return {
    max: Math.floor(permission.frequency.max),
    periodMs: periodOf[permission.frequency.per],
    channel: null,
  };
}

function refuse(facts: CampaignFacts, recipient: RecipientFacts, profile: Profile): Refusal {
  const agreed = agreedLimit(permissionFor(facts, recipient));
  const limits = agreed === null ? profile.caps : [...profile.caps, agreed];
  const vi = limits.map(({ max, periodMs }) => `${max} tin/${periodMs / dayMs} ngày`).join(", ");
  const en = limits.map(({ max, periodMs }) => `${max} per ${periodMs / dayMs} d`).join(", ");
  return { verdict: "hold", code: "frequency_cap", remedies: [remedy("wait_for_cap", { vi, en })] };
}
