import { GuardError } from "../domain/guard-error.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { type Checkpoint, type CheckpointFault, parsePosition, verifyCheckpoint } from "./checkpoint.ts";
import { verifyInclusion } from "./merkle.ts";
import { noteCharactersMax } from "./note.ts";
import type { VerifierKey } from "./note-key.ts";
import { hashBytes, hashLeaf } from "./tree-hash.ts";

const header = "c2sp.org/tlog-proof@v1";

/** A tree of 2^63 leaves is that high; a longer proof cannot be right. */
const hashesMax = 63;

/** A C2SP tlog-proof: one leaf is in the tree that a checkpoint signs. Nothing in it is trusted until verified. */
export type LogProof = {
  readonly index: bigint;
  /** Sibling hashes from the leaf up. */
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** Opaque data that no signature covers. */
  readonly extra?: Uint8Array;
};

export type ProofFault = "proof_malformed" | CheckpointFault | "leaf_not_included";

export type ProofResult =
  | { readonly ok: true; readonly index: bigint; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly fault: ProofFault };

/** The text of a proof (media type text/plain, file extension .tlog-proof). */
export function formatProof(proof: LogProof): string {
  if (parsePosition(proof.index.toString()) === null || proof.hashes.length > hashesMax) {
    throw new GuardError("internal_error", "not a proof");
  }
  const extra = proof.extra === undefined ? [] : [`extra ${encodeBase64(proof.extra)}`];
  const head = [header, ...extra, `index ${proof.index.toString()}`, ...proof.hashes.map(encodeBase64)];
  return `${head.join("\n")}\n\n${proof.checkpoint}`;
}

/** Reads a hostile proof; null where it is none. The checkpoint in it is not looked at. */
export function parseProof(text: string): LogProof | null {
  if (text.length > 2 * noteCharactersMax) return null;
  // The first empty line: the checkpoint itself has another.
  const split = text.indexOf("\n\n");
  if (split < 0) return null;
  const lines = text.slice(0, split).split("\n");
  if (lines.shift() !== header) return null;
  const extra = lines[0]?.startsWith("extra ")
    ? decodeBase64(lines.shift()?.slice("extra ".length) ?? "")
    : undefined;
  const indexLine = lines.shift();
  if (extra === null || !indexLine?.startsWith("index ")) return null;
  const index = parsePosition(indexLine.slice("index ".length));
  if (index === null || lines.length > hashesMax) return null;
  const hashes: Uint8Array[] = [];
  for (const line of lines) {
    const hash = decodeBase64(line);
    if (hash?.length !== hashBytes) return null;
    hashes.push(hash);
  }
  const proof = { index, hashes, checkpoint: text.slice(split + 2) };
  return extra === undefined ? proof : { ...proof, extra };
}

/** Checks offline that a log, known by its key and name, holds this leaf data. */
export function verifyProof(text: string, leaf: Uint8Array, key: VerifierKey, origin: string): ProofResult {
  const proof = parseProof(text);
  if (proof === null) return { ok: false, fault: "proof_malformed" };
  const verified = verifyCheckpoint(proof.checkpoint, key, origin);
  if (!verified.ok) return verified;
  const { checkpoint } = verified;
  if (!verifyInclusion(hashLeaf(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root)) {
    return { ok: false, fault: "leaf_not_included" };
  }
  return { ok: true, index: proof.index, checkpoint };
}
