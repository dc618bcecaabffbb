import type { Channel, Purpose } from "../../domain/vocabulary.ts";
import type { HandOffFacts } from "../../rules/facts.ts";

export type IntentState = "open" | "sent" | "rejected" | "suppressed" | "unknown";

export type IntentRow = {
  readonly id: string;
  readonly customerId: string;
  readonly messageId: string;
  readonly campaignId: string;
  readonly subscriberId: string;
  readonly processorId: string;
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly sender: string;
  readonly tag: 1 | 2 | 3 | null;
  readonly epoch: number;
  readonly holder: string;
  readonly providerKey: string;
  readonly state: IntentState;
  readonly openedAt: Date;
  readonly providerReference: string | null;
};

export type IntentClosure = {
  readonly id: string;
  readonly state: Exclude<IntentState, "open">;
  readonly action: string;
  readonly code: string;
  readonly providerReference: string | null;
};

/** A process that may hold open intents, identified so that its death can be proved. */
export type HolderRow = {
  readonly id: string;
  readonly host: string;
  readonly bootId: string;
  readonly pid: number;
  /** Start time of the process as the kernel tells it: a reused pid is another process. */
  readonly pidStarted: string;
};

export type HandOffRecords = {
  insertIntents(rows: readonly IntentRow[]): Promise<void>;
  /** Closes those that are still open; returns their ids: an intent is closed exactly once. */
  closeIntents(closures: readonly IntentClosure[], now: Date): Promise<ReadonlySet<string>>;
  openOfHolder(holder: string): Promise<readonly IntentRow[]>;
  /** Is any intent open that a withdrawal for these channels and purposes (null: all) must wait for? */
  anyOpen(
    subscriberId: string,
    channels: readonly Channel[] | null,
    purposes: readonly Purpose[] | null,
  ): Promise<boolean>;
  anyOpenOfCampaign(campaignId: string): Promise<boolean>;
  /** Locks subscribers, of whatever customers this transaction sees, exclusively and in the order of ids. */
  lockPersons(subscriberIds: readonly string[]): Promise<void>;
  /** Advertising and registration hand-offs of these subscribers since then that were not definitely refused. */
  recent(
    subscriberIds: readonly string[],
    since: Date,
    until: Date,
  ): Promise<ReadonlyMap<string, readonly HandOffFacts[]>>;
  /** When these subscribers were handed a registration message, however long ago; without definite failures. */
  registrationsSent(subscriberIds: readonly string[], until: Date): Promise<ReadonlyMap<string, Date>>;
  byReference(
    processorId: string,
    reference: { readonly providerReference?: string; readonly providerKey?: string },
  ): Promise<IntentRow | null>;
  last(
    subscriberId: string,
    limit: number,
  ): Promise<readonly (IntentRow & { readonly closedAt: Date | null })[]>;
  unknownToLookUp(limit: number): Promise<readonly IntentRow[]>;

  registerHolder(row: HolderRow, now: Date): Promise<void>;
  endHolder(id: string, now: Date): Promise<void>;
  /** Holders that have not ended and still hold something open, other than `self`. */
  holdersWithOpen(self: string): Promise<readonly HolderRow[]>;
};

export type OutboxRow = {
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
  readonly lane: string;
  readonly dueAt: Date;
};

export type OutboxRecords = {
  add(rows: readonly OutboxRow[], now: Date): Promise<void>;
  /** Rows that the queue has not been told of; marks them as told. Concurrent relays do not take the same rows. */
  takeUntold(limit: number, now: Date): Promise<readonly OutboxRow[]>;
  /** Rows told before `toldBefore`, due, and not done: candidates that the queue may have lost. */
  undone(toldBefore: Date, now: Date, limit: number, after: string | null): Promise<readonly OutboxRow[]>;
  markTold(ids: readonly string[], now: Date): Promise<void>;
  done(ids: readonly string[], now: Date): Promise<void>;
};
