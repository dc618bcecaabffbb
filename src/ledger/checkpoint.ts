import { GuardError } from "../domain/guard-error.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { type NoteFault, signNote, verifyNote } from "./note.ts";
import type { SignerKey, VerifierKey } from "./note-key.ts";
import { hashBytes, treeSizeMax } from "./tree-hash.ts";

/** The text of a C2SP tlog-checkpoint: a log's name, how many leaves it has and the root over them. */
export type Checkpoint = {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  /** Opaque lines after the root; this service writes none. */
  readonly extensions: readonly string[];
};

export type CheckpointFault = NoteFault | "checkpoint_malformed" | "origin_wrong";

export type CheckpointResult =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly fault: CheckpointFault };

/** The note text of a checkpoint. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  const text = `${[origin, size.toString(), encodeBase64(root), ...extensions].join("\n")}\n`;
  if (parseCheckpoint(text) === null) throw new GuardError("internal_error", "not a checkpoint");
  return text;
}

/** Reads a hostile note text; null where it is no checkpoint. */
export function parseCheckpoint(text: string): Checkpoint | null {
  if (!text.endsWith("\n")) return null;
  const [origin, digits, encoded, ...extensions] = text.slice(0, -1).split("\n");
  if (origin === undefined || digits === undefined || encoded === undefined) return null;
  const size = parsePosition(digits);
  const root = decodeBase64(encoded);
  if (origin === "" || size === null || root?.length !== hashBytes || extensions.includes("")) return null;
  return { origin, size, root, extensions };
}

/**
 * A signed checkpoint. Whoever calls this answers for the one rule of a log: never to sign what does not extend
 * every checkpoint signed before.
 */
export function signCheckpoint(checkpoint: Checkpoint, ...keys: readonly SignerKey[]): string {
  return signNote(formatCheckpoint(checkpoint), ...keys);
}

/** Checks a hostile signed checkpoint against a trusted key and the log's name. */
export function verifyCheckpoint(note: string, key: VerifierKey, origin: string): CheckpointResult {
  const verified = verifyNote(note, [key]);
  if (!verified.ok) return verified;
  const checkpoint = parseCheckpoint(verified.text);
  if (checkpoint === null) return { ok: false, fault: "checkpoint_malformed" };
  if (checkpoint.origin !== origin) return { ok: false, fault: "origin_wrong" };
  return { ok: true, checkpoint };
}

/** Reads a size or an index: ASCII decimal without leading zeroes, at most 2^63 - 1; null otherwise. */
export function parsePosition(digits: string): bigint | null {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(digits)) return null;
  const position = BigInt(digits);
  return position <= treeSizeMax ? position : null;
}
