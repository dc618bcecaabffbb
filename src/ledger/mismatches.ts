import type { FindingPlace, Findings } from "./findings.ts";

/** Kept hashes; beyond that a mismatch is named at once, without looking for where its entry went. */
const mismatchesMax = 100_000;

/**
 * Entries that were not where they belong, until the whole log was seen: only then can one that was altered be
 * told from one that stands elsewhere.
 */
export class Mismatches {
  readonly #findings: Findings;
  readonly #place: FindingPlace;
  readonly #absent: { readonly at: bigint; readonly hash: string; readonly replaced: boolean }[] = [];
  readonly #foreign: { readonly at: bigint; readonly hash: string }[] = [];

  constructor(findings: Findings, place: FindingPlace) {
    this.#findings = findings;
    this.#place = place;
  }

  /** The entry with hash `expected` is not at its position `at`; `actual` stands there, or nothing (null). */
  absent(at: bigint, expected: string, actual: string | null): void {
    if (this.#absent.length >= mismatchesMax) {
      this.#findings.add(actual === null ? "missing" : "altered", this.#place, at, at + 1n);
      return;
    }
    this.#absent.push({ at, hash: expected, replaced: actual !== null });
    if (actual !== null) this.#foreign.push({ at, hash: actual });
  }

  /** An entry stands, before position `at`, that takes nobody's place. */
  inserted(at: bigint, actual: string, size: bigint): void {
    if (this.#foreign.length >= 2 * mismatchesMax) return;
    this.#foreign.push({ at: at < size ? at : size - 1n, hash: actual });
  }

  /** Names everything; `size` is where the log ends. */
  settle(): void {
    const foreign = new Set(this.#foreign.map(({ hash }) => hash));
    const absent = new Set(this.#absent.map(({ hash }) => hash));
    const replaced = new Set<bigint>();
    for (const { at, hash, replaced: other } of this.#absent) {
      if (other) replaced.add(at);
      const kind = foreign.has(hash) ? "reordered" : other ? "altered" : "missing";
      this.#findings.add(kind, this.#place, at, at + 1n);
    }
    for (const { at, hash } of this.#foreign) {
      if (!replaced.has(at) && !absent.has(hash)) this.#findings.add("altered", this.#place, at, at + 1n);
    }
  }
}
