import { GuardError } from "../domain/guard-error.ts";
import { edgeTiles, type Tile, tileHeight, tileLevelMax, tileWidthMax } from "./tile.ts";
import { foldPeaks, hashBytes, perfectRoot, rowPeaks, treeSizeMax } from "./tree-hash.ts";

/**
 * Everything that extending a tree needs of it: the contents of its partial tiles, one a level, lowest first;
 * empty where that level has none. At most 8 · 255 hashes, whatever the size.
 */
export type TreeEdge = { readonly size: bigint; readonly rows: readonly Uint8Array[] };

/** A tile with all it now holds. Storing it replaces an earlier, narrower content of the same tile. */
export type TileContent = Tile & { readonly bytes: Uint8Array };

export type Extension = {
  /** Every tile that grew, once. Full tiles never change again. */
  readonly tiles: readonly TileContent[];
  readonly edge: TreeEdge;
  readonly size: bigint;
  readonly root: Uint8Array;
};

/** Edge of the tree without leaves. */
export function emptyEdge(): TreeEdge {
  return { size: 0n, rows: [] };
}

/**
 * Edge of a stored tree from the contents of `edgeTiles(size)`, in that order. Throws `ledger_unavailable` where
 * one is too short. Compare `edgeRoot` with the last checkpoint before extending it.
 */
export function createEdge(size: bigint, contents: readonly (Uint8Array | null | undefined)[]): TreeEdge {
  const rows: Uint8Array[] = [];
  for (const [i, tile] of edgeTiles(size).entries()) {
    const content = contents[i];
    const bytes = tile.width * hashBytes;
    if (content === null || content === undefined || content.length < bytes) {
      throw new GuardError("ledger_unavailable", "a tile at the tree's edge is missing");
    }
    while (rows.length < tile.level) rows.push(new Uint8Array(0));
    rows.push(new Uint8Array(content.subarray(0, bytes)));
  }
  return { size, rows };
}

/** Root of the tree that ends in this edge. */
export function edgeRoot(edge: TreeEdge): Uint8Array {
  return foldPeaks([...edge.rows].reverse().flatMap(rowPeaks));
}

/**
 * The sequencer's pure step: appends leaf hashes, the first of which gets position `firstIndex`. O(leaves).
 * Throws `internal_error` where `firstIndex` is not the edge's size: a gap or an overlap would fork the log.
 */
export function extendTree(edge: TreeEdge, firstIndex: bigint, leafHashes: Iterable<Uint8Array>): Extension {
  if (firstIndex !== edge.size) throw new GuardError("internal_error", "leaves do not follow the tree");
  const levels = edge.rows.map((row, level) => new GrowingRow(level, edge.size, row));
  const tiles: TileContent[] = [];

  const push = (level: number, hash: Uint8Array): void => {
    const row = levels[level] ?? new GrowingRow(level, edge.size, new Uint8Array(0));
    levels[level] = row;
    const full = row.push(hash);
    if (full === null) return;
    tiles.push(full);
    if (level < tileLevelMax) push(level + 1, perfectRoot(full.bytes, 0, tileWidthMax));
  };

  let size = edge.size;
  for (const leafHash of leafHashes) {
    if (leafHash.length !== hashBytes) throw new GuardError("internal_error", "a leaf hash has 32 bytes");
    if (size === treeSizeMax) throw new GuardError("internal_error", "the tree is full");
    push(0, leafHash);
    size++;
  }

  for (const row of levels) if (row.grew) tiles.push(row.content());
  const grown: TreeEdge = { size, rows: levels.map((row) => row.content().bytes) };
  return { tiles, edge: grown, size, root: edgeRoot(grown) };
}

/** The partial tile of one level while leaves are appended; single writer, discarded afterwards. */
class GrowingRow {
  readonly #level: number;
  #index: bigint;
  #bytes = new Uint8Array(tileWidthMax * hashBytes);
  #width: number;
  #grew = false;

  constructor(level: number, size: bigint, row: Uint8Array) {
    this.#level = level;
    this.#index = (size >> BigInt(level * tileHeight)) / BigInt(tileWidthMax);
    this.#bytes.set(row);
    this.#width = row.length / hashBytes;
  }

  /** Whether there are hashes in it that no tile handed out so far holds. */
  get grew(): boolean {
    return this.#grew;
  }

  /** Appends; gives the tile if that filled it, and goes on with the next. */
  push(hash: Uint8Array): TileContent | null {
    this.#bytes.set(hash, this.#width * hashBytes);
    this.#width++;
    this.#grew = this.#width < tileWidthMax;
    if (this.#grew) return null;
    const full = { level: this.#level, index: this.#index, width: tileWidthMax, bytes: this.#bytes };
    this.#index++;
    this.#width = 0;
    this.#bytes = new Uint8Array(tileWidthMax * hashBytes);
    return full;
  }

  content(): TileContent {
    const bytes = this.#bytes.slice(0, this.#width * hashBytes);
    return { level: this.#level, index: this.#index, width: this.#width, bytes };
  }
}
