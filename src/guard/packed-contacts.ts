import type { RowFault } from "../domain/contract.gen.ts";
import { collectedMsOf } from "./add-grants.ts";
import type { AssessedContact, Profile } from "./assess-contact.ts";
import { besideProfile, profileContext, readBeside } from "./contact-profile.ts";
import type { OpenCustomer } from "./customer-access.ts";
import type { Declared } from "./declare.ts";
import type { MergeItem } from "./merge-item.ts";
import type { BulkTexts } from "./ports/vault.ts";

/**
 * Contacts in columns: what a merge needs of each, and no object for each of a million rows, which would cost the
 * collector more than the row itself. The few that must be looked into are written out again by `contactAt`.
 */
export type PackedContacts = BulkTexts & {
  readonly count: number;
  /** Blind index of the number, as 16 Latin-1 characters. */
  readonly keys: readonly string[];
  /** Position of the first contact with the same number. */
  readonly firsts: readonly number[];
  /** When the consent was given, in milliseconds since 1970; NaN: neither row nor declaration says. */
  readonly collectedAts: readonly number[];
  readonly declarations: readonly Declared[];
  readonly countries: readonly (string | null)[];
  readonly adultAts: readonly (Date | null)[];
  readonly guardianConsented: readonly boolean[];
  readonly minorOnly: readonly boolean[];
  /** By position, where there are any. */
  readonly codes: ReadonlyMap<number, readonly RowFault[]>;
};

export type ContactPacker = {
  add(contact: AssessedContact, declaration: Declared): void;
  packed(): PackedContacts;
};

const textBytesAtFirst = 64 * 1024;

export function contactPacker(customer: OpenCustomer): ContactPacker {
  const bulk = customer.vault.bulk(profileContext);
  const firstOf = new Map<string, number>();
  const keys: string[] = [];
  const firsts: number[] = [];
  const ends: number[] = [];
  const digests: string[] = [];
  const collectedAts: number[] = [];
  const declarations: Declared[] = [];
  const countries: (string | null)[] = [];
  const adultAts: (Date | null)[] = [];
  const guardianConsented: boolean[] = [];
  const minorOnly: boolean[] = [];
  const codes = new Map<number, readonly RowFault[]>();
  let texts = Buffer.allocUnsafe(textBytesAtFirst);
  let end = 0;
  const append = (text: string): void => {
    // UTF-8 needs at most three bytes for a unit of a JavaScript string.
    const needed = end + text.length * 3;
    if (needed > texts.length) {
      const larger = Buffer.allocUnsafe(Math.max(texts.length * 2, needed));
      texts.copy(larger, 0, 0, end);
      texts = larger;
    }
    end += texts.write(text, end);
  };
  return {
    add(contact, declaration) {
      const position = keys.length;
      const key = customer.vault.phoneKey(contact.profile.phone);
      const first = firstOf.get(key);
      if (first === undefined) firstOf.set(key, position);
      keys.push(key);
      firsts.push(first ?? position);
      const start = end;
      append(JSON.stringify(contact.profile) + besideProfile(contact));
      ends.push(end);
      digests.push(bulk.digest(texts.subarray(start, end)));
      collectedAts.push(collectedMsOf(contact, declaration));
      declarations.push(declaration);
      countries.push(contact.country);
      adultAts.push(contact.adultAt);
      guardianConsented.push(contact.guardianConsented);
      minorOnly.push(contact.minorOnly);
      if (contact.codes.length > 0) codes.set(position, contact.codes);
    },
    packed: () => ({
      count: keys.length,
      keys,
      firsts,
      texts,
      ends: Uint32Array.from(ends),
      digests: bytesOf(digests),
      collectedAts,
      declarations,
      countries,
      adultAts,
      guardianConsented,
      minorOnly,
      codes,
    }),
  };
}

/** What was packed at that position. */
export function itemAt(packed: PackedContacts, position: number): MergeItem {
  const start = position === 0 ? 0 : (packed.ends[position - 1] ?? 0);
  const end = packed.ends[position] ?? 0;
  const [profile = "", beside = ""] = packed.texts.toString("utf8", start, end).split("\0");
  const collectedMs = packed.collectedAts[position] ?? Number.NaN;
  return {
    contact: {
      // Our own writing, from a moment ago.
      profile: JSON.parse(profile) as Profile,
      ...readBeside(beside),
      consentedAt: Number.isNaN(collectedMs) ? null : new Date(collectedMs),
      minorOnly: packed.minorOnly[position] === true,
      codes: packed.codes.get(position) ?? [],
    },
    declaration: packed.declarations[position] as MergeItem["declaration"],
  };
}

/** 16 bytes for each key, digest or the like that is kept as Latin-1. */
export function bytesOf(texts: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(texts.length * 16);
  for (let at = 0; at < texts.length; at++) bytes.write(texts[at] ?? "", at * 16, 16, "latin1");
  return bytes;
}

/** Those at `positions` of values of 16 bytes, in that order. */
export function slicesOf(bytes: Buffer, positions: readonly number[]): Buffer {
  const slices = Buffer.allocUnsafe(positions.length * 16);
  let to = 0;
  for (const position of positions) {
    for (let from = position * 16, end = from + 16; from < end; ) slices[to++] = bytes[from++] ?? 0;
  }
  return slices;
}
