import type { ScanResult } from "../domain/finding.ts";
import type { Basis, Channel, ConsentMethod, Purpose } from "../domain/vocabulary.ts";

/**
 * All that a decision may depend on, gathered before the rules run. The same facts go to preview,
 * submission, hand-off and point-in-time questions, so that the same question has the same answer.
 */
export type CampaignFacts = {
  /** The moment the decision is about; the service's clock, or `at`. */
  readonly now: Date;
  /** When the message would leave: `now`, or a later `sendAt`. Clock and caps are judged at this moment. */
  readonly sendMoment: Date;
  readonly customer: CustomerFacts;
  /** null: no such processor, or not for this customer. */
  readonly processor: ProcessorFacts | null;
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly sender: string;
  /** The template before placeholders are filled, and what the scan saw in it. */
  readonly template: MessageFacts;
  /** Personal data fields that would leave: "phone", "text", "name" (a placeholder of that name), "templateData", "html". */
  readonly fields: readonly string[];
  /** null: no list was ever loaded. */
  readonly doNotCall: { readonly snapshotAt: Date } | null;
  readonly cancelled: boolean;
};

export type CustomerFacts = {
  readonly id: string;
  readonly status: "active" | "closed";
  /** The platform's own tenant, which may never address subscribers (policy V.1). */
  readonly isPlatform: boolean;
  readonly country: string;
  /** The version that must be accepted now, and whether it was. */
  readonly policy: { readonly requiredVersion: string; readonly accepted: boolean };
  readonly senders: readonly { readonly channel: Channel; readonly id: string }[];
};

export type ProcessorFacts = {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly channel: Channel;
  readonly contract: { readonly reference: string; readonly validFrom: Date; readonly validUntil: Date };
  readonly purposes: readonly string[];
  readonly fields: readonly string[];
  readonly transferDossier: { readonly firstTransferAt: Date; readonly filedAt: Date | null } | null;
};

/** One rendering of the content, shared by all recipients whose rendering is the same. */
export type MessageFacts = {
  /** What a person would read: the SMS or Viber text, the ZNS template text with its data filled in. */
  readonly text: string;
  readonly scan: ScanResult;
  /** Categories with a recorded separate agreement and a processor that may carry them: block becomes review. */
  readonly agreedCategories: readonly string[];
  /** ZNS only. */
  readonly tag: 1 | 2 | 3 | null;
};

export type RecipientFacts = {
  readonly phone:
    | { readonly ok: true; readonly e164: string }
    | { readonly ok: false; readonly fault: "number_invalid" | "phone_missing" };
  /** null: this customer never uploaded a contact with this number. */
  readonly contact: ContactFacts | null;
  /** As they are at `now`: at most one for each channel and purpose. */
  readonly permissions: readonly PermissionFacts[];
  /** Not lifted at `now`. */
  readonly refusals: readonly RefusalFacts[];
  /** On the national do-not-call list of the snapshot. */
  readonly listed: boolean;
  /**
   * Advertising and registration hand-offs of the same advertiser to the same number in the 31 days before
   * `sendMoment`, over all channels and senders, without those that definitely failed. Newest first.
   */
  readonly handOffs: readonly HandOffFacts[];
  /**
   * When this advertiser handed a registration message to this number, however long ago; null: never, or only
   * ones that definitely failed. The law allows one ever, so the 31 days of `handOffs` are not enough.
   */
  readonly registrationSentAt: Date | null;
  readonly message: MessageFacts;
};

export type ContactFacts = {
  /** ISO 3166-1 alpha-2 as declared, null where it was not. */
  readonly country: string | null;
  readonly restrictedAt: Date | null;
  readonly erasedAt: Date | null;
  readonly objectedAt: Date | null;
  /** The 18th birthday where one is known to lie ahead of the upload; null: adult, or age unknown. */
  readonly adultAt: Date | null;
  /** A guardian's consent with evidence is on record. */
  readonly guardianConsented: boolean;
};

export type PermissionFacts = {
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly state: "granted" | "withdrawn";
  readonly basis: Basis;
  readonly method: ConsentMethod | null;
  readonly collectedAt: Date | null;
  /** Rises with every change of state; an approval is bound to the epoch it was made under. */
  readonly epoch: number;
  /** Evidence items that resolve. */
  readonly evidenceCount: number;
  readonly hasNotice: boolean;
  readonly contentClass: string | null;
  readonly frequency: { readonly max: number; readonly per: "day" | "week" | "month" } | null;
};

export type RefusalFacts = {
  /** null: all. */
  readonly channels: readonly Channel[] | null;
  readonly purposes: readonly Purpose[] | null;
  readonly receivedAt: Date;
  /** "subject" for the person's own word; "processor" for a provider's report that is not the person's own. */
  readonly by: "subject" | "processor";
};

export type HandOffFacts = {
  readonly at: Date;
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly sender: string;
  readonly tag: 1 | 2 | 3 | null;
};
