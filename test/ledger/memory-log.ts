import { createHash } from "node:crypto";
import { signCheckpoint } from "../../src/ledger/checkpoint.ts";
import { formatEntryBundle } from "../../src/ledger/entry-bundle.ts";
import { emptyEdge, extendTree, type TreeEdge } from "../../src/ledger/extend-tree.ts";
import type { HashReader } from "../../src/ledger/merkle.ts";
import { generateSignerKey } from "../../src/ledger/note-key.ts";
import { tileHashReader } from "../../src/ledger/tile-reader.ts";
import { hashLeaf } from "../../src/ledger/tree-hash.ts";

export const origin = "guard.example/ledger";

/** A key made from a fixed seed, so that a failing test fails again. */
export const signer = generateSignerKey(origin, (count) => new Uint8Array(count).fill(7));

/** Leaf data as the ledger has it: 32 bytes that look random, told apart by number. */
export function leafOf(index: number, log = "log"): Uint8Array {
  return new Uint8Array(createHash("sha256").update(`${log} ${index}`).digest());
}

export function leavesOf(count: number, log = "log"): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => leafOf(i, log));
}

/** A whole log in memory: what a server stores. Maps are keyed by "level/index" and bundle number. */
export type MemoryLog = {
  readonly leaves: readonly Uint8Array[];
  readonly tiles: Map<string, Uint8Array>;
  readonly bundles: Map<string, Uint8Array>;
  readonly edge: TreeEdge;
  readonly root: Uint8Array;
  readonly checkpoint: string;
};

/** Builds a log by appending in batches, as a sequencer would. */
export function createMemoryLog(leaves: readonly Uint8Array[], batches: readonly number[] = []): MemoryLog {
  const tiles = new Map<string, Uint8Array>();
  let edge = emptyEdge();
  let root = extendTree(edge, 0n, []).root;
  let at = 0;
  for (const size of [...batches, leaves.length]) {
    const to = Math.min(leaves.length, at + size);
    const extension = extendTree(edge, BigInt(at), leaves.slice(at, to).map(hashLeaf));
    for (const tile of extension.tiles) tiles.set(`${tile.level}/${tile.index}`, tile.bytes);
    ({ edge, root } = extension);
    at = to;
  }
  const bundles = new Map<string, Uint8Array>();
  for (let from = 0; from < leaves.length; from += 256) {
    bundles.set(String(from / 256), formatEntryBundle(leaves.slice(from, from + 256)));
  }
  const size = BigInt(leaves.length);
  const checkpoint = signCheckpoint({ origin, size, root, extensions: [] }, signer);
  return { leaves, tiles, bundles, edge, root, checkpoint };
}

export function readerOf(log: MemoryLog, size = BigInt(log.leaves.length)): HashReader {
  return tileHashReader(size, (tiles) =>
    Promise.resolve(tiles.map((tile) => log.tiles.get(`${tile.level}/${tile.index}`) ?? new Uint8Array(0))),
  );
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

/** A copy with one bit turned. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}
