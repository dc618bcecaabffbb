import { bases, channels } from "../../domain/vocabulary.ts";
import type { AdvertisingCap, ChannelPolicy, Provenance, Regime, SendingHours } from "./regime.ts";

/**
 * Throws a RangeError naming every fault: a policy whose numbers cannot be trusted must stop the start, not
 * decide. The data is checked as if it came from outside, because an embedding application may bring its own.
 */
export function validateRegime(regime: Regime): void {
  const faults = [
    ...identityFaults(regime),
    ...provenanceFaults("bases", regime.bases),
    ...basesFaults(regime),
    ...regime.hours.flatMap((hours, at) => hoursFaults(`hours[${at}]`, hours)),
    ...regime.caps.flatMap((cap, at) => capFaults(`caps[${at}]`, cap)),
    ...regime.labels.flatMap((duty, at) => [
      ...provenanceFaults(`labels[${at}]`, duty),
      ...channelFaults(`labels[${at}].channels`, duty.channels),
      ...(duty.labels.length > 0 && duty.labels.every((label) => label.trim() !== "")
        ? []
        : [`labels[${at}].labels: empty`]),
    ]),
    ...regime.optOut.flatMap((duty, at) => [
      ...provenanceFaults(`optOut[${at}]`, duty),
      ...channelFaults(`optOut[${at}].channels`, duty.channels),
      ...(duty.methods.length > 0 ? [] : [`optOut[${at}].methods: empty`]),
    ]),
    ...(regime.doNotCall === null
      ? []
      : [
          ...provenanceFaults("doNotCall", regime.doNotCall),
          ...positive("doNotCall.maxAgeMs", regime.doNotCall.maxAgeMs),
        ]),
    ...(regime.transfer === null
      ? []
      : [
          ...provenanceFaults("transfer", regime.transfer),
          ...positive("transfer.graceMs", regime.transfer.graceMs),
          ...(/^[A-Z]{2}$/.test(regime.transfer.homeCountry) ? [] : ["transfer.homeCountry: not a country"]),
        ]),
    ...(regime.brandname === null
      ? []
      : [
          ...provenanceFaults("brandname", regime.brandname),
          ...channelFaults("brandname.channel", [regime.brandname.channel]),
          ...positive("brandname.lengthMax", regime.brandname.lengthMax),
        ]),
  ];
  refuse(`regime ${regime.id}`, faults);
}

/** As `validateRegime`, for what a channel's owner demands. */
export function validateChannelPolicy(policy: ChannelPolicy): void {
  const faults = [
    ...identityFaults(policy),
    ...channelFaults("channel", [policy.channel]),
    ...policy.hours.flatMap((hours, at) => hoursFaults(`hours[${at}]`, hours)),
    ...policy.caps.flatMap((cap, at) => capFaults(`caps[${at}]`, cap)),
    ...(policy.length === null
      ? []
      : [
          ...provenanceFaults("length", policy.length),
          ...positive("length.max", policy.length.max),
          ...(["sms_part", "character"].includes(policy.length.unit) ? [] : ["length.unit: unknown"]),
        ]),
  ];
  refuse(`channel policy ${policy.id}`, faults);
}

function refuse(what: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new RangeError(`${what} is not usable: ${faults.join("; ")}`);
}

function identityFaults(named: { readonly id: string; readonly title: string }): string[] {
  return [
    ...(/^[a-z][a-z-]*$/.test(named.id) ? [] : ["id: not a lower-case word"]),
    ...(named.title.trim() === "" ? ["title: empty"] : []),
  ];
}

function basesFaults(regime: Regime): string[] {
  const known: ReadonlySet<string> = new Set(bases);
  return (["advertising", "survey", "customer_care", "transaction"] as const).flatMap((purpose) => {
    const listed: unknown = regime.bases[purpose];
    if (!Array.isArray(listed)) return [`bases.${purpose}: missing`];
    return listed
      .filter((basis: unknown) => typeof basis !== "string" || !known.has(basis))
      .map((basis: unknown) => `bases.${purpose}: unknown ${String(basis)}`);
  });
}

function hoursFaults(at: string, hours: SendingHours): string[] {
  const time = /^([01]\d|2[0-3]):[0-5]\d$/;
  const end = /^(?:([01]\d|2[0-3]):[0-5]\d|24:00)$/;
  return [
    ...provenanceFaults(at, hours),
    ...(time.test(hours.from) && end.test(hours.until) && hours.from < hours.until
      ? []
      : [`${at}: not a span of one day`]),
    ...(hours.days.length > 0 && hours.days.every((day) => Number.isInteger(day) && day >= 0 && day <= 6)
      ? []
      : [`${at}.days: not weekdays`]),
    ...(hours.channel === null ? [] : channelFaults(`${at}.channel`, [hours.channel])),
    ...(hours.zone === "recipient" || isTimeZone(hours.zone.iana) ? [] : [`${at}.zone: unknown`]),
  ];
}

function capFaults(at: string, cap: AdvertisingCap): string[] {
  return [
    ...provenanceFaults(at, cap),
    ...positive(`${at}.max`, cap.max),
    ...positive(`${at}.periodMs`, cap.periodMs),
    ...(cap.channel === null ? [] : channelFaults(`${at}.channel`, [cap.channel])),
  ];
}

function provenanceFaults(at: string, provenance: Provenance): string[] {
  return [
    ...(provenance.factId.trim() === "" ? [`${at}.factId: empty`] : []),
    ...(provenance.source.trim() === "" ? [`${at}.source: empty`] : []),
    ...(["V1", "V2", "M", "I"].includes(provenance.confidence) ? [] : [`${at}.confidence: unknown`]),
  ];
}

function channelFaults(at: string, listed: readonly string[]): string[] {
  const known: ReadonlySet<string> = new Set(channels);
  return listed.length > 0 && listed.every((channel) => known.has(channel)) ? [] : [`${at}: unknown channel`];
}

function positive(at: string, value: number): string[] {
  return Number.isSafeInteger(value) && value > 0 ? [] : [`${at}: not a positive whole number`];
}

function isTimeZone(iana: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: iana });
    return true;
  } catch {
    return false;
  }
}
