import type { AssessedContact } from "./assess-contact.ts";
import { sealContact } from "./contact-profile.ts";
import type { OpenCustomer } from "./customer-access.ts";
import type { MergeItem } from "./merge-item.ts";
import { nextTurn, rowsPerTurn } from "./next-turn.ts";
import type { KnownSubscriber, SubscriberRow } from "./ports/subscriber-records.ts";
import type { World } from "./world.ts";

/** Contacts with what can be worked out before the transaction that merges them. */
export type PreparedMerge = {
  readonly items: readonly MergeItem[];
  /** Beside `items`: the blind index as a key, and the position of the first item with the same number. */
  readonly keys: readonly string[];
  readonly firsts: readonly number[];
  /** What was known, by the blind index. */
  readonly stored: ReadonlyMap<string, KnownSubscriber>;
  /** Rows for numbers that were not known, by the position of their item. */
  readonly fresh: ReadonlyMap<number, SubscriberRow>;
};

type Known = (indexes: readonly Buffer[]) => Promise<readonly KnownSubscriber[]>;

/**
 * Seals what is new. What `known` answers may be a moment old: a row that says the same as was known then is as if
 * it had come at that moment, and any other is looked at again under its lock.
 */
export async function prepareMerge(
  world: World,
  customer: OpenCustomer,
  items: readonly MergeItem[],
  known: Known,
): Promise<PreparedMerge> {
  const now = world.clock.now();
  const firstOf = new Map<string, number>();
  const indexes: Buffer[] = [];
  const keys: string[] = [];
  const firsts = items.map((item, position) => {
    const index = customer.vault.phoneIndex(item.contact.profile.phone);
    const key = keyOf(index);
    indexes.push(index);
    keys.push(key);
    const first = firstOf.get(key);
    if (first !== undefined) return first;
    firstOf.set(key, position);
    return position;
  });
  const distinct = indexes.filter((_, position) => firsts[position] === position);
  const stored = new Map((await known(distinct)).map((row) => [keyOf(row.phoneIndex), row]));
  const fresh = new Map<number, SubscriberRow>();
  let sealed = 0;
  for (const [position, item] of items.entries()) {
    const phoneIndex = indexes[position];
    if (phoneIndex === undefined || firsts[position] !== position || stored.has(keys[position] ?? ""))
      continue;
    fresh.set(position, freshRow(world, customer, item.contact, phoneIndex, now));
    if (++sealed % rowsPerTurn === 0) await nextTurn();
  }
  return { items, keys, firsts, stored, fresh };
}

/** The row of a number that is not known yet. */
export function freshRow(
  world: World,
  customer: OpenCustomer,
  contact: AssessedContact,
  phoneIndex: Buffer,
  now: Date,
): SubscriberRow {
  const salt = world.entropy.bytes(16);
  return {
    id: world.entropy.id(now),
    phoneIndex,
    salt,
    ...sealContact(customer, salt, contact),
    known: true,
    country: contact.country,
    adultAt: contact.adultAt,
    guardianConsented: contact.guardianConsented,
    restrictedAt: null,
    objectedAt: null,
    erasedAt: null,
  };
}

/** Short and cheap to compare, unlike the bytes. */
export function keyOf(index: Buffer): string {
  return index.toString("latin1");
}
