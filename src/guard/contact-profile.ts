import type { AssessedContact, Profile } from "./assess-contact.ts";
import type { OpenCustomer } from "./customer-access.ts";
import type { SubscriberRow } from "./ports/subscriber-records.ts";

export const profileContext = "subscriber.profile";

/** What is kept of someone who was erased and is uploaded again: the number, by which the refusal is found. */
export function withheld(contact: AssessedContact): AssessedContact {
  return {
    ...contact,
    profile: { phone: contact.profile.phone },
    country: null,
    adultAt: null,
    guardianConsented: false,
  };
}

/** Under the subscriber's own key, which dies with the salt. */
export function sealProfile(customer: OpenCustomer, salt: Buffer, profile: Profile): Buffer {
  return customer.vault.subscriber(salt).seal(Buffer.from(JSON.stringify(profile)), profileContext);
}

/** What a merge takes from a contact beside the profile, behind the NUL that JSON never holds; "": the usual. */
export function besideProfile(contact: Pick<AssessedContact, Beside>): string {
  const { country, adultAt, guardianConsented } = contact;
  return country === null && adultAt === null && !guardianConsented
    ? ""
    : `\0${JSON.stringify([country, adultAt, guardianConsented])}`;
}

type Beside = "country" | "adultAt" | "guardianConsented";

/** What `besideProfile` wrote behind the NUL. */
export function readBeside(text: string): Pick<AssessedContact, Beside> {
  if (text === "") return { country: null, adultAt: null, guardianConsented: false };
  const [country, adultAt, guardianConsented] = JSON.parse(text) as [string | null, string | null, boolean];
  return { country, adultAt: adultAt === null ? null : new Date(adultAt), guardianConsented };
}

/** Over all that a merge takes from a contact. Merging the same contact twice changes nothing, so equal means done. */
export function contactDigest(customer: OpenCustomer, contact: AssessedContact): Buffer {
  const text = Buffer.from(JSON.stringify(contact.profile) + besideProfile(contact));
  return Buffer.from(customer.vault.bulk(profileContext).digest(text), "latin1");
}

/** Both at once, for a contact that is sealed alone. */
export function sealContact(
  customer: OpenCustomer,
  salt: Buffer,
  contact: AssessedContact,
): { readonly profileCipher: Buffer; readonly profileDigest: Buffer } {
  return {
    profileCipher: sealProfile(customer, salt, contact.profile),
    profileDigest: contactDigest(customer, contact),
  };
}

/**
 * The row as it must become, null if the upload says nothing new and the row knows it. What the upload leaves out
 * stays. `says`: something changes but the digest.
 */
export function changedProfile(
  customer: OpenCustomer,
  row: SubscriberRow,
  contact: AssessedContact,
): (SubscriberRow & { readonly says: boolean }) | null {
  if (row.salt === null) return null;
  const sealer = customer.vault.subscriber(row.salt);
  const before: Profile | null =
    row.profileCipher === null
      ? null
      : (JSON.parse(sealer.open(row.profileCipher, profileContext).toString("utf8")) as Profile);
  const after: Profile = {
    ...before,
    ...contact.profile,
    ...(before?.attributes === undefined && contact.profile.attributes === undefined
      ? {}
      : { attributes: { ...before?.attributes, ...contact.profile.attributes } }),
  };
  const next: SubscriberRow = {
    ...row,
    profileDigest: contactDigest(customer, contact),
    known: true,
    country: contact.country ?? row.country,
    adultAt:
      contact.profile.birthDate === undefined && contact.adultAt === null ? row.adultAt : contact.adultAt,
    guardianConsented: contact.guardianConsented || row.guardianConsented,
  };
  const same =
    before !== null &&
    row.known &&
    isEqual(before, after) &&
    next.country === row.country &&
    next.adultAt?.getTime() === row.adultAt?.getTime() &&
    next.guardianConsented === row.guardianConsented;
  return { ...next, ...(same ? {} : { profileCipher: sealProfile(customer, row.salt, after) }), says: !same };
}

/** Two plain values of JSON; the order of members does not matter. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return left.size === right.size && [...left].every(([name, value]) => isEqual(value, right.get(name)));
}
