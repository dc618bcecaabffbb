import type { Basis, Channel, Purpose } from "../../domain/vocabulary.ts";

/** Where a number comes from. Confidence: V1 official or the article's own wording, V2 secondary, M unchecked, I our reading. */
export type Provenance = {
  readonly factId: string;
  readonly source: string;
  readonly confidence: "V1" | "V2" | "M" | "I";
};

/** 0 Sunday … 6 Saturday. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Local hours in which a message may leave: `from` inclusive, `until` exclusive, "HH:MM". Binds only on `days`. */
export type SendingHours = Provenance & {
  readonly from: string;
  readonly until: string;
  readonly days: readonly Weekday[];
  /** "recipient": in every zone the person may be in; otherwise the IANA zone that the source speaks of. */
  readonly zone: "recipient" | { readonly iana: string };
  /** null: every promotional message; otherwise only on this channel. */
  readonly channel: Channel | null;
};

/** At most `max` advertising hand-offs in any period of `periodMs`. */
export type AdvertisingCap = Provenance & {
  readonly max: number;
  readonly periodMs: number;
  /** null: over all channels and senders of the advertiser; otherwise that channel's promotions of one sender. */
  readonly channel: Channel | null;
};

/** Bases on which a message of a purpose may rest; the registration message asks for one and rests on none. */
export type LawfulBases = Provenance & {
  readonly [P in Exclude<Purpose, "registration">]: readonly Basis[];
};

/** What the text must begin with. */
export type LabelDuty = Provenance & {
  readonly purpose: "advertising" | "registration";
  readonly channels: readonly Channel[];
  readonly labels: readonly string[];
};

/** What the text must end with: a way to refuse by one of the methods. */
export type OptOutDuty = Provenance & {
  readonly channels: readonly Channel[];
  readonly methods: readonly ("sms" | "call")[];
};

export type DoNotCallDuty = Provenance & { readonly maxAgeMs: number };

/** Sending abroad needs a filed dossier once `graceMs` have passed since the first transfer. */
export type TransferDuty = Provenance & { readonly homeCountry: string; readonly graceMs: number };

export type BrandnameDuty = Provenance & { readonly channel: Channel; readonly lengthMax: number };

/** The numbers of one jurisdiction, as data. What is absent adds no duty of its own. */
export type Regime = {
  readonly id: string;
  readonly title: string;
  readonly bases: LawfulBases;
  readonly hours: readonly SendingHours[];
  readonly caps: readonly AdvertisingCap[];
  readonly labels: readonly LabelDuty[];
  readonly optOut: readonly OptOutDuty[];
  readonly doNotCall: DoNotCallDuty | null;
  readonly transfer: TransferDuty | null;
  readonly brandname: BrandnameDuty | null;
};

/** A limit on the size of a message; `unit` says what is counted. */
export type LengthLimit = Provenance & { readonly max: number; readonly unit: "sms_part" | "character" };

/** What a channel's owner demands besides the law. */
export type ChannelPolicy = {
  readonly id: string;
  readonly title: string;
  readonly channel: Channel;
  readonly hours: readonly SendingHours[];
  readonly caps: readonly AdvertisingCap[];
  readonly length: LengthLimit | null;
};

export const everyDay: readonly Weekday[] = [0, 1, 2, 3, 4, 5, 6];
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
