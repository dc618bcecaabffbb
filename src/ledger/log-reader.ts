import type { Bundle, Tile } from "./tile.ts";

/**
 * What a verifier needs of a log, from wherever it is served. Answers are hostile; null says that the log does
 * not have it. A reader bounds what it downloads, and throws where it cannot tell (a broken connection).
 */
export interface LogReader {
  /** The signed checkpoint. */
  readonly checkpoint: () => Promise<string | null>;
  /** A hash tile; may be wider than asked. */
  readonly tile: (tile: Tile) => Promise<Uint8Array | null>;
  /** An entry bundle; may be wider than asked. */
  readonly entries: (bundle: Bundle) => Promise<Uint8Array | null>;
}

/** A leaf as the database has it. `commitmentHolds` is absent where the record was erased or not looked at. */
export type StoredLeaf = {
  readonly index: bigint;
  readonly leaf: Uint8Array;
  readonly commitmentHolds?: boolean;
};

/** The leaves of one bundle at once, the first of them at its beginning and none left out in between. */
export type StoredStretch = {
  /** Number of the bundle. */
  readonly stretch: bigint;
  /** As a bundle holds them. */
  readonly entries: Uint8Array;
  /** Positions whose record does not hold what the leaf commits to. */
  readonly altered: readonly bigint[];
};

/** Leaves by ascending index, one by one or in stretches; a stretch that was read whole is compared whole. */
export type StoredLeaves = AsyncIterable<StoredLeaf | StoredStretch> | Iterable<StoredLeaf | StoredStretch>;
