import type { Findings } from "./findings.ts";
import { Mismatches } from "./mismatches.ts";
import { hashAt, hashBytes, hashesEqual } from "./tree-hash.ts";

/** How many entries ahead a shift (an entry dropped or put in) is looked for. */
const lookAhead = 512;

/**
 * Compares, by content, the leaf hashes that a log should have with those its entries give. One dropped entry
 * shifts all that follow; comparing position by position would call them all altered.
 */
export class EntryAlignment {
  readonly #mismatches: Mismatches;
  readonly #size: bigint;
  #next = 0n;
  #expected: string[] = [];
  #actual: string[] = [];

  constructor(findings: Findings, size: bigint) {
    this.#mismatches = new Mismatches(findings, "entries");
    this.#size = size;
  }

  /** The next stretch: hashes expected from position `from` on, and hashes of the entries served for it. */
  push(from: bigint, expected: Uint8Array, actual: Uint8Array): void {
    if (this.#expected.length === 0) {
      this.#next = from;
      // The common case costs one comparison.
      if (this.#actual.length === 0 && hashesEqual(expected, actual)) return;
    }
    append(this.#expected, expected);
    append(this.#actual, actual);
    this.#drain(lookAhead);
  }

  /** No entries were served for a stretch; it may still be that a shift moved some of them forward. */
  pushAbsent(from: bigint, expected: Uint8Array): void {
    this.push(from, expected, new Uint8Array(0));
    this.#drain(0);
  }

  /** The next stretch cannot be compared; alignment starts afresh after it. */
  skip(): void {
    this.#drain(0);
    this.#actual = [];
  }

  finish(): void {
    this.#drain(0);
    for (const hash of this.#actual) this.#mismatches.inserted(this.#size, hash, this.#size);
    this.#actual = [];
    this.#mismatches.settle();
  }

  /** Works off all but the last `keep` expected hashes; the rest may still need what follows. */
  #drain(keep: number): void {
    let e = 0;
    let a = 0;
    while (this.#expected.length - e > keep) {
      if (this.#expected[e] === this.#actual[a]) {
        [e, a] = [e + 1, a + 1];
        this.#next++;
        continue;
      }
      const [skipped, foreign] = findShift(this.#expected, e, this.#actual, a);
      for (let i = 0; i < Math.max(skipped, foreign); i++) {
        const [expected, actual] = [this.#expected[e + i], this.#actual[a + i]];
        if (i >= skipped) {
          if (actual !== undefined) this.#mismatches.inserted(this.#next, actual, this.#size);
        } else if (expected !== undefined) {
          this.#mismatches.absent(this.#next, expected, i < foreign ? (actual ?? null) : null);
          this.#next++;
        }
      }
      [e, a] = [e + skipped, a + foreign];
    }
    this.#expected = this.#expected.slice(e);
    this.#actual = this.#actual.slice(a);
  }
}

/**
 * How many hashes to skip on either side until both agree again: the fewest, and where two ways are as short, the
 * one that keeps positions. At least one expected hash, or one actual, is skipped.
 */
function findShift(
  expected: readonly string[],
  e: number,
  actual: readonly string[],
  a: number,
): [expected: number, actual: number] {
  const agree = (x: number, y: number): boolean => {
    const hash = expected[e + x];
    return hash !== undefined && hash === actual[a + y];
  };
  // Nearly every fault is one entry: altered or swapped, dropped, put in.
  if (agree(1, 1)) return [1, 1];
  if (agree(1, 0)) return [1, 0];
  if (agree(0, 1)) return [0, 1];
  const ahead = Math.min(lookAhead, expected.length - e);
  const positions = new Map<string, number>();
  for (let x = ahead - 1; x >= 0; x--) positions.set(expected[e + x] ?? "", x);
  let best: [number, number] | null = null;
  let cost = Number.POSITIVE_INFINITY;
  for (let y = 0; y < lookAhead && a + y < actual.length && y <= cost; y++) {
    const x = positions.get(actual[a + y] ?? "");
    if (x === undefined) continue;
    const here = x + y + (x === y ? 0 : 0.5);
    if (here < cost) [best, cost] = [[x, y], here];
  }
  // Nothing in sight agrees: half the window is lost, so that a wholly foreign log costs no more than its length.
  const lost = Math.max(1, Math.ceil(ahead / 2));
  return best ?? [lost, Math.min(lost, actual.length - a)];
}

function append(hashes: string[], row: Uint8Array): void {
  for (let at = 0; at < row.length / hashBytes; at++) {
    hashes.push(Buffer.from(hashAt(row, at)).toString("latin1"));
  }
}
