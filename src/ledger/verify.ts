import { EntryAlignment } from "./align-entries.ts";
import { type Checkpoint, type CheckpointFault, verifyCheckpoint } from "./checkpoint.ts";
import { DatabaseComparison } from "./compare-database.ts";
import { Findings, type LogFinding } from "./findings.ts";
import type { LogReader, StoredLeaves } from "./log-reader.ts";
import { LogWalk } from "./log-walk.ts";
import { type Subtree, subtreesOf } from "./merkle.ts";
import type { VerifierKey } from "./note-key.ts";
import { type Tile, tileWidthMax } from "./tile.ts";
import { subtreeRoot, tileOf } from "./tile-reader.ts";
import { foldPeaks, hashBytes, hashesEqual } from "./tree-hash.ts";

export type VerifyOptions = {
  readonly key: VerifierKey;
  readonly origin: string;
  /** The signed checkpoint of the second place; null: it has none; absent: there is no second place. */
  readonly anchor?: string | null;
  readonly database?: StoredLeaves;
  /** Called with the number of entries gone through, about every 65,536. */
  readonly onProgress?: (entries: bigint) => void;
  /** Ends a verification that takes too long; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
};

export type CheckpointState = "verified" | "absent" | "not_asked" | CheckpointFault;

export type LogReport = {
  /** True only if the checkpoint is signed and every entry of the log is what it vouches for. */
  readonly ok: boolean;
  readonly checkpoint: CheckpointState;
  readonly anchor: CheckpointState;
  /** Size and root that the log was verified against; null without a checkpoint to trust. */
  readonly size: bigint | null;
  readonly root: Uint8Array | null;
  /** Entries whose tree hashes the checkpoint vouches for. */
  readonly entriesVouched: bigint;
  readonly findings: readonly LogFinding[];
  /** How many ranges more there were than are listed. */
  readonly findingsDropped: number;
};

/**
 * Verifies a whole log in one pass, in memory that does not grow with it, against a key and a name that one
 * trusts. Rejects only where the reader fails; whatever the log itself gets wrong is in the report.
 */
export async function verifyLog(reader: LogReader, options: VerifyOptions): Promise<LogReport> {
  const { key, origin } = options;
  const read = (note: string | null | undefined) =>
    note === undefined || note === null ? null : verifyCheckpoint(note, key, origin);
  const served = read(await reader.checkpoint());
  const second = read(options.anchor);
  const states = {
    checkpoint: served === null ? "absent" : served.ok ? "verified" : served.fault,
    anchor:
      options.anchor === undefined
        ? "not_asked"
        : second === null
          ? "absent"
          : second.ok
            ? "verified"
            : second.fault,
  } as const;
  const anchor = second?.ok === true ? second.checkpoint : null;
  const checkpoint = served?.ok === true ? served.checkpoint : anchor;
  if (checkpoint === null) {
    const nothing = { size: null, root: null, entriesVouched: 0n, findings: [], findingsDropped: 0 };
    return { ok: false, ...states, ...nothing };
  }

  const findings = new Findings();
  const entriesVouched = await verifyTree(reader, checkpoint, anchor, options, findings);
  compareSizes(checkpoint, anchor, options, findings);
  const list = findings.list(checkpoint.size);
  const signed =
    states.checkpoint === "verified" && ["verified", "not_asked", "absent"].includes(states.anchor);
  return {
    ok: signed && list.length === 0,
    ...states,
    size: checkpoint.size,
    root: checkpoint.root,
    entriesVouched,
    findings: list,
    findingsDropped: findings.dropped,
  };
}

async function verifyTree(
  reader: LogReader,
  checkpoint: Checkpoint,
  anchor: Checkpoint | null,
  options: VerifyOptions,
  findings: Findings,
): Promise<bigint> {
  const { size, root } = checkpoint;
  const alignment = new EntryAlignment(findings, size);
  const database = options.database === undefined ? null : new DatabaseComparison(options.database, findings);
  const prefix = new PrefixRoot(anchor === null || anchor.size > size ? 0n : anchor.size, size);
  const walk = new LogWalk({
    reader,
    size,
    root,
    findings,
    otherHashes: (index, width) => database?.hashes(index, width) ?? Promise.resolve(null),
    onTile: (tile, row) => prefix.see(tile, row),
  });
  let vouched = 0n;
  for await (const { index, width, hashes, trusted, entryHashes, bundle } of walk.stretches()) {
    options.signal?.throwIfAborted();
    const from = index * BigInt(tileWidthMax);
    const known = Math.floor(hashes.length / hashBytes);
    if (trusted) vouched += BigInt(width);
    if (entryHashes === null && known === width) {
      alignment.pushAbsent(from, hashes);
    } else if (entryHashes === null) {
      alignment.skip();
      findings.add("missing", "entries", from, from + BigInt(width));
    } else if (known === width) {
      alignment.push(from, hashes, entryHashes);
    } else {
      alignment.skip();
      alignment.push(from, hashes, entryHashes.subarray(0, hashes.length));
      const there = entryHashes.length / hashBytes;
      findings.add("missing", "entries", from + BigInt(Math.max(there, known)), from + BigInt(width));
      alignment.skip();
    }
    const proven = entryHashes !== null && known === width && hashesEqual(entryHashes, hashes);
    await database?.compare(index, width, hashes, trusted, proven ? bundle : null);
    if (index % 256n === 255n) options.onProgress?.(from + BigInt(width));
  }
  alignment.finish();
  await database?.finish();

  const anchored = anchor !== null && anchor.size <= size && prefix.matches(anchor.root);
  // Where the tiles do not give the signed root, something in them was altered that they themselves do not show;
  // the second place can vouch for the older part.
  if (!walk.rooted) findings.add("altered", "tiles", anchored ? anchor.size : 0n, size);
  if (anchor === null || anchor.size > size) return vouched;
  const contradicts =
    anchor.size === size ? !hashesEqual(anchor.root, root) : walk.rooted && prefix.known && !anchored;
  if (contradicts) findings.add("forked", "checkpoint", 0n, anchor.size);
  return vouched;
}

function compareSizes(
  checkpoint: Checkpoint,
  anchor: Checkpoint | null,
  options: VerifyOptions,
  findings: Findings,
): void {
  if (options.anchor === undefined) return;
  const anchored = anchor?.size ?? 0n;
  findings.add("unanchored", "checkpoint", anchored, checkpoint.size);
  findings.add("truncated", "checkpoint", checkpoint.size, anchored);
}

/** Gathers, while tiles go by, the hashes that the root of an older, smaller tree is made of. */
class PrefixRoot {
  readonly #wanted: readonly Subtree[];
  readonly #size: bigint;
  readonly #found: (Uint8Array | undefined)[];

  constructor(prefix: bigint, size: bigint) {
    this.#wanted = subtreesOf(0n, prefix);
    this.#size = size;
    this.#found = this.#wanted.map(() => undefined);
  }

  see(tile: Tile, row: Uint8Array): void {
    for (const [i, subtree] of this.#wanted.entries()) {
      const { level, index, width } = tileOf(subtree, this.#size);
      if (level !== tile.level || index !== tile.index || row.length < width * hashBytes) continue;
      this.#found[i] = subtreeRoot(subtree, row);
    }
  }

  /** Whether every hash was seen. */
  get known(): boolean {
    return this.#found.every((hash) => hash !== undefined);
  }

  matches(root: Uint8Array): boolean {
    const peaks = this.#found.flatMap((hash) => (hash === undefined ? [] : [hash]));
    return this.known && hashesEqual(foldPeaks(peaks), root);
  }
}
