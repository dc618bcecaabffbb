import { GuardError } from "../domain/guard-error.ts";
import { tileWidthMax } from "./tile.ts";

/** Largest entry that a uint16 length can announce, in bytes. */
const entryBytesMax = 65_535;

/** C2SP tlog-tiles entry bundle: each entry after its big-endian uint16 length. */
export function formatEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > tileWidthMax || entries.some((entry) => entry.length > entryBytesMax)) {
    throw new GuardError("internal_error", "entries do not fit a bundle");
  }
  const bundle = Buffer.alloc(entries.reduce((bytes, entry) => bytes + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    at = bundle.writeUInt16BE(entry.length, at);
    bundle.set(entry, at);
    at += entry.length;
  }
  return new Uint8Array(bundle);
}

/** What a bundle holds; `complete` is false where bytes are left that are no entry. */
export type EntryBundle = { readonly entries: readonly Uint8Array[]; readonly complete: boolean };

/** Reads hostile bytes: at most `entriesMax` entries, up to the first that is cut off. */
export function parseEntryBundle(bytes: Uint8Array, entriesMax = tileWidthMax): EntryBundle {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= bytes.length && entries.length < entriesMax) {
    const end = at + 2 + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
    if (end > bytes.length) break;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return { entries, complete: at === bytes.length };
}
