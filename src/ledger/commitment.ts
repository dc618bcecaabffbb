import { createHmac, timingSafeEqual } from "node:crypto";
import { GuardError } from "../domain/guard-error.ts";
import { encodeUtf8 } from "./utf8.ts";

/** Bytes of an opening. It is fresh randomness for every record; deleting it makes the leaf unmatchable. */
export const openingBytes = 32;

/** Bytes of a commitment, which is the data of a leaf. */
export const commitmentBytes = 32;

const label = "subscriber-guard/leaf/v1";

/**
 * Leaf data of a record: HMAC-SHA256(label, opening ‖ canonical record). The label is public; what hides the
 * record is the opening, and its fixed length keeps the boundary to the record unambiguous.
 */
export function commitRecord(opening: Uint8Array, record: Uint8Array): Uint8Array {
  if (opening.length !== openingBytes) {
    throw new GuardError("internal_error", `an opening has ${openingBytes} bytes`);
  }
  return new Uint8Array(createHmac("sha256", encodeUtf8(label)).update(opening).update(record).digest());
}

/** Whether a leaf is the commitment to this record under this opening; takes the same time either way. */
export function verifyCommitment(leaf: Uint8Array, opening: Uint8Array, record: Uint8Array): boolean {
  if (leaf.length !== commitmentBytes || opening.length !== openingBytes) return false;
  return timingSafeEqual(leaf, commitRecord(opening, record));
}
