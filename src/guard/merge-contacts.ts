import type { RowFault } from "../domain/contract.gen.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { type Declared, declare } from "./declare.ts";
import { erasedNumbers } from "./erased-numbers.ts";
import { mergeErased } from "./merge-erased.ts";
import { mergeFresh } from "./merge-fresh.ts";
import type { MergeItem, MergeResult } from "./merge-item.ts";
import { type Candidate, mergeKnown } from "./merge-known.ts";
import { scopesOf } from "./merge-scopes.ts";
import { bytesOf, contactPacker, itemAt, type PackedContacts, slicesOf } from "./packed-contacts.ts";
import type { Tx } from "./ports/store.ts";
import type { KnownSubscriber, PermissionRow } from "./ports/subscriber-records.ts";
import type { World } from "./world.ts";

/** What became of packed contacts, by their position. */
export type Merged = {
  statusAt(position: number): MergeResult["status"];
  codesAt(position: number): readonly RowFault[];
};

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
  const packer = contactPacker(customer);
  for (const item of items) packer.add(item.contact, item.declaration);
  const packed = packer.packed();
  const merged = await mergePacked(world, tx, customer, packed, null);
  const indexes = packed.keys.filter((_, position) => packed.firsts[position] === position);
  const ids = new Map(
    (
      await tx.subscribers.known(
        customer.row.id,
        indexes.map((key) => Buffer.from(key, "latin1")),
        false,
      )
    ).map((row) => [row.phoneIndex.toString("latin1"), row.id]),
  );
  return packed.keys.map((key, position) => {
    const subscriberId = ids.get(key);
    if (subscriberId === undefined) throw new Error("a merged contact has no subscriber");
    return { status: merged.statusAt(position), subscriberId, codes: merged.codesAt(position) };
  });
}

const noCodes: readonly RowFault[] = [];

/** `importId`: the import that the contacts belong to. */
export async function mergePacked(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  packed: PackedContacts,
  importId: string | null,
): Promise<Merged> {
  const { firsts, minorOnly } = packed;
  const declarationIdOf = await declare(world, tx, customer, packed.declarations);
  const all: number[] = [];
  for (let position = 0; position < packed.count; position++)
    if (firsts[position] === position) all.push(position);
  // Asked here and not before: whoever was erased in between is not taken in again.
  const erased = new Set(await erasedAmong(tx, customer, packed, all));
  const results = new Map(await mergeErased(world, tx, customer, packed, [...erased], importId));
  const positions = erased.size === 0 ? all : all.filter((position) => !erased.has(position));

  const { settled, open } = await meet(tx, customer, packed, positions, declarationIdOf, importId);
  const fresh = await mergeFresh(
    world,
    tx,
    customer,
    packed,
    positions.filter((position) => !settled.has(position) && !open.has(position)),
    declarationIdOf,
    importId,
  );
  for (const [position, row] of fresh.known) open.set(position, row);
  await mergeOpen(world, tx, customer, packed, open, declarationIdOf, importId, results);
  const firstStatus = (first: number): MergeResult["status"] =>
    results.get(first)?.status ??
    (minorOnly[first] === true ? "quarantined" : fresh.rowOf.has(first) ? "accepted" : "duplicate");
  return {
    statusAt(position) {
      const first = firsts[position] ?? position;
      if (first === position) return firstStatus(position);
      return minorOnly[position] === true ? "quarantined" : "duplicate";
    },
    codesAt(position) {
      const first = firsts[position] ?? position;
      return results.get(first)?.codes ?? packed.codes.get(first) ?? noCodes;
    },
  };
}

type Opened = Map<number, KnownSubscriber>;

/** Which numbers are known, and of those the ones of which the row says nothing new. */
async function meet(
  tx: Tx,
  customer: OpenCustomer,
  packed: PackedContacts,
  positions: readonly number[],
  declarationIdOf: (declaration: Declared) => string,
  importId: string | null,
): Promise<{ readonly settled: ReadonlySet<number>; readonly open: Opened }> {
  const settled = new Set<number>();
  const open: Opened = new Map();
  for (const scope of scopesOf(packed.declarations, positions)) {
    const of = scope.positions;
    const met = await tx.subscribers.meet(customer.row.id, importId, {
      phoneIndexes: bytesOf(of.map((position) => packed.keys[position] ?? "")),
      digests: slicesOf(packed.digests, of),
      declarationIds: of.map((position) => declarationIdOf(packed.declarations[position] as Declared)),
      collectedAts: Float64Array.from(of, (position) => packed.collectedAts[position] ?? Number.NaN),
      channels: scope.channels,
      purposes: scope.purposes,
    });
    for (const at of met.settled) settled.add(of[at] ?? -1);
    for (const row of met.open) open.set(of[row.position] ?? -1, row);
  }
  return { settled, open };
}

/** Rows whose number is known and that say something new, or meet a refusal. */
async function mergeOpen(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  packed: PackedContacts,
  open: Opened,
  declarationIdOf: (declaration: Declared) => string,
  importId: string | null,
  results: Map<number, MergeResult>,
): Promise<void> {
  if (open.size === 0) return;
  const ids = [...open.values()].map((row) => row.id);
  const before = new Set(importId === null ? [] : await tx.imports.addContacts(importId, ids));
  const candidates: Candidate[] = [];
  for (const [position, row] of open) {
    const item = itemAt(packed, position);
    if (!before.has(row.id)) {
      candidates.push({ position, item, row, declarationId: declarationIdOf(item.declaration) });
      continue;
    }
    const { minorOnly, codes } = item.contact;
    results.set(position, { status: minorOnly ? "quarantined" : "duplicate", subscriberId: row.id, codes });
  }
  const permissions: PermissionRow[] = [];
  const now = world.clock.now();
  await mergeKnown(tx, customer, candidates, permissions, results, now);
  await tx.subscribers.addPermissions(customer.row.id, permissions);
}

/** Positions of numbers whose owner was erased. */
async function erasedAmong(
  tx: Tx,
  customer: OpenCustomer,
  packed: PackedContacts,
  positions: readonly number[],
): Promise<readonly number[]> {
  if (!(await tx.erasure.hasSuppressed(customer.row.id))) return [];
  const phones = positions.map((position) => itemAt(packed, position).contact.profile.phone);
  const erased = await erasedNumbers(tx, customer, phones);
  return positions.filter((_, at) => erased.has(phones[at] ?? ""));
}
