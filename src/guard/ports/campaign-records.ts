import type { Channel, DecidedBy, Purpose, ReasonCode, Verdict } from "../../domain/vocabulary.ts";

export type CampaignStatus = "deciding" | "held" | "review" | "sending" | "completed" | "cancelled";

export type CampaignRow = {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly processorId: string;
  readonly sender: string;
  readonly bodyCipher: Buffer;
  readonly recipients: object;
  readonly mode: "live" | "test";
  readonly status: CampaignStatus;
  readonly sendAt: Date | null;
  readonly policyDigest: string;
  readonly decision: object;
  readonly createdAt: Date;
  readonly stoppedAt: Date | null;
};

export type MessageState =
  | "refused"
  | "review"
  | "held"
  | "waiting"
  | "open"
  | "handed_off"
  | "failed"
  | "suppressed"
  | "unknown"
  | "cancelled";

export type MessageRow = {
  readonly id: string;
  readonly customerId: string;
  readonly campaignId: string;
  readonly position: number;
  readonly subscriberId: string | null;
  readonly correlationId: string | null;
  readonly phoneMasked: string;
  readonly channel: Channel;
  readonly processorId: string;
  /** 0: the campaign's own channel; n: its n-th fallback. */
  readonly step: number;
  readonly verdict: Verdict;
  readonly code: ReasonCode | null;
  readonly rule: string | null;
  readonly decidedBy: DecidedBy;
  readonly canBeOverruled: boolean;
  readonly notBefore: Date | null;
  readonly state: MessageState;
  readonly receipt: "delivered" | "failed" | null;
  readonly approvedEpoch: number | null;
  readonly batchId: string | null;
  readonly dataCipher: Buffer | null;
  readonly attempts: number;
};

export type DeliveryCounts = {
  readonly queued: number;
  readonly handedOff: number;
  readonly delivered: number;
  readonly failed: number;
  readonly suppressed: number;
  readonly unknown: number;
};

export type MessageFilter = {
  readonly verdict?: Verdict;
  readonly code?: string;
  readonly delivery?: keyof DeliveryCounts;
};

export type CampaignRecords = {
  insert(row: CampaignRow): Promise<void>;
  get(customerId: string, id: string): Promise<CampaignRow | null>;
  /** As `get`, locked: one chunk of a long decision at a time. */
  lock(customerId: string, id: string): Promise<CampaignRow | null>;
  /** How far a long decision has come, and what it adds up to so far. */
  saveProgress(id: string, recipients: object, decision: object): Promise<void>;
  list(customerId: string, limit: number, before: string | null): Promise<readonly CampaignRow[]>;
  update(
    id: string,
    change: { readonly status?: CampaignStatus; readonly decision?: object; readonly completedAt?: Date },
  ): Promise<void>;
  /** The stop flag; true if it was not set before. */
  stop(customerId: string, id: string, now: Date): Promise<boolean>;
  /** Read after the intents are committed: which of these campaigns may not be handed off any more. */
  stopped(ids: readonly string[]): Promise<ReadonlySet<string>>;
  delivery(campaignId: string): Promise<DeliveryCounts>;
  /** True when no message of it is still on its way; sets the status then. */
  completeIfDone(ids: readonly string[], now: Date): Promise<void>;

  addMessages(rows: readonly MessageRow[]): Promise<void>;
  /** Messages of a batch that are still to go, locked in the order of ids. */
  takeBatch(batchId: string): Promise<readonly MessageRow[]>;
  recipients(
    campaignId: string,
    filter: MessageFilter,
    after: { readonly position: number; readonly step: number } | null,
    limit: number,
  ): Promise<readonly MessageRow[]>;
  setMessages(changes: readonly MessageChange[]): Promise<void>;
  /** Everything of the campaign that no intent is open for becomes `cancelled`. */
  cancelMessages(campaignId: string): Promise<void>;
  releaseReview(campaignId: string, batchOf: ReadonlyMap<string, string>): Promise<void>;
  inReview(campaignId: string): Promise<readonly MessageRow[]>;
  /**
   * Lets a message whose outcome is unknown go again under its own key: unknown → held until `notBefore`, if fewer
   * than `attemptsMax` were made and its campaign is not stopped; false otherwise.
   */
  repeatUnknown(messageId: string, batchId: string, notBefore: Date, attemptsMax: number): Promise<boolean>;
  setReceipt(messageId: string, receipt: "delivered" | "failed"): Promise<boolean>;
};

export type MessageChange = {
  readonly id: string;
  readonly state: MessageState;
  readonly verdict?: Verdict;
  readonly code?: ReasonCode | null;
  readonly rule?: string | null;
  readonly decidedBy?: DecidedBy;
  readonly notBefore?: Date | null;
  readonly batchId?: string | null;
  /** Adds one to the attempts. */
  readonly attempted?: boolean;
};
