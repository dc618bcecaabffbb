/**
 * What is wrong with a stretch of a log:
 * - altered: something else stands there than what was signed
 * - missing: nothing stands there
 * - reordered: what was signed stands elsewhere
 * - truncated: the log ends too early
 * - forked: two signed checkpoints contradict one another
 * - unanchored: the second place does not know of it yet
 */
export type FindingKind = "altered" | "missing" | "reordered" | "truncated" | "forked" | "unanchored";

/** Where it was seen. `records`: a stored record does not match its leaf. `checkpoint`: no entry was looked at. */
export type FindingPlace = "entries" | "tiles" | "database" | "records" | "checkpoint";

/** Entries [from, to). */
export type LogFinding = {
  readonly kind: FindingKind;
  readonly place: FindingPlace;
  readonly from: bigint;
  readonly to: bigint;
};

/** More ranges than this are counted and not kept: a hostile log must not fill the memory. */
const findingsMax = 10_000;

/** Gathers findings and joins ranges that touch. */
export class Findings {
  readonly #found: LogFinding[] = [];
  #dropped = 0;

  get dropped(): number {
    return this.#dropped;
  }

  get count(): number {
    return this.#found.length;
  }

  add(kind: FindingKind, place: FindingPlace, from: bigint, to: bigint): void {
    if (from >= to) return;
    const last = this.#found.at(-1);
    if (last?.kind === kind && last.place === place && last.to === from) {
      this.#found[this.#found.length - 1] = { ...last, to };
    } else if (this.#found.length < findingsMax) {
      this.#found.push({ kind, place, from, to });
    } else {
      this.#dropped++;
    }
  }

  /** All ranges in order; what is missing up to the end of the log is a truncation. */
  list(size: bigint): LogFinding[] {
    const joined = new Findings();
    for (const { kind, place, from, to } of [...this.#found].sort(compare)) joined.add(kind, place, from, to);
    return joined.#found.map((finding) =>
      finding.kind === "missing" && finding.place !== "tiles" && finding.to === size
        ? { ...finding, kind: "truncated" }
        : finding,
    );
  }
}

function compare(a: LogFinding, b: LogFinding): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  if (a.place !== b.place) return a.place < b.place ? -1 : 1;
  return a.from < b.from ? -1 : a.from > b.from ? 1 : 0;
}
