import { sealContact, withheld } from "./contact-profile.ts";
import type { OpenCustomer } from "./customer-access.ts";
import type { MergeResult } from "./merge-item.ts";
import { itemAt, type PackedContacts } from "./packed-contacts.ts";
import type { Tx } from "./ports/store.ts";
import type { SubscriberRow } from "./ports/subscriber-records.ts";
import { rowFault } from "./row-fixes.ts";
import type { World } from "./world.ts";

/** Nothing of an erased person is taken in but the number: neither what the row says nor what it would grant. */
export async function mergeErased(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  packed: PackedContacts,
  positions: readonly number[],
  importId: string | null,
): Promise<ReadonlyMap<number, MergeResult>> {
  if (positions.length === 0) return new Map();
  const now = world.clock.now();
  const items = positions.map((position) => itemAt(packed, position));
  const rows = items.map((item, at): SubscriberRow => {
    const salt = world.entropy.bytes(16);
    const contact = withheld(item.contact);
    return {
      id: world.entropy.id(now),
      phoneIndex: Buffer.from(packed.keys[positions[at] ?? -1] ?? "", "latin1"),
      salt,
      ...sealContact(customer, salt, contact),
      known: true,
      country: null,
      adultAt: null,
      guardianConsented: false,
      restrictedAt: null,
      objectedAt: null,
      erasedAt: null,
    };
  });
  const known = new Map(
    (await tx.subscribers.addNew(customer.row.id, rows, now)).map((row) => [
      row.phoneIndex.toString("latin1"),
      row.id,
    ]),
  );
  const ids = rows.map((row) => known.get(row.phoneIndex.toString("latin1")) ?? row.id);
  const before = new Set(importId === null ? [] : await tx.imports.addContacts(importId, ids));
  return new Map(
    positions.map((position, at): readonly [number, MergeResult] => {
      const { contact } = items[at] as (typeof items)[number];
      const subscriberId = ids[at] ?? "";
      return [
        position,
        before.has(subscriberId)
          ? { status: contact.minorOnly ? "quarantined" : "duplicate", subscriberId, codes: contact.codes }
          : {
              status: contact.minorOnly ? "quarantined" : "accepted",
              subscriberId,
              codes: [...contact.codes, rowFault("opted_out_kept", "phone")],
            },
      ];
    }),
  );
}
