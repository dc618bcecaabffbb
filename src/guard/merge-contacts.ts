import type { RowFault } from "../domain/contract.gen.ts";
import { addGrants } from "./add-grants.ts";
import { withheld } from "./contact-profile.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { declare } from "./declare.ts";
import { erasedNumbers } from "./erased-numbers.ts";
import type { MergeItem, MergeResult } from "./merge-item.ts";
import { type Candidate, mergeKnown } from "./merge-known.ts";
import type { Tx } from "./ports/store.ts";
import type { PermissionRow, SubscriberRow } from "./ports/subscriber-records.ts";
import { freshRow, keyOf, type PreparedMerge, prepareMerge } from "./prepare-merge.ts";
import { rowFault } from "./row-fixes.ts";
import type { World } from "./world.ts";

/**
 * Brings contacts into the store, set-based, in the order given. A number that is new is added; a known one is
 * updated where the row says something else. What a person refused or withdrew stays so: an upload never undoes it.
 * Of several rows with one number the first counts, within `items` as within the whole import.
 */
export async function mergeContacts(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  items: readonly MergeItem[],
): Promise<readonly MergeResult[]> {
  const prepared = await prepareMerge(world, customer, items, (indexes) =>
    tx.subscribers.known(customer.row.id, indexes, false),
  );
  return mergePrepared(world, tx, customer, prepared, null);
}

/** `importId`: the import that the contacts belong to. */
export async function mergePrepared(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  prepared: PreparedMerge,
  importId: string | null,
): Promise<readonly MergeResult[]> {
  const { items, keys, firsts, fresh } = prepared;
  if (items.length === 0) return [];
  const now = world.clock.now();
  const customerId = customer.row.id;
  const isFirst = (position: number): boolean => firsts[position] === position;
  const known = new Map(prepared.stored);
  // Asked here and not before: whoever was erased in between is not taken in again.
  const erased = await erasedNumbers(
    tx,
    customer,
    items.map((item) => item.contact.profile.phone),
  );
  const isErased = (item: MergeItem): boolean => erased.has(item.contact.profile.phone);
  const added = [...fresh].map(([position, row]): SubscriberRow => {
    const item = items[position];
    if (item === undefined || !isErased(item)) return row;
    return { ...freshRow(world, customer, withheld(item.contact), row.phoneIndex, now), id: row.id };
  });
  for (const row of await tx.subscribers.addNew(customerId, added, now))
    known.set(keyOf(row.phoneIndex), row);
  const idAt = (position: number): string => {
    const id = known.get(keys[position] ?? "")?.id ?? fresh.get(position)?.id;
    if (id === undefined) throw new Error("a number is neither known nor new");
    return id;
  };
  const positions = [...items.keys()].filter(isFirst);
  const before = new Set(
    importId === null ? [] : await tx.imports.addContacts(importId, positions.map(idAt)),
  );
  const declarationIds = await declare(
    world,
    tx,
    customer,
    items.map((item) => item.declaration),
  );

  const results: MergeResult[] = new Array<MergeResult>(items.length);
  const permissions: PermissionRow[] = [];
  const toLookInto: Candidate[] = [];
  for (const position of positions) {
    const item = items[position] as MergeItem;
    const row = known.get(keys[position] ?? "");
    const declarationId = declarationIds(item.declaration);
    if (row !== undefined) {
      if (before.has(row.id)) results[position] = repeated(item, row.id, item.contact.codes);
      else if (isErased(item)) results[position] = kept(item, row.id);
      else toLookInto.push({ position, item, row, declarationId });
      continue;
    }
    const subscriberId = idAt(position);
    if (isErased(item)) {
      results[position] = kept(item, subscriberId);
      continue;
    }
    if (!item.contact.minorOnly) addGrants(permissions, item, subscriberId, declarationId, [], now);
    results[position] = {
      status: item.contact.minorOnly ? "quarantined" : "accepted",
      subscriberId,
      codes: item.contact.codes,
    };
  }
  await mergeKnown(tx, customer, toLookInto, permissions, results, now);
  await tx.subscribers.addPermissions(customerId, permissions);
  items.forEach((item, position) => {
    if (isFirst(position)) return;
    const first = results[firsts[position] ?? -1];
    if (first === undefined) throw new Error("a merged contact has no result");
    results[position] = repeated(item, first.subscriberId, first.codes);
  });
  return results;
}

function repeated(item: MergeItem, subscriberId: string, codes: readonly RowFault[]): MergeResult {
  return { status: item.contact.minorOnly ? "quarantined" : "duplicate", subscriberId, codes };
}

/** Nothing of an erased person is taken in: neither what the row says nor what it would grant. */
function kept(item: MergeItem, subscriberId: string): MergeResult {
  return {
    status: item.contact.minorOnly ? "quarantined" : "accepted",
    subscriberId,
    codes: [...item.contact.codes, rowFault("opted_out_kept", "phone")],
  };
}
