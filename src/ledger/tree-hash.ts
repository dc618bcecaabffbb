import { hash } from "node:crypto";

/** Bytes of a SHA-256 hash. */
export const hashBytes = 32;

/** Tree sizes and positions stay below this (C2SP tlog-checkpoint readers use a signed 64-bit integer). */
export const treeSizeMax = 2n ** 63n - 1n;

/** RFC 6962, section 2.1: SHA-256(0x00 ‖ data). */
export function hashLeaf(data: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(data.length + 1);
  prefixed.set(data, 1);
  return hash("sha256", prefixed, "buffer");
}

/** The leaf hashes of many entries, written one after the other into `row`. */
export function hashLeaves(entries: readonly Uint8Array[], row: Uint8Array): void {
  // One buffer for all entries of a length, as they nearly always are.
  let prefixed = new Uint8Array(1 + hashBytes);
  for (let j = 0; j < entries.length; j++) {
    const entry = entries[j] ?? new Uint8Array(0);
    if (prefixed.length !== entry.length + 1) prefixed = new Uint8Array(entry.length + 1);
    prefixed.set(entry, 1);
    row.set(hash("sha256", prefixed, "buffer"), j * hashBytes);
  }
}

/** RFC 6962, section 2.1: SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(1 + 2 * hashBytes);
  prefixed[0] = 1;
  prefixed.set(left, 1);
  prefixed.set(right, 1 + hashBytes);
  return hash("sha256", prefixed, "buffer");
}

/** Root of the tree without leaves: the SHA-256 of nothing. */
export function emptyRoot(): Uint8Array {
  return hash("sha256", new Uint8Array(0), "buffer");
}

/** Equality of public hashes; nothing here is secret, so time may depend on them. */
export function hashesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Hash number `at` of a row (a tile's content: hashes one after the other). */
export function hashAt(row: Uint8Array, at: number): Uint8Array {
  return row.subarray(at * hashBytes, (at + 1) * hashBytes);
}

/**
 * Root over `width` hashes of a row, beginning with number `from`; `width` is a power of two. Works on a copy:
 * each pass halves it in place. (A Buffer's own slice() would be no copy.)
 */
export function perfectRoot(row: Uint8Array, from: number, width: number): Uint8Array {
  const work = new Uint8Array(row.subarray(from * hashBytes, (from + width) * hashBytes));
  const prefixed = new Uint8Array(1 + 2 * hashBytes);
  prefixed[0] = 1;
  for (let count = width; count > 1; count /= 2) {
    for (let pair = 0; pair < count / 2; pair++) {
      const at = pair * 2 * hashBytes;
      prefixed.set(work.subarray(at, at + 2 * hashBytes), 1);
      work.set(hash("sha256", prefixed, "buffer"), pair * hashBytes);
    }
  }
  return work.slice(0, hashBytes);
}

/** Roots of the largest complete subtrees that a row divides into, left to right. */
export function rowPeaks(row: Uint8Array): Uint8Array[] {
  const peaks: Uint8Array[] = [];
  let left = row.length / hashBytes;
  for (let from = 0; left > 0; ) {
    const width = 2 ** (31 - Math.clz32(left));
    peaks.push(perfectRoot(row, from, width));
    from += width;
    left -= width;
  }
  return peaks;
}

/** Joins the complete subtrees of a tree, left to right, to its root. */
export function foldPeaks(peaks: readonly Uint8Array[]): Uint8Array {
  return peaks.length === 0 ? emptyRoot() : peaks.reduceRight((right, left) => hashNode(left, right));
}
