import type { Channel } from "../domain/vocabulary.ts";
import type { PhoneRegime } from "../phone/regime.ts";
import { createZoneClock, type ZoneClock } from "./hours/zone-clock.ts";
import { other, sg, th } from "./regimes/asia.ts";
import { sms, viber, zalo } from "./regimes/channel-policies.ts";
import { ch, eu, uk } from "./regimes/european.ts";
import type { BrandnameDuty, ChannelPolicy, Regime, TransferDuty } from "./regimes/regime.ts";
import { us } from "./regimes/us.ts";
import { validateChannelPolicy, validateRegime } from "./regimes/validate-regime.ts";
import { vn } from "./regimes/vn.ts";

/** The regime data of a policy: one entry for each regime that a phone number or a country may suggest. */
export type PolicyData = {
  readonly regimes: Readonly<Record<PhoneRegime, Regime>>;
  /** Binds every message, whoever the recipient is: the law of the country the platform is established in. */
  readonly floor: PhoneRegime;
  readonly channels: readonly ChannelPolicy[];
};

export const defaultPolicyData: PolicyData = {
  regimes: { vn, eu, uk, ch, us, sg, th, other },
  floor: "vn",
  channels: [sms, zalo, viber],
};

/** Checked regime data with what every campaign needs of it worked out. */
export type Policy = {
  readonly data: PolicyData;
  readonly floor: Regime;
  readonly channelPolicies: ReadonlyMap<Channel, ChannelPolicy>;
  /** One copy of the list serves all recipients, so the strictest regime sets its age; null: no regime asks. */
  readonly doNotCallMaxAgeMs: number | null;
  readonly transfer: TransferDuty | null;
  readonly brandname: BrandnameDuty | null;
  readonly clock: ZoneClock;
};

/** Throws a RangeError if a regime is missing, unknown or invalid: an engine with half a law must not start. */
export function createPolicy(data: PolicyData = defaultPolicyData): Policy {
  for (const id of Object.keys(defaultPolicyData.regimes)) {
    if (!Object.hasOwn(data.regimes, id)) throw new RangeError(`regime ${id} is missing`);
  }
  for (const [id, regime] of Object.entries(data.regimes)) {
    if (!Object.hasOwn(defaultPolicyData.regimes, id)) throw new RangeError(`regime ${id} is unknown`);
    if (regime.id !== id) throw new RangeError(`regime ${id} carries the id ${regime.id}`);
    validateRegime(regime);
  }
  if (!Object.hasOwn(data.regimes, data.floor)) throw new RangeError(`floor ${data.floor} is no regime`);
  for (const policy of data.channels) validateChannelPolicy(policy);
  const channelPolicies = new Map(data.channels.map((policy) => [policy.channel, policy]));
  if (channelPolicies.size !== data.channels.length) throw new RangeError("a channel has two policies");
  const floor = data.regimes[data.floor];
  const ages = Object.values(data.regimes).flatMap((regime) => regime.doNotCall?.maxAgeMs ?? []);
  return {
    data,
    floor,
    channelPolicies,
    doNotCallMaxAgeMs: ages.length === 0 ? null : Math.min(...ages),
    transfer: floor.transfer,
    brandname: floor.brandname,
    clock: createZoneClock(),
  };
}
