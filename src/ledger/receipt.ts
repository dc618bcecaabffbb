import { GuardError } from "../domain/guard-error.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { canonicalText } from "./canonical.ts";
import { commitmentBytes, commitRecord, openingBytes, verifyCommitment } from "./commitment.ts";
import { formatVerifierKey, type VerifierKey } from "./note-key.ts";
import { type ProofFault, verifyProof } from "./proof.ts";
import { encodeUtf8, isWellFormed } from "./utf8.ts";

const format = "subscriber-guard/receipt/v1";

/** Longest receipt that is read, in characters. */
const receiptCharactersMax = 4_000_000;

/** One record with all that shows it stands in the log: a file to hand to the person it concerns. */
export type Receipt = {
  /** The canonical JSON text that was committed, byte for byte. */
  readonly record: string;
  readonly opening: Uint8Array;
  /** The C2SP tlog-proof text. */
  readonly proof: string;
  /** Says which key the log had; a verifier has to know the key from elsewhere. */
  readonly verifierKey: VerifierKey;
};

export type ReceiptFault =
  | "receipt_malformed"
  | "record_not_canonical"
  | "record_altered"
  | "key_not_trusted"
  | ProofFault;

export type ReceiptResult =
  | {
      readonly ok: true;
      readonly record: unknown;
      readonly index: bigint;
      readonly origin: string;
      readonly treeSize: bigint;
    }
  | { readonly ok: false; readonly fault: ReceiptFault };

/** The JSON text of a receipt. */
export function formatReceipt(receipt: Receipt): string {
  if (!isCanonical(receipt.record)) throw new GuardError("internal_error", "record is not canonical");
  const members = {
    format,
    record: receipt.record,
    opening: encodeBase64(receipt.opening),
    // Redundant, so that an altered record can be told from a leaf that the log does not hold.
    leaf: encodeBase64(commitRecord(receipt.opening, encodeUtf8(receipt.record))),
    proof: receipt.proof,
    verifierKey: formatVerifierKey(receipt.verifierKey),
  };
  return `${JSON.stringify(members, null, 2)}\n`;
}

/** Checks a hostile receipt offline against the key and the origin that the verifier trusts. */
export function verifyReceipt(text: string, key: VerifierKey, origin: string): ReceiptResult {
  const members = parseMembers(text);
  if (members === null) return { ok: false, fault: "receipt_malformed" };
  const { record, opening, leaf, proof, verifierKey } = members;
  if (verifierKey !== formatVerifierKey(key)) return { ok: false, fault: "key_not_trusted" };
  if (!verifyCommitment(leaf, opening, encodeUtf8(record))) return { ok: false, fault: "record_altered" };
  // Two readers could understand a text with repeated keys in two ways.
  if (!isCanonical(record)) return { ok: false, fault: "record_not_canonical" };
  const proven = verifyProof(proof, leaf, key, origin);
  if (!proven.ok) return proven;
  const { checkpoint, index } = proven;
  const parsed: unknown = JSON.parse(record);
  return { ok: true, record: parsed, index, origin: checkpoint.origin, treeSize: checkpoint.size };
}

type Members = {
  readonly record: string;
  readonly opening: Uint8Array;
  readonly leaf: Uint8Array;
  readonly proof: string;
  readonly verifierKey: string;
};

function parseMembers(text: string): Members | null {
  if (text.length > receiptCharactersMax) return null;
  const members = parseJson(text);
  if (typeof members !== "object" || members === null) return null;
  const read = (name: string): string => {
    const value: unknown = Object.hasOwn(members, name) ? Reflect.get(members, name) : undefined;
    return typeof value === "string" && isWellFormed(value) ? value : "";
  };
  const opening = decodeBase64(read("opening"));
  const leaf = decodeBase64(read("leaf"));
  if (read("format") !== format || opening?.length !== openingBytes || leaf?.length !== commitmentBytes) {
    return null;
  }
  return { record: read("record"), opening, leaf, proof: read("proof"), verifierKey: read("verifierKey") };
}

function isCanonical(record: string): boolean {
  try {
    return canonicalText(JSON.parse(record)) === record;
  } catch {
    return false;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
