import { expect } from "vitest";
import { formatEntryBundle } from "../../src/ledger/entry-bundle.ts";
import type { FindingKind, FindingPlace, LogFinding } from "../../src/ledger/findings.ts";
import type { LogReader, StoredLeaf } from "../../src/ledger/log-reader.ts";
import { type LogReport, type VerifyOptions, verifyLog } from "../../src/ledger/verify.ts";
import { createMemoryLog, flipBit, leafOf, leavesOf, type MemoryLog, origin, signer } from "./memory-log.ts";

/** A copy of a log that an attacker may change: what the public sees, what the second place and the database have. */
export type Copy = {
  checkpoint: string | null;
  anchor: string | null;
  tiles: Map<string, Uint8Array>;
  bundles: Map<string, Uint8Array>;
  leaves: StoredLeaf[];
};

/** What a verifier has to say of a tampering: a finding of that kind, there, that covers (or is) these entries. */
export type Expected = {
  readonly kind: FindingKind;
  readonly place: FindingPlace;
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** Whether nothing but these ranges may be named. */
  readonly exact: boolean;
};

/** Whole numbers below `below`. */
export type Random = (below: number) => number;

export type Tampering = (copy: Copy, log: MemoryLog, random: Random) => Expected;

export function copyOf(log: MemoryLog): Copy {
  return {
    checkpoint: log.checkpoint,
    anchor: log.checkpoint,
    tiles: new Map(log.tiles),
    bundles: new Map(log.bundles),
    leaves: log.leaves.map((leaf, i) => ({ index: BigInt(i), leaf, commitmentHolds: true })),
  };
}

export function readerOfCopy(copy: Copy): LogReader {
  return {
    checkpoint: () => Promise.resolve(copy.checkpoint),
    tile: ({ level, index }) => Promise.resolve(copy.tiles.get(`${level}/${index}`) ?? null),
    entries: ({ index }) => Promise.resolve(copy.bundles.get(String(index)) ?? null),
  };
}

export function verifyCopy(copy: Copy, options: Partial<VerifyOptions> = {}): Promise<LogReport> {
  const { anchor, leaves } = copy;
  return verifyLog(readerOfCopy(copy), {
    key: signer.verifier,
    origin,
    anchor,
    database: leaves,
    ...options,
  });
}

/** Serves other entries under the old tiles and checkpoint, as if the bundles were written anew. */
export function serveEntries(copy: Copy, leaves: readonly Uint8Array[]): void {
  copy.bundles = new Map();
  for (let from = 0; from < leaves.length; from += 256) {
    copy.bundles.set(String(from / 256), formatEntryBundle(leaves.slice(from, from + 256)));
  }
}

function bundleOf(
  copy: Copy,
  log: MemoryLog,
  number: number,
  change: (entries: Uint8Array[]) => Uint8Array[],
): void {
  const entries = log.leaves.slice(number * 256, number * 256 + 256);
  copy.bundles.set(String(number), formatEntryBundle(change(entries)));
}

function one(kind: FindingKind, place: FindingPlace, from: number, to = from + 1, exact = true): Expected {
  return { kind, place, ranges: [[from, to]], exact };
}

function replaced(leaves: readonly Uint8Array[], at: number, leaf: Uint8Array): Uint8Array[] {
  return leaves.map((old, i) => (i === at ? leaf : old));
}

function swapped<T>(items: readonly T[], i: number, j: number): T[] {
  return items.map((item, k) => (k === i ? items[j] : k === j ? items[i] : item) ?? item);
}

/** Every way of tampering that the properties draw from; the log has at least two entries. */
export const tamperings: Readonly<Record<string, Tampering>> = {
  "an entry altered": (copy, log, random) => {
    const at = random(log.leaves.length);
    const altered = flipBit(log.leaves[at] ?? leafOf(0), random(256));
    bundleOf(copy, log, Math.floor(at / 256), (entries) => replaced(entries, at % 256, altered));
    return one("altered", "entries", at);
  },
  "an entry replaced by a copy of another": (copy, log, random) => {
    const at = random(log.leaves.length);
    const other = log.leaves[(at + 1 + random(log.leaves.length - 1)) % log.leaves.length] ?? leafOf(0);
    serveEntries(copy, replaced(log.leaves, at, other));
    return one("altered", "entries", at, at + 1, false);
  },
  "an entry dropped from its bundle": (copy, log, random) => {
    const at = random(log.leaves.length);
    bundleOf(copy, log, Math.floor(at / 256), (entries) => entries.toSpliced(at % 256, 1));
    return one(at === log.leaves.length - 1 ? "truncated" : "missing", "entries", at);
  },
  "an entry dropped and all after it moved up": (copy, log, random) => {
    const at = random(log.leaves.length);
    serveEntries(copy, log.leaves.toSpliced(at, 1));
    return one(at === log.leaves.length - 1 ? "truncated" : "missing", "entries", at);
  },
  "a strange entry put in and all after it moved down": (copy, log, random) => {
    const at = random(log.leaves.length);
    // The last bundle is cut at the log's size, which pushes the last entry out.
    serveEntries(copy, log.leaves.toSpliced(at, 0, leafOf(at, "strange")));
    return one("altered", "entries", at, at + 1, false);
  },
  "two entries swapped": (copy, log, random) => {
    const i = random(log.leaves.length);
    const j = (i + 1 + random(log.leaves.length - 1)) % log.leaves.length;
    serveEntries(copy, swapped(log.leaves, i, j));
    const apart = Math.abs(i - j) > 1;
    // Of two neighbours one kept its place as much as the other; naming either is right.
    if (!apart)
      return {
        kind: "reordered",
        place: "entries",
        ranges: [[Math.min(i, j), Math.max(i, j) + 1]],
        exact: true,
      };
    return {
      kind: "reordered",
      place: "entries",
      ranges: [
        [i, i + 1],
        [j, j + 1],
      ],
      exact: true,
    };
  },
  "a bundle removed": (copy, log, random) => {
    const number = random(copy.bundles.size);
    copy.bundles.delete(String(number));
    const to = Math.min(log.leaves.length, number * 256 + 256);
    return one(to === log.leaves.length ? "truncated" : "missing", "entries", number * 256, to);
  },
  "bytes added to a bundle": (copy, log, random) => {
    const number = random(copy.bundles.size);
    const bundle = copy.bundles.get(String(number)) ?? new Uint8Array(0);
    copy.bundles.set(String(number), Uint8Array.of(...bundle, 9));
    const next = Math.min(log.leaves.length - 1, number * 256 + 256);
    return one("altered", "entries", next);
  },
  "a tile altered": (copy, _log, random) => {
    const [key, bytes] = [...copy.tiles][random(copy.tiles.size)] ?? ["", new Uint8Array(0)];
    const bit = random(bytes.length * 8);
    copy.tiles.set(key, flipBit(bytes, bit));
    return { ...rangeOfHash(key, Math.floor(bit / 256)), kind: "altered" };
  },
  "a tile removed": (copy, log, random) => {
    const [key, bytes] = [...copy.tiles][random(copy.tiles.size)] ?? ["", new Uint8Array(0)];
    copy.tiles.delete(key);
    const from = rangeOfHash(key, 0).ranges[0]?.[0] ?? 0;
    const to = rangeOfHash(key, bytes.length / 32 - 1).ranges[0]?.[1] ?? log.leaves.length;
    return { kind: "missing", place: "tiles", ranges: [[from, to]], exact: true };
  },
  "an entry and its tile altered alike": (copy, log, random) => {
    const at = random(log.leaves.length);
    const other = createMemoryLog(replaced(log.leaves, at, leafOf(at, "other")));
    const key = `0/${Math.floor(at / 256)}`;
    copy.tiles.set(key, other.tiles.get(key) ?? new Uint8Array(0));
    serveEntries(copy, other.leaves);
    return one("altered", "tiles", at, at + 1, false);
  },
  "an entry and all tiles altered alike": (copy, log, random) => {
    const at = random(log.leaves.length);
    const other = createMemoryLog(replaced(log.leaves, at, leafOf(at, "other")));
    Object.assign(copy, { tiles: other.tiles, bundles: other.bundles });
    return one("altered", "tiles", at, at + 1, false);
  },
  "the end cut off under the same checkpoint": (copy, log, random) => {
    const size = random(log.leaves.length);
    const shorter = createMemoryLog(log.leaves.slice(0, size));
    Object.assign(copy, { tiles: shorter.tiles, bundles: shorter.bundles });
    return one("truncated", "entries", size, log.leaves.length, false);
  },
  "an older state put back": (copy, log, random) => {
    const size = random(log.leaves.length);
    const { checkpoint, tiles, bundles } = createMemoryLog(log.leaves.slice(0, size));
    Object.assign(copy, { checkpoint, tiles, bundles });
    return one("truncated", "checkpoint", size, log.leaves.length);
  },
  "another history signed": (copy, log, random) => {
    const at = random(log.leaves.length);
    const more = leavesOf(random(40), "more");
    const { checkpoint, tiles, bundles, leaves } = createMemoryLog([
      ...replaced(log.leaves, at, leafOf(at, "other")),
      ...more,
    ]);
    Object.assign(copy, { checkpoint, tiles, bundles });
    copy.leaves = copyOf({ ...log, leaves }).leaves;
    return one("forked", "checkpoint", at, at + 1, false);
  },
  "entries that the second place does not know": (copy, log, random) => {
    const size = random(log.leaves.length);
    copy.anchor = size === 0 ? null : createMemoryLog(log.leaves.slice(0, size)).checkpoint;
    return one("unanchored", "checkpoint", size, log.leaves.length);
  },
  "a leaf altered in the database": (copy, _log, random) => {
    const at = random(copy.leaves.length);
    const stored = copy.leaves[at];
    if (stored) copy.leaves[at] = { ...stored, leaf: flipBit(stored.leaf, random(256)) };
    return one("altered", "database", at);
  },
  "a record altered in the database": (copy, _log, random) => {
    const at = random(copy.leaves.length);
    const stored = copy.leaves[at];
    if (stored) copy.leaves[at] = { ...stored, commitmentHolds: false };
    return one("altered", "records", at);
  },
  "a row removed from the database": (copy, _log, random) => {
    const at = random(copy.leaves.length);
    copy.leaves.splice(at, 1);
    return one(at === copy.leaves.length ? "truncated" : "missing", "database", at);
  },
  "two leaves swapped in the database": (copy, log, random) => {
    const i = random(log.leaves.length);
    const j = (i + 1 + random(log.leaves.length - 1)) % log.leaves.length;
    const leaves = swapped(log.leaves, i, j);
    copy.leaves = copyOf({ ...log, leaves }).leaves;
    return {
      kind: "reordered",
      place: "database",
      ranges: [
        [i, i + 1],
        [j, j + 1],
      ],
      exact: true,
    };
  },
};

/** Asserts that the report names the tampering: every range is covered, and if exact nothing else is named. */
export function expectNamed(report: LogReport, expected: Expected): void {
  expect(report.ok).toBe(false);
  const named = report.findings.filter(
    ({ kind, place }) => kind === expected.kind && place === expected.place,
  );
  for (const [from, to] of expected.ranges) {
    const touching = named.some((finding) => finding.from < BigInt(to) && finding.to > BigInt(from));
    expect(touching, describeMiss(report.findings, expected)).toBe(true);
  }
  if (!expected.exact) return;
  expect(named.length, describeMiss(report.findings, expected)).toBe(report.findings.length);
  for (const { from, to } of named) {
    const within = expected.ranges.some(([a, b]) => from >= BigInt(a) && to <= BigInt(b));
    const joined = expected.ranges.length > 1 && Number(to - from) <= expected.ranges.length;
    expect(within || joined, describeMiss(report.findings, expected)).toBe(true);
  }
}

function describeMiss(findings: readonly LogFinding[], expected: Expected): string {
  const spell = findings.map(({ kind, place, from, to }) => `${kind} ${place} [${from}, ${to})`);
  return `expected ${JSON.stringify(expected)}, found ${spell.join("; ")}`;
}

function rangeOfHash(key: string, hash: number): Expected {
  const [level = 0, index = 0] = key.split("/").map(Number);
  const span = 256 ** level;
  const from = (index * 256 + hash) * span;
  return one("altered", "tiles", from, from + span);
}
