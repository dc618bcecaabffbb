import { GuardError } from "../domain/guard-error.ts";
import { emptyRoot, foldPeaks, hashBytes, hashesEqual, hashNode, treeSizeMax } from "./tree-hash.ts";

/** A complete subtree: the 2^level leaves from number index · 2^level. */
export type Subtree = { readonly level: number; readonly index: bigint };

/** Gives the roots of complete subtrees, in the order asked. All are asked for at once, so it can be one query. */
export type HashReader = (subtrees: readonly Subtree[]) => Promise<readonly Uint8Array[]>;

/** Leaves [start, end). */
type Stretch = readonly [start: bigint, end: bigint];

/** RFC 6962, section 2.1.1: the sibling hashes from leaf `index` up to the root of the first `size` leaves. */
export async function proveInclusion(index: bigint, size: bigint, read: HashReader): Promise<Uint8Array[]> {
  if (index < 0n || index >= size || size > treeSizeMax) throw outside();
  const stretches: Stretch[] = [];
  let start = 0n;
  let end = size;
  while (end - start > 1n) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      stretches.push([middle, end]);
      end = middle;
    } else {
      stretches.push([start, middle]);
      start = middle;
    }
  }
  return rootsOf(stretches.reverse(), read);
}

/** RFC 6962, section 2.1.2: shows that the first `size` leaves begin with the first `oldSize` (more than 0). */
export async function proveConsistency(
  oldSize: bigint,
  size: bigint,
  read: HashReader,
): Promise<Uint8Array[]> {
  if (oldSize <= 0n || oldSize > size || size > treeSizeMax) throw outside();
  const stretches: Stretch[] = [];
  let start = 0n;
  let end = size;
  while (end !== oldSize) {
    const middle = start + splitOf(end - start);
    if (oldSize <= middle) {
      stretches.push([middle, end]);
      end = middle;
    } else {
      stretches.push([start, middle]);
      start = middle;
    }
  }
  // A whole left part is the old tree itself, whose root the verifier has.
  if (start > 0n) stretches.push([start, end]);
  return rootsOf(stretches.reverse(), read);
}

/** Root of the first `size` leaves. */
export async function readRoot(size: bigint, read: HashReader): Promise<Uint8Array> {
  if (size < 0n || size > treeSizeMax) throw outside();
  return foldPeaks(await read(subtreesOf(0n, size)));
}

/** The root that a leaf and its proof lead to, or null where the proof's length cannot be right. */
export function rootFromInclusion(
  leafHash: Uint8Array,
  index: bigint,
  size: bigint,
  proof: readonly Uint8Array[],
): Uint8Array | null {
  if (index < 0n || index >= size || size > treeSizeMax || !areHashes(leafHash, ...proof)) return null;
  // RFC 9162, section 2.1.3.2
  let node = index;
  let last = size - 1n;
  let root = leafHash;
  for (const sibling of proof) {
    if (last === 0n) return null;
    if ((node & 1n) === 1n || node === last) {
      root = hashNode(sibling, root);
      for (; (node & 1n) === 0n && node !== 0n; node >>= 1n) last >>= 1n;
    } else {
      root = hashNode(root, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : null;
}

/** Whether the proof shows the leaf at `index` under the root of a tree of `size` leaves. */
export function verifyInclusion(
  leafHash: Uint8Array,
  index: bigint,
  size: bigint,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  const computed = rootFromInclusion(leafHash, index, size, proof);
  return computed !== null && hashesEqual(computed, root);
}

/** Whether the proof shows that the newer tree only appended to the older one. */
export function verifyConsistency(
  oldSize: bigint,
  oldRoot: Uint8Array,
  size: bigint,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (oldSize < 0n || oldSize > size || size > treeSizeMax || !areHashes(oldRoot, root, ...proof))
    return false;
  if (oldSize === size) return proof.length === 0 && hashesEqual(oldRoot, root);
  if (oldSize === 0n) return proof.length === 0 && hashesEqual(oldRoot, emptyRoot());
  // RFC 9162, section 2.1.4.2: an old tree that is a complete subtree starts from its own root.
  const whole = (oldSize & (oldSize - 1n)) === 0n;
  const [first, ...rest] = whole ? [oldRoot, ...proof] : proof;
  if (first === undefined || proof.length === 0) return false;
  let node = oldSize - 1n;
  let last = size - 1n;
  for (; (node & 1n) === 1n; node >>= 1n) last >>= 1n;
  let computedOld = first;
  let computed = first;
  for (const hash of rest) {
    if (last === 0n) return false;
    if ((node & 1n) === 1n || node === last) {
      computedOld = hashNode(hash, computedOld);
      computed = hashNode(hash, computed);
      for (; (node & 1n) === 0n && node !== 0n; node >>= 1n) last >>= 1n;
    } else {
      computed = hashNode(computed, hash);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && hashesEqual(computedOld, oldRoot) && hashesEqual(computed, root);
}

/**
 * The complete subtrees, largest first, that the leaves [start, end) divide into. `start` has to be a multiple of
 * a power of two that is not below the length, as the parts of an RFC 6962 tree are.
 */
export function subtreesOf(start: bigint, end: bigint): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end; ) {
    const level = (end - at).toString(2).length - 1;
    subtrees.push({ level, index: at >> BigInt(level) });
    at += 1n << BigInt(level);
  }
  return subtrees;
}

async function rootsOf(stretches: readonly Stretch[], read: HashReader): Promise<Uint8Array[]> {
  const parts = stretches.map(([start, end]) => subtreesOf(start, end));
  const hashes = await read(parts.flat());
  let at = 0;
  return parts.map((subtrees) => {
    const peaks = hashes.slice(at, at + subtrees.length);
    at += subtrees.length;
    return foldPeaks(peaks);
  });
}

/** The largest power of two below `length`, which is at least 2: where RFC 6962 splits. */
function splitOf(length: bigint): bigint {
  return 1n << BigInt((length - 1n).toString(2).length - 1);
}

function areHashes(...hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === hashBytes);
}

function outside(): GuardError {
  return new GuardError("internal_error", "position is outside the tree");
}
