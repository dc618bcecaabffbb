import type { Basis, Channel, ConsentMethod, Purpose } from "../../domain/vocabulary.ts";

export type SubscriberRow = {
  readonly id: string;
  readonly phoneIndex: Buffer;
  /** null: erased. */
  readonly salt: Buffer | null;
  readonly profileCipher: Buffer | null;
  /** Keyed digest of the upload that was merged last; written as null unless told, so that no change leaves a stale one. */
  readonly profileDigest?: Buffer | null;
  readonly known: boolean;
  readonly country: string | null;
  readonly adultAt: Date | null;
  readonly guardianConsented: boolean;
  readonly restrictedAt: Date | null;
  readonly objectedAt: Date | null;
  readonly erasedAt: Date | null;
};

export type PermissionRow = {
  readonly subscriberId: string;
  readonly channel: Channel;
  readonly purpose: Purpose;
  /** Counts the rows of this subscriber, channel and purpose; the current one is the highest. */
  readonly revision: number;
  /** Rises when the state changes; an approval is bound to it. */
  readonly epoch: number;
  readonly granted: boolean;
  readonly basis: Basis;
  readonly declarationId: string;
  readonly collectedAt: Date | null;
  readonly since: Date;
};

/** As much of a subscriber as tells whether an upload says something new. */
export type KnownSubscriber = Pick<SubscriberRow, "id" | "phoneIndex" | "known" | "erasedAt"> & {
  readonly profileDigest: Buffer | null;
};

/** What rows of an upload say, in columns. They are told apart by their position; all speak of one scope. */
export type Meeting = {
  /** 16 bytes each: blind index of the number, digest of the contact. */
  readonly phoneIndexes: Buffer;
  readonly digests: Buffer;
  readonly declarationIds: readonly string[];
  /** Milliseconds since 1970; NaN: the declaration names no moment. */
  readonly collectedAts: Float64Array;
  readonly channels: readonly Channel[];
  readonly purposes: readonly Purpose[];
};

export type Met = {
  /** Positions of rows that say nothing new: known, the same contact, the same grants, no refusal. */
  readonly settled: readonly number[];
  /** Rows whose number is known and that must be looked into. */
  readonly open: readonly (KnownSubscriber & { readonly position: number })[];
};

/** Subscribers whose numbers are new, in columns, in the order of their phone indexes. */
export type FreshSubscribers = {
  /** 16 bytes each. */
  readonly ids: Buffer;
  readonly phoneIndexes: Buffer;
  readonly digests: Buffer;
  readonly salts: Buffer;
  readonly ciphers: Buffer;
  readonly cipherEnds: Uint32Array;
  readonly countries: readonly (string | null)[];
  readonly adultAts: readonly (Date | null)[];
  readonly guardianConsented: readonly boolean[];
};

/** First grants of subscribers that were just added; all of one scope. */
export type FirstGrants = {
  /** 16 bytes each. */
  readonly subscriberIds: Buffer;
  readonly declarationIds: readonly string[];
  readonly collectedAts: Float64Array;
  readonly basis: Basis;
  readonly channels: readonly Channel[];
  readonly purposes: readonly Purpose[];
};

/** A permission with what its declaration says. */
export type DeclaredPermissionRow = PermissionRow & {
  readonly method: ConsentMethod | null;
  readonly evidenceCount: number;
  readonly hasNotice: boolean;
  readonly contentClass: string | null;
  readonly frequency: { readonly max: number; readonly per: "day" | "week" | "month" } | null;
  readonly evidenceIds: readonly string[];
};

export type RefusalRow = {
  readonly id: string;
  readonly subscriberId: string;
  /** null: all. */
  readonly channels: readonly Channel[] | null;
  readonly purposes: readonly Purpose[] | null;
  readonly by: "subject" | "processor";
  readonly source: string;
  readonly receivedAt: Date;
  readonly recordedAt: Date;
  readonly textCipher: Buffer | null;
  readonly liftedAt: Date | null;
};

export type WithdrawalRow = {
  readonly id: string;
  readonly subscriberId: string;
  readonly channels: readonly Channel[] | null;
  readonly purposes: readonly Purpose[] | null;
  readonly recordedAt: Date;
  readonly effectiveAt: Date | null;
};

/** "share": others may read under lock too, writers wait. "exclusive": one at a time. Always in the order of ids. */
export type LockStrength = "share" | "exclusive";

export type SubscriberRecords = {
  byIndexes(customerId: string, indexes: readonly Buffer[]): Promise<readonly SubscriberRow[]>;
  byIds(customerId: string, ids: readonly string[]): Promise<readonly SubscriberRow[]>;
  /** Locks and returns fresh rows; an id that does not exist is missing from the answer. */
  lock(customerId: string, ids: readonly string[], strength: LockStrength): Promise<readonly SubscriberRow[]>;
  /** Rows whose number is new are added; for known numbers nothing is changed. Returns the row of each index, locked. */
  addOrLock(customerId: string, rows: readonly SubscriberRow[], now: Date): Promise<readonly SubscriberRow[]>;
  /** Which of these numbers are known; locked (as by `lock`) if asked for. */
  known(customerId: string, indexes: readonly Buffer[], locked: boolean): Promise<readonly KnownSubscriber[]>;
  /** As addOrLock, for numbers that are hardly ever known: only those that were, locked, are in the answer. */
  addNew(customerId: string, rows: readonly SubscriberRow[], now: Date): Promise<readonly KnownSubscriber[]>;
  update(customerId: string, rows: readonly SubscriberRow[], now: Date): Promise<void>;
  /** Known contacts in the order of ids, for `recipients: {all: true}`. */
  page(customerId: string, after: string | null, limit: number): Promise<readonly SubscriberRow[]>;
  pageOfImport(
    customerId: string,
    importId: string,
    after: string | null,
    limit: number,
  ): Promise<readonly SubscriberRow[]>;

  /** One row for each distinct declaration; an equal one is found again by its digest. */
  declare(
    customerId: string,
    declarations: readonly { readonly id: string; readonly digest: Buffer; readonly body: object }[],
    now: Date,
  ): Promise<readonly { readonly digest: Buffer; readonly id: string }[]>;
  permissions(subscriberIds: readonly string[], at: Date): Promise<readonly DeclaredPermissionRow[]>;
  history(
    subscriberId: string,
  ): Promise<readonly (DeclaredPermissionRow & { readonly until: Date | null })[]>;
  /**
   * Which of the rows meet a known subscriber. Those that say nothing new are made contacts of the import (if one is
   * named) by the same statement; rows in no part of the answer are new.
   */
  meet(customerId: string, importId: string | null, rows: Meeting): Promise<Met>;
  /**
   * Adds all of them, as contacts of the import if one is named. Where a number turns out to be known, because another
   * transaction was quicker, its row is left as it was and is in the answer, locked.
   */
  addFresh(
    customerId: string,
    importId: string | null,
    rows: FreshSubscribers,
    now: Date,
  ): Promise<readonly KnownSubscriber[]>;
  /** Revision 1 of each channel and purpose. */
  grantFirst(customerId: string, grants: FirstGrants, now: Date): Promise<void>;
  /** Closes the row before (same subscriber, channel, purpose) at `since` and adds these. */
  addPermissions(customerId: string, rows: readonly PermissionRow[]): Promise<void>;

  refusals(subscriberIds: readonly string[], at: Date): Promise<readonly RefusalRow[]>;
  addRefusal(customerId: string, row: RefusalRow): Promise<void>;
  liftRefusals(ids: readonly string[], now: Date): Promise<void>;
  addWithdrawal(customerId: string, row: WithdrawalRow): Promise<void>;
  withdrawal(customerId: string, id: string): Promise<WithdrawalRow | null>;
  pendingWithdrawals(limit: number): Promise<readonly (WithdrawalRow & { readonly customerId: string })[]>;
  setEffective(withdrawalId: string, now: Date): Promise<void>;

  /** `issuedAt`: when the page that bears the notice was approved, where a token proves it. */
  seeNotice(
    customerId: string,
    version: string,
    digest: string,
    text: string,
    now: Date,
    issuedAt?: Date | null,
  ): Promise<void>;
  /** The digest kept for that version, and when a notice of that version or digest was issued first. */
  citedNotice(
    customerId: string,
    version: string | null,
    digest: string | null,
  ): Promise<{ readonly digest: string | null; readonly issuedAt: Date | null }>;
  notices(
    customerId: string,
  ): Promise<readonly { readonly version: string; readonly digest: string; readonly firstSeenAt: Date }[]>;
  evidence(
    customerId: string,
    ids: readonly string[],
  ): Promise<readonly { readonly id: string; readonly sha256: string }[]>;
  evidenceBySha256(
    customerId: string,
    sha256: Uint8Array,
  ): Promise<{ readonly id: string; readonly bytes: number } | null>;
  addEvidence(
    customerId: string,
    row: {
      readonly id: string;
      readonly sha256: Uint8Array;
      readonly bytes: number;
      readonly mediaType: string;
      readonly contentCipher: Uint8Array;
    },
    now: Date,
  ): Promise<void>;
};
