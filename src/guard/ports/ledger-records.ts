import type { RecordKind } from "../../domain/vocabulary.ts";

export type LedgerAppend = {
  readonly kind: RecordKind;
  readonly customerId: string;
  readonly subscriberId: string | null;
  readonly processorId: string | null;
  readonly campaignId: string | null;
  readonly recordedAt: Date;
  readonly opening: Buffer;
  readonly bodyCipher: Buffer;
  readonly leaf: Buffer;
};

export type LedgerRow = {
  readonly id: bigint;
  /** null until the sequencer has given it its place. */
  readonly index: bigint | null;
  readonly kind: RecordKind;
  readonly customerId: string;
  readonly subscriberId: string | null;
  readonly processorId: string | null;
  readonly campaignId: string | null;
  readonly recordedAt: Date;
  /** null: erased. */
  readonly opening: Buffer | null;
  readonly bodyCipher: Buffer | null;
  readonly leaf: Buffer;
};

export type LedgerSearch = {
  readonly customerId: string | null;
  readonly subscriberIds: readonly string[] | null;
  readonly campaignId: string | null;
  readonly processorId: string | null;
  readonly kinds: readonly RecordKind[];
  readonly from: Date | null;
  readonly to: Date | null;
  readonly before: bigint | null;
  readonly limit: number;
};

export type LedgerRecords = {
  append(rows: readonly LedgerAppend[]): Promise<void>;
  search(search: LedgerSearch): Promise<readonly LedgerRow[]>;
  byIndex(index: bigint): Promise<LedgerRow | null>;
  eraseSubscriber(subscriberId: string): Promise<number>;
  /** How many records are about that subscriber, erased or not. */
  countOf(subscriberId: string): Promise<number>;
};

export type LeafWithRecord = {
  readonly index: bigint;
  readonly leaf: Buffer;
  /** null: the leaf belongs to no record, which must not be. */
  readonly record: {
    readonly customerId: string;
    readonly subscriberId: string | null;
    readonly salt: Buffer | null;
    readonly opening: Buffer | null;
    readonly bodyCipher: Buffer | null;
    readonly leaf: Buffer;
  } | null;
};

export type LedgerCheck = {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly ok: boolean;
  readonly size: bigint | null;
  /** Kind, place and range of what is wrong. */
  readonly findings: readonly string[];
};

/** The tree as the sequencer keeps it: one writer, the holder of the lock. */
export type TreeRecords = {
  /** Takes up to `limit` committed records out of waiting and gives them the next places, in one transaction. */
  pending(limit: number): Promise<readonly { readonly recordId: bigint; readonly leaf: Buffer }[]>;
  place(
    firstIndex: bigint,
    rows: readonly { readonly recordId: bigint; readonly leaf: Buffer }[],
  ): Promise<void>;
  putTiles(
    tiles: readonly {
      readonly level: number;
      readonly n: bigint;
      readonly width: number;
      readonly data: Uint8Array;
    }[],
  ): Promise<void>;
  tile(level: number, n: bigint): Promise<{ readonly width: number; readonly data: Buffer } | null>;
  leaves(firstIndex: bigint, count: number): Promise<readonly Buffer[]>;
  size(): Promise<bigint>;
  checkpoint(): Promise<{
    readonly size: bigint;
    readonly root: Buffer;
    readonly note: string;
    readonly signedAt: Date;
  } | null>;
  putCheckpoint(
    row: { readonly size: bigint; readonly root: Uint8Array; readonly note: string },
    now: Date,
  ): Promise<void>;
  pendingCount(): Promise<number>;
  /** When the record that has waited longest for its place was written; null: none waits. */
  pendingSince(): Promise<Date | null>;
  /** Leaves by ascending index with the records beside them, for verification from the inside. */
  storedLeaves(from: bigint, limit: number): Promise<readonly LeafWithRecord[]>;
  addCheck(row: LedgerCheck & { readonly id: string }): Promise<void>;
  /** The newest; null: none has ended yet. */
  lastCheck(): Promise<LedgerCheck | null>;
};
