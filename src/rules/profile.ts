import type { Basis } from "../domain/vocabulary.ts";
import {
  type PhoneRegime,
  regimeOfCountry,
  regimesOfPhone,
  timeZonesOfCountry,
  timeZonesOfPhone,
} from "../phone/regime.ts";
import type { CampaignFacts, RecipientFacts } from "./facts.ts";
import { createSendingWindow, isOpen, type SendingWindow } from "./hours/sending-window.ts";
import type { Policy } from "./policy.ts";
import type { AdvertisingCap, LabelDuty, OptOutDuty, Regime, SendingHours } from "./regimes/regime.ts";
import { isPromotional } from "./rule.ts";

/**
 * What the laws that protect a recipient demand of this campaign, all together: the strictest of each.
 * Recipients of the same jurisdiction share one, so everything in it is worked out once.
 */
export type Profile = {
  readonly regimeIds: readonly string[];
  readonly zones: readonly string[];
  /** Bases that every regime accepts for the campaign's purpose. */
  readonly bases: readonly Basis[];
  readonly labels: readonly LabelDuty[];
  readonly optOut: readonly OptOutDuty[];
  readonly caps: readonly AdvertisingCap[];
  readonly hours: readonly SendingHours[];
  readonly windows: readonly SendingWindow[];
  /** Some hours bind where the person is, and where that is, is not known. */
  readonly zoneUnknown: boolean;
  /** Whether the windows are open when the message would leave. */
  readonly openAtSend: boolean;
};

/**
 * Finds the profile of a recipient. The number may add a regime to that of the country on record, and never
 * takes one away. Two keys that differ share a profile when nothing of it would differ.
 */
export type ProfileOf = (recipient: RecipientFacts) => Profile;

export function createProfileOf(facts: CampaignFacts, policy: Policy): ProfileOf {
  const byCountryOfVietnameseNumber = new Map<string | null, Profile>();
  const byJurisdiction = new Map<string, Profile>();
  let lastCountry: string | null = null;
  let lastProfile: Profile | null = null;

  function find(e164: string | null, country: string | null): Profile {
    const regimes = new Set<PhoneRegime>(e164 === null ? [] : regimesOfPhone(e164));
    const zones = new Set(e164 === null ? [] : timeZonesOfPhone(e164));
    let zoneUnknown = zones.size === 0;
    if (country !== null) {
      const zonesOfCountry = timeZonesOfCountry(country);
      regimes.add(regimeOfCountry(country));
      for (const zone of zonesOfCountry) zones.add(zone);
      zoneUnknown = zonesOfCountry.length === 0;
    }
    const regimeList = [...regimes].sort();
    const zoneList = [...zones].sort();
    const key = `${regimeList.join()} ${zoneList.join()} ${zoneUnknown}`;
    let profile = byJurisdiction.get(key);
    if (profile === undefined) {
      profile = createProfile(facts, policy, regimeList, zoneList, zoneUnknown);
      byJurisdiction.set(key, profile);
    }
    return profile;
  }

  return (recipient) => {
    const country = recipient.contact?.country ?? null;
    const e164 = recipient.phone.ok ? recipient.phone.e164 : null;
    if (e164 === null || !isVietnamese(e164)) return find(e164, country);
    if (lastProfile !== null && country === lastCountry) return lastProfile;
    let profile = byCountryOfVietnameseNumber.get(country);
    if (profile === undefined) {
      profile = find(e164, country);
      byCountryOfVietnameseNumber.set(country, profile);
    }
    lastCountry = country;
    lastProfile = profile;
    return profile;
  };
}

/** The profile of the campaign itself: nobody's country, so only what binds everybody. */
export function floorProfile(facts: CampaignFacts, policy: Policy): Profile {
  return createProfile(facts, policy, [], [], false);
}

/** Nearly all numbers are; the answer must cost nothing. */
function isVietnamese(e164: string): boolean {
  return e164.charCodeAt(1) === 0x38 && e164.charCodeAt(2) === 0x34 && e164.charCodeAt(0) === 0x2b;
}

function createProfile(
  facts: CampaignFacts,
  policy: Policy,
  regimeIds: readonly PhoneRegime[],
  zones: readonly string[],
  zoneUnknown: boolean,
): Profile {
  const regimes: readonly Regime[] = [
    ...new Set([policy.floor, ...regimeIds.map((id) => policy.data.regimes[id])]),
  ];
  const channelPolicy = policy.channelPolicies.get(facts.channel);
  const hours = [...regimes.flatMap((regime) => regime.hours), ...(channelPolicy?.hours ?? [])].filter(
    (span) => span.channel === null || span.channel === facts.channel,
  );
  const windows = hours.flatMap((span) =>
    (span.zone === "recipient" ? zones : [span.zone.iana]).map((zone) => createSendingWindow(span, zone)),
  );
  const purpose = facts.purpose;
  return {
    regimeIds: regimes.map((regime) => regime.id),
    zones,
    bases:
      purpose === "registration"
        ? []
        : policy.floor.bases[purpose].filter((basis) =>
            regimes.every((regime) => regime.bases[purpose].includes(basis)),
          ),
    labels: regimes
      .flatMap((regime) => regime.labels)
      .filter((duty) => duty.channels.includes(facts.channel)),
    optOut: regimes
      .flatMap((regime) => regime.optOut)
      .filter((duty) => duty.channels.includes(facts.channel)),
    caps: [...regimes.flatMap((regime) => regime.caps), ...(channelPolicy?.caps ?? [])].filter(
      (cap) => cap.channel === null || cap.channel === facts.channel,
    ),
    hours,
    windows,
    zoneUnknown: zoneUnknown && hours.some((span) => span.zone === "recipient"),
    openAtSend: !isPromotional(facts) || isOpen(windows, policy.clock, facts.sendMoment.getTime()),
  };
}
