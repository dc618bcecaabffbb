import type { Purpose } from "../domain/vocabulary.ts";
import type { HandOffFacts } from "../rules/facts.ts";
import type { OpenCustomer } from "./customer-access.ts";
import type { Tx } from "./ports/store.ts";
import type { World } from "./world.ts";

/** Purposes whose hand-offs the law counts by advertiser and number (Decree 91/2020 Art. 13, 25). */
export function isCounted(purpose: Purpose): boolean {
  return purpose === "advertising" || purpose === "registration";
}

/**
 * A transaction for a decision about this customer's subscribers. Customers of one legal entity are one advertiser:
 * where there are others, it works as the service itself, so that their hand-offs to the same number are counted.
 */
export async function decisionTransaction<T>(
  world: World,
  customerId: string,
  /** null: not known yet. */
  purpose: Purpose | null,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const alone = (purpose !== null && !isCounted(purpose)) || (await siblingCount(world, customerId)) === 0;
  return world.store.transaction(alone ? customerId : "*", work);
}

async function siblingCount(world: World, customerId: string): Promise<number> {
  return world.store.transaction("*", async (tx) => {
    const row = await tx.customers.get(customerId);
    return row === null ? 0 : (await tx.customers.siblings(row.id, row.legalKey)).length;
  });
}

/** Other customers of the same legal entity that this transaction can see. */
export async function openSiblings(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
): Promise<readonly OpenCustomer[]> {
  const rows = await tx.customers.siblings(customer.row.id, customer.row.legalKey);
  return rows.map((row) => ({ row, vault: world.vault.customer(row.id, row.keyWrapped) }));
}

/** The subscribers of the siblings that stand for these numbers, by number. */
export async function siblingSubscribers(
  tx: Tx,
  siblings: readonly OpenCustomer[],
  phones: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const idsOf = new Map<string, string[]>();
  for (const { row, vault } of siblings) {
    // Each customer has an index key of its own: nothing joins two of them but the number itself.
    const phoneOf = new Map(phones.map((phone) => [vault.phoneIndex(phone).toString("hex"), phone]));
    const indexes = [...phoneOf.keys()].map((hex) => Buffer.from(hex, "hex"));
    for (const subscriber of await tx.subscribers.known(row.id, indexes, false)) {
      const phone = phoneOf.get(subscriber.phoneIndex.toString("hex"));
      if (phone !== undefined) idsOf.set(phone, [...(idsOf.get(phone) ?? []), subscriber.id]);
    }
  }
  return idsOf;
}

/**
 * Locks a person's rows at all customers of the legal entity, in the order of ids. A sibling that takes a number in
 * meanwhile adds a row that was not there to be locked: the question is asked again until its answer stands.
 */
export async function lockPersons(
  tx: Tx,
  siblings: readonly OpenCustomer[],
  own: readonly string[],
  phones: readonly string[],
): Promise<void> {
  const locked = new Set<string>();
  for (;;) {
    const others = [...(await siblingSubscribers(tx, siblings, phones)).values()].flat();
    const missing = [...own, ...others].filter((id) => !locked.has(id));
    if (missing.length === 0) return;
    await tx.handOffs.lockPersons(missing);
    for (const id of missing) locked.add(id);
  }
}

/** Hand-offs of both, newest first. */
export function mergeHandOffs(
  own: readonly HandOffFacts[],
  others: readonly HandOffFacts[],
): readonly HandOffFacts[] {
  return others.length === 0 ? own : [...own, ...others].sort((a, b) => b.at.getTime() - a.at.getTime());
}
