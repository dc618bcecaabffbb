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

/** What an upload would grant one subscriber. */
export type GrantQuestion = {
  readonly subscriberId: string;
  readonly declarationId: string;
  readonly collectedAt: Date | null;
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
   * Of these subscribers those for whom the upload could change something or meets a refusal: not all of the
   * channels and purposes are granted by the same declaration at the same moment.
   */
  unsettled(
    customerId: string,
    questions: readonly GrantQuestion[],
    channels: readonly Channel[],
    purposes: readonly Purpose[],
  ): Promise<readonly string[]>;
  /** Closes the row before (same subscriber, channel, purpose) at `since` and adds these. */
  addPermissions(customerId: string, rows: readonly PermissionRow[]): Promise<void>;

  refusals(subscriberIds: readonly string[], at: Date): Promise<readonly RefusalRow[]>;
  addRefusal(customerId: string, row: RefusalRow): Promise<void>;
  liftRefusals(ids: readonly string[], now: Date): Promise<void>;
  addWithdrawal(customerId: string, row: WithdrawalRow): Promise<void>;
  withdrawal(customerId: string, id: string): Promise<WithdrawalRow | null>;
  pendingWithdrawals(limit: number): Promise<readonly (WithdrawalRow & { readonly customerId: string })[]>;
  setEffective(withdrawalId: string, now: Date): Promise<void>;

  seeNotice(customerId: string, version: string, digest: string, text: string, now: Date): Promise<void>;
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
