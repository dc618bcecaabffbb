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
  return sealText(customer, salt, JSON.stringify(profile));
}

function sealText(customer: OpenCustomer, salt: Buffer, text: string): Buffer {
  return customer.vault.subscriber(salt).seal(Buffer.from(text), profileContext);
}

/** Over all that a merge takes from a contact. Merging the same contact twice changes nothing, so equal means done. */
export function contactDigest(customer: OpenCustomer, contact: AssessedContact): Buffer {
  return digestOf(customer, contact, JSON.stringify(contact.profile));
}

function digestOf(customer: OpenCustomer, contact: AssessedContact, profile: string): Buffer {
  const { country, adultAt, guardianConsented } = contact;
  return customer.vault.digest(
    `[${profile},${JSON.stringify(country)},${JSON.stringify(adultAt)},${guardianConsented}]`,
  );
}

/** Both at once: the profile is written out a single time. */
export function sealContact(
  customer: OpenCustomer,
  salt: Buffer,
  contact: AssessedContact,
): { readonly profileCipher: Buffer; readonly profileDigest: Buffer } {
  const profile = JSON.stringify(contact.profile);
  return {
    profileCipher: sealText(customer, salt, profile),
    profileDigest: digestOf(customer, contact, profile),
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
