import { GuardError } from "../domain/guard-error.ts";
import { appendRecords } from "./append-record.ts";
import { openCustomer } from "./customer-access.ts";
import { openProfile } from "./gather-facts.ts";
import type { ErasureEntry } from "./ports/erasure-list.ts";
import type { Tx } from "./ports/store.ts";
import type { World } from "./world.ts";

const erasedWithinMs = 10_000;

export type Erasure = {
  readonly subscriberId: string;
  readonly erasedAt: Date;
  /** Records of the ledger of which only the commitment is left. */
  readonly recordsKept: number;
};

/**
 * Erases a person at one customer (Law 91/2025 Art. 14; GDPR Art. 17): first nothing new may go to the person, then,
 * once no hand-off is under way, everything that names the person is deleted in one transaction. Leaves and proofs
 * stay. That the number must not be written to again stays too, hashed under a key of its own (policy V.2).
 *
 * Throws GuardError `not_found`; `ledger_unavailable` where a hand-off stays open for too long: nothing new goes out,
 * nothing of the person is shown any more, and `settleErasures` or the same call made again completes it.
 */
export async function eraseSubscriber(
  world: World,
  customerId: string,
  subscriberId: string,
  now: Date,
): Promise<Erasure> {
  await blockSubscriber(world, customerId, subscriberId, now);
  const started = world.clock.elapsedMs();
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    const erasure = await completeErasure(world, customerId, subscriberId, now);
    if (erasure !== null) return erasure;
    if (world.clock.elapsedMs() - started > erasedWithinMs) {
      throw new GuardError("ledger_unavailable", "a hand-off to the person is still open", {
        retryAfterS: 2,
      });
    }
    await world.clock.sleep(pauseMs);
  }
}

/**
 * From its commit on every permit is refused and no look-up shows the person. The list outside the database learns
 * of it before anything is deleted: what it holds and the database does not is only ever done too much.
 */
export async function blockSubscriber(
  world: World,
  customerId: string,
  subscriberId: string,
  now: Date,
): Promise<void> {
  const entry = await world.store.transaction(customerId, async (tx): Promise<ErasureEntry | null> => {
    const [row] = await tx.subscribers.lock(customerId, [subscriberId], "exclusive");
    if (row === undefined) throw new GuardError("not_found", "no such subscriber");
    if (row.erasedAt === null) await tx.subscribers.update(customerId, [{ ...row, erasedAt: now }], now);
    if (row.salt === null) return null;
    const customer = await openCustomer(world, tx, customerId);
    const phone = openProfile(customer, row)?.phone;
    const numberIndex = phone === undefined ? null : customer.vault.suppressionIndex(phone);
    return { customerId, subscriberId, numberIndex, erasedAt: row.erasedAt ?? now };
  });
  if (entry !== null) await world.erasures.add([entry]);
}

/** null: a hand-off is still open. Its outcome will be a record of the person, so that erasing must wait for it. */
export async function completeErasure(
  world: World,
  customerId: string,
  subscriberId: string,
  now: Date,
): Promise<Erasure | null> {
  return world.store.transaction(customerId, (tx) => erase(world, tx, customerId, subscriberId, now));
}

async function erase(
  world: World,
  tx: Tx,
  customerId: string,
  subscriberId: string,
  now: Date,
): Promise<Erasure | null> {
  const customer = await openCustomer(world, tx, customerId);
  if (await tx.handOffs.anyOpen(subscriberId, null, null)) return null;
  const [seen] = await tx.subscribers.byIds(customerId, [subscriberId]);
  if (seen === undefined) throw new GuardError("not_found", "no such subscriber");
  const erasedAt = seen.erasedAt ?? now;
  if (seen.salt === null) return { subscriberId, erasedAt, recordsKept: 0 };
  const phone = openProfile(customer, seen)?.phone;
  // As permits do it: messages are locked before their subscriber.
  const campaigns = await tx.erasure.erase(
    customerId,
    subscriberId,
    world.entropy.bytes(seen.phoneIndex.length),
    now,
  );
  const recordsKept = await tx.ledger.eraseSubscriber(subscriberId);
  if (phone !== undefined) {
    await tx.erasure.suppress(customerId, customer.vault.suppressionIndex(phone), erasedAt, recordsKept);
  }
  await appendRecords(world, tx, { id: customerId, vault: customer.vault }, [
    {
      salt: null,
      draft: {
        kind: "erasure",
        subscriber: { id: subscriberId, phone: "" },
        note: `${recordsKept} records kept as commitments`,
      },
    },
  ]);
  await tx.campaigns.completeIfDone(campaigns, now);
  return { subscriberId, erasedAt, recordsKept };
}
