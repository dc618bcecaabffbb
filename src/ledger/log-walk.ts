import { parseEntryBundle } from "./entry-bundle.ts";
import type { FindingKind, Findings } from "./findings.ts";
import type { LogReader } from "./log-reader.ts";
import { edgeTiles, type Tile, tileHeight, tileWidthMax } from "./tile.ts";
import { foldPeaks, hashAt, hashBytes, hashesEqual, hashLeaves, rowPeaks } from "./tree-hash.ts";

/** A stretch of up to 256 entries with what the log says of it. */
export type LeafStretch = {
  readonly index: bigint;
  readonly width: number;
  /** Leaf hashes that should be there; fewer than `width` where the log does not say. */
  readonly hashes: Uint8Array;
  /** Whether the checkpoint's root vouches for `hashes`. */
  readonly trusted: boolean;
  /** Hashes of the entries served; null where none are. */
  readonly entryHashes: Uint8Array | null;
  /** The bundle that the entries came in. */
  readonly bundle: Uint8Array | null;
};

export type WalkOptions = {
  readonly reader: LogReader;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly findings: Findings;
  /** Leaves from elsewhere for a stretch, as hashes; heals a tile where entries and tile are both altered. */
  readonly otherHashes: (index: bigint, width: number) => Promise<Uint8Array | null>;
  /** Sees the content of every tile as it is used. */
  readonly onTile: (tile: Tile, row: Uint8Array) => void;
};

/** Reads this many tiles ahead, so that a distant log is not waited for tile by tile. */
const readAhead = 16;

/**
 * Under a tile that is gone nothing says whether there should be anything: after as many gaps it is taken for a
 * gap to its end, so that a false size does not make this search for ever.
 */
const absencesMax = 1_000;

type Loaded = {
  readonly served: Uint8Array | null;
  readonly entryHashes: Uint8Array | null;
  readonly bundle: Uint8Array | null;
};
type Resolved = Loaded & { readonly row: Uint8Array; readonly trusted: boolean };

/**
 * Goes through a log from its root down and from left to right, so that every tile is checked against a hash that
 * the checkpoint vouches for. A tile that fails is rebuilt from what lies below it; whichever content fits the
 * hash is the true one, and where they differ is what was altered.
 */
export class LogWalk {
  readonly #options: WalkOptions;
  /** Whether the tiles at the right edge give the checkpoint's root; known once the walk began. */
  rooted = false;
  #absences = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  async *stretches(): AsyncGenerator<LeafStretch> {
    const tiles = edgeTiles(this.#options.size);
    const edges = await this.#resolveEdges(tiles);
    for (const [i, tile] of [...tiles.entries()].reverse()) {
      const edge = edges[i];
      if (edge !== undefined) yield* this.#descend(tile, edge);
    }
  }

  async *#descend(tile: Tile, resolved: Resolved): AsyncGenerator<LeafStretch> {
    this.#options.onTile(tile, resolved.row);
    if (tile.level === 0) {
      const { row, trusted, entryHashes, bundle } = resolved;
      yield { index: tile.index, width: tile.width, hashes: row, trusted, entryHashes, bundle };
      return;
    }
    const blind = resolved.row.length === 0;
    const children = childrenOf(tile);
    const ahead = tile.level === 1 ? readAhead : 1;
    const loading = children.slice(0, ahead).map((child) => this.#startLoading(child));
    for (const [j, child] of children.entries()) {
      if (blind && this.#absences > absencesMax) {
        this.#options.findings.add("missing", "entries", ...this.#range(tile, j, tile.width));
        return;
      }
      const loaded = await (loading.shift() ?? this.#startLoading(child));
      const next = children[j + ahead];
      if (next !== undefined) loading.push(this.#startLoading(next));
      if (blind && loaded.served === null && loaded.entryHashes === null) this.#absences++;
      const expected = hashAt(resolved.row, j);
      const known = expected.length === hashBytes ? expected : null;
      yield* this.#descend(child, await this.#resolve(child, known, loaded, resolved.trusted));
    }
  }

  /** Finds the content of a full tile whose root should be `expected` (null: unknown). */
  async #resolve(
    tile: Tile,
    expected: Uint8Array | null,
    loaded: Loaded,
    parentTrusted: boolean,
  ): Promise<Resolved> {
    const { served } = loaded;
    const fits = (row: Uint8Array | null): row is Uint8Array =>
      expected !== null && isComplete(row, tile) && hashesEqual(rowRoot(row), expected);
    if (fits(served)) return { ...loaded, row: served, trusted: parentTrusted };
    if (expected !== null) {
      for await (const row of this.#rebuilt(tile, loaded)) {
        if (!fits(row)) continue;
        this.#blame(tile, served, row);
        return { ...loaded, row, trusted: parentTrusted };
      }
    }
    if (isComplete(served, tile)) {
      if (expected !== null) this.#blameAll("altered", tile);
      return { ...loaded, row: served, trusted: false };
    }
    this.#blame(tile, served, null);
    const entriesFail = expected !== null && parentTrusted && isComplete(loaded.entryHashes, tile);
    if (entriesFail) this.#options.findings.add("altered", "entries", ...this.#range(tile, 0, tile.width));
    return { ...loaded, row: loaded.served ?? new Uint8Array(0), trusted: false };
  }

  /** Finds contents of the partial tiles that together give the root. */
  async #resolveEdges(tiles: readonly Tile[]): Promise<Resolved[]> {
    const loaded = await Promise.all(tiles.map((tile) => this.#load(tile)));
    const candidates = loaded.map(({ served }, i) => (isComplete(served, tiles[i]) ? [served] : []));
    let rows = this.#combine(candidates);
    if (rows === null) {
      for (const [i, tile] of tiles.entries()) {
        const parts = loaded[i];
        if (parts === undefined) continue;
        for await (const row of this.#rebuilt(tile, parts)) {
          const known = candidates[i]?.some((other) => hashesEqual(other, row));
          if (isComplete(row, tile) && !known) candidates[i]?.push(row);
        }
      }
      rows = this.#combine(candidates);
    }
    this.rooted = rows !== null;
    const found = rows;
    return tiles.flatMap((tile, i): Resolved[] => {
      const parts = loaded[i];
      if (parts === undefined) return [];
      const row = found?.[i];
      if (row === undefined) {
        if (!isComplete(parts.served, tile)) this.#blame(tile, parts.served, null);
        return [{ ...parts, row: parts.served ?? new Uint8Array(0), trusted: false }];
      }
      if (parts.served === null || !hashesEqual(parts.served, row)) this.#blame(tile, parts.served, row);
      return [{ ...parts, row, trusted: true }];
    });
  }

  /** The first choice of one candidate a level that gives the root; there are at most three a level. */
  #combine(candidates: readonly (readonly Uint8Array[])[]): Uint8Array[] | null {
    const peaks = candidates.map((rows) => rows.map((row) => ({ row, peaks: rowPeaks(row) })));
    const choices = peaks.reduce((product, rows) => product * rows.length, 1);
    for (let choice = 0; choice < choices; choice++) {
      let rest = choice;
      const chosen = peaks.flatMap((rows) => {
        const one = rows[rest % rows.length];
        rest = Math.floor(rest / rows.length);
        return one === undefined ? [] : [one];
      });
      const root = foldPeaks([...chosen].reverse().flatMap((one) => one.peaks));
      if (hashesEqual(root, this.#options.root)) return chosen.map((one) => one.row);
    }
    return null;
  }

  /** Contents that a tile could have: from what is right below it, then from the entries, then from elsewhere. */
  async *#rebuilt(tile: Tile, loaded: Loaded): AsyncGenerator<Uint8Array> {
    if (tile.level > 0) {
      for (const deep of [false, true]) {
        const row = await this.#rebuild(tile, deep);
        if (row !== null) yield row;
      }
      return;
    }
    if (loaded.entryHashes !== null) yield loaded.entryHashes;
    if (tile.width < tileWidthMax) return;
    const other = await this.#options.otherHashes(tile.index, tile.width);
    if (other !== null) yield other;
  }

  async #rebuild(tile: Tile, deep: boolean): Promise<Uint8Array | null> {
    if (tile.level === 0) {
      const { served, entryHashes } = await this.#load(tile);
      const row = deep ? entryHashes : (served ?? entryHashes);
      return isComplete(row, tile) ? row : null;
    }
    const row = new Uint8Array(tile.width * hashBytes);
    for (const [j, child] of childrenOf(tile).entries()) {
      const served = deep ? null : trim(await this.#options.reader.tile(child), child);
      const content = isComplete(served, child) ? served : await this.#rebuild(child, deep);
      // The first gap ends it: a false size must not make this search for ever.
      if (content === null) return null;
      row.set(rowRoot(content), j * hashBytes);
    }
    return row;
  }

  #startLoading(tile: Tile): Promise<Loaded> {
    const loading = this.#load(tile);
    // It is awaited later, or never if an earlier read fails.
    loading.catch(() => undefined);
    return loading;
  }

  async #load(tile: Tile): Promise<Loaded> {
    const { reader } = this.#options;
    if (tile.level > 0)
      return { served: trim(await reader.tile(tile), tile), entryHashes: null, bundle: null };
    const [served, bundle] = await Promise.all([reader.tile(tile), reader.entries(tile)]);
    return {
      served: trim(served, tile),
      entryHashes: bundle === null ? null : hashEntries(bundle, tile),
      bundle,
    };
  }

  #blame(tile: Tile, served: Uint8Array | null, row: Uint8Array | null): void {
    const there = served === null ? 0 : Math.floor(served.length / hashBytes);
    for (let j = 0; row !== null && served !== null && j < there; j++) {
      if (hashesEqual(hashAt(served, j), hashAt(row, j))) continue;
      this.#options.findings.add("altered", "tiles", ...this.#range(tile, j, j + 1));
    }
    this.#options.findings.add("missing", "tiles", ...this.#range(tile, there, tile.width));
  }

  #blameAll(kind: FindingKind, tile: Tile): void {
    this.#options.findings.add(kind, "tiles", ...this.#range(tile, 0, tile.width));
  }

  /** The entries under hashes [from, to) of a tile. */
  #range(tile: Tile, from: number, to: number): [bigint, bigint] {
    const first = tile.index * BigInt(tileWidthMax);
    const shift = BigInt(tile.level * tileHeight);
    return [(first + BigInt(from)) << shift, (first + BigInt(to)) << shift];
  }
}

function childrenOf(tile: Tile): Tile[] {
  const first = tile.index * BigInt(tileWidthMax);
  return Array.from({ length: tile.width }, (_, j) => ({
    level: tile.level - 1,
    index: first + BigInt(j),
    width: tileWidthMax,
  }));
}

function rowRoot(row: Uint8Array): Uint8Array {
  return foldPeaks(rowPeaks(row));
}

function isComplete(row: Uint8Array | null, tile: Tile | undefined): row is Uint8Array {
  return tile !== undefined && row?.length === tile.width * hashBytes;
}

/** Whole hashes only, and no more than the tree has. */
function trim(row: Uint8Array | null, tile: Tile): Uint8Array | null {
  if (row === null) return null;
  return row.subarray(0, Math.min(tile.width, Math.floor(row.length / hashBytes)) * hashBytes);
}

/**
 * A last bundle may be served wider than the tree. What is left over and is no entry counts as one entry too many,
 * so that it is noticed.
 */
function hashEntries(bundle: Uint8Array, tile: Tile): Uint8Array {
  const full = tile.width === tileWidthMax;
  const { entries, complete } = parseEntryBundle(bundle, full ? tileWidthMax + 1 : tileWidthMax);
  const kept = full ? entries : entries.slice(0, tile.width);
  const row = new Uint8Array((kept.length + (complete ? 0 : 1)) * hashBytes);
  hashLeaves(kept, row);
  return row;
}
