import { parseEntryBundle } from "./entry-bundle.ts";
import type { Findings } from "./findings.ts";
import type { StoredLeaf, StoredLeaves, StoredStretch } from "./log-reader.ts";
import { Mismatches } from "./mismatches.ts";
import { tileWidthMax } from "./tile.ts";
import { hashAt, hashBytes, hashesEqual, hashLeaf } from "./tree-hash.ts";

/** Compares the leaves of the database, read once and in order, with those of the tree. */
export class DatabaseComparison {
  readonly #iterator: AsyncIterator<StoredLeaf | StoredStretch> | Iterator<StoredLeaf | StoredStretch>;
  readonly #findings: Findings;
  readonly #mismatches: Mismatches;
  #ahead: StoredLeaf | StoredStretch | null = null;
  #stretch: Stretch | null = null;
  #last = -1n;
  #ended = false;

  constructor(leaves: StoredLeaves, findings: Findings) {
    this.#iterator =
      Symbol.asyncIterator in leaves ? leaves[Symbol.asyncIterator]() : leaves[Symbol.iterator]();
    this.#findings = findings;
    this.#mismatches = new Mismatches(findings, "database");
  }

  /** Hashes of a whole stretch; null where a leaf is missing. Stretches have to be asked for in order. */
  async hashes(index: bigint, width: number): Promise<Uint8Array | null> {
    const leaves = leavesOf(await this.#read(index));
    const row = new Uint8Array(width * hashBytes);
    for (let j = 0; j < width; j++) {
      const leaf = leaves.get(j);
      if (leaf === undefined) return null;
      row.set(hashLeaf(leaf), j * hashBytes);
    }
    return row;
  }

  /**
   * Compares the leaves of a stretch with hashes of the tree; what the tree does not know is left out. Where
   * nothing vouches for the tree's hash, the disagreement is held against the tile. `proven`: a bundle of entries
   * whose hashes are those of the tree; leaves that are the same bytes need not be hashed again.
   */
  async compare(
    index: bigint,
    width: number,
    hashes: Uint8Array,
    trusted: boolean,
    proven: Uint8Array | null,
  ): Promise<void> {
    const stretch = await this.#read(index);
    if (proven !== null && stretch.whole !== null && Buffer.compare(stretch.whole, proven) === 0) return;
    const leaves = leavesOf(stretch);
    for (let j = 0; j < width; j++) {
      const expected = hashAt(hashes, j);
      const leaf = leaves.get(j);
      if (expected.length < hashBytes) continue;
      const at = index * BigInt(tileWidthMax) + BigInt(j);
      const actual = leaf === undefined ? null : hashLeaf(leaf);
      if (actual !== null && hashesEqual(actual, expected)) continue;
      if (!trusted && actual !== null) this.#findings.add("altered", "tiles", at, at + 1n);
      else this.#mismatches.absent(at, spell(expected), actual === null ? null : spell(actual));
    }
  }

  async finish(): Promise<void> {
    this.#mismatches.settle();
    await this.#iterator.return?.();
  }

  async #read(index: bigint): Promise<Stretch> {
    if (this.#stretch?.index === index) return this.#stretch;
    const leaves = new Map<number, Uint8Array>();
    const first = index * BigInt(tileWidthMax);
    let whole: Uint8Array | null = null;
    for (let stored = await this.#take(); stored !== null; stored = await this.#take()) {
      if ("stretch" in stored) {
        if (stored.stretch > index) {
          this.#ahead = stored;
          break;
        }
        if (stored.stretch < index) continue;
        whole = stored.entries;
        break;
      }
      if (stored.index >= first + BigInt(tileWidthMax)) {
        this.#ahead = stored;
        break;
      }
      if (stored.index >= first) leaves.set(Number(stored.index - first), stored.leaf);
    }
    this.#stretch = { index, leaves, whole };
    return this.#stretch;
  }

  async #take(): Promise<StoredLeaf | StoredStretch | null> {
    if (this.#ahead !== null) {
      const stored = this.#ahead;
      this.#ahead = null;
      return stored;
    }
    if (this.#ended) return null;
    const result = await this.#iterator.next();
    if (result.done === true) {
      this.#ended = true;
      return null;
    }
    const { value } = result;
    if ("stretch" in value) {
      const first = value.stretch * BigInt(tileWidthMax);
      const end = first + BigInt(tileWidthMax);
      if (first <= this.#last) this.#findings.add("reordered", "database", first, end);
      for (const at of value.altered) this.#findings.add("altered", "records", at, at + 1n);
      this.#last = end - 1n;
      return value;
    }
    if (value.index <= this.#last) this.#findings.add("reordered", "database", value.index, value.index + 1n);
    if (value.commitmentHolds === false) {
      this.#findings.add("altered", "records", value.index, value.index + 1n);
    }
    this.#last = value.index;
    return value;
  }
}

type Stretch = {
  readonly index: bigint;
  readonly leaves: Map<number, Uint8Array>;
  /** As it was read at once; its leaves are taken apart only where something differs. */
  readonly whole: Uint8Array | null;
};

function leavesOf({ leaves, whole }: Stretch): ReadonlyMap<number, Uint8Array> {
  if (whole !== null && leaves.size === 0)
    for (const [at, leaf] of parseEntryBundle(whole).entries.entries()) leaves.set(at, leaf);
  return leaves;
}

function spell(hash: Uint8Array): string {
  return Buffer.from(hash).toString("latin1");
}
