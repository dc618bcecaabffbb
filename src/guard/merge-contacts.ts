import type { ConsentDetails, Declaration, RowFault } from "../domain/contract.gen.ts";
import type { Channel, Purpose } from "../domain/vocabulary.ts";
import { canonicalText } from "../ledger/canonical.ts";
import type { AssessedContact, Profile } from "./assess-contact.ts";
import type { OpenCustomer } from "./customer-access.ts";
import type { Tx } from "./ports/store.ts";
import type {
  DeclaredPermissionRow,
  PermissionRow,
  RefusalRow,
  SubscriberRow,
} from "./ports/subscriber-records.ts";
import { rowFault } from "./row-fixes.ts";
import type { World } from "./world.ts";

export type Declared = {
  readonly basis: Declaration["basis"];
  readonly purposes: readonly Purpose[];
  readonly channels: readonly Channel[];
  readonly consent?: ConsentDetails;
};

export type MergeItem = { readonly contact: AssessedContact; readonly declaration: Declared };

export type MergeResult = {
  readonly status: "accepted" | "updated" | "duplicate" | "quarantined";
  readonly subscriberId: string;
  readonly codes: readonly RowFault[];
};

export const profileContext = "subscriber.profile";

/** A declaration as it is stored: equal ones are one row. */
export function declarationDigest(
  world: World,
  declaration: Declared,
): { readonly digest: Buffer; readonly body: object } {
  const body = {
    basis: declaration.basis,
    ...(declaration.consent === undefined ? {} : { consent: declaration.consent }),
  };
  return { digest: world.sha256(canonicalText(body)), body };
}

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
  importId: string | null = null,
): Promise<readonly MergeResult[]> {
  if (items.length === 0) return [];
  const now = world.clock.now();
  const firstOf = new Map<string, number>();
  const indexes = items.map((item) => customer.vault.phoneIndex(item.contact.profile.phone));
  indexes.forEach((index, position) => {
    const key = index.toString("hex");
    if (!firstOf.has(key)) firstOf.set(key, position);
  });
  const firsts = [...firstOf.values()];

  const fresh = firsts.map((position) => freshRow(world, customer, items, indexes, position, now));
  const freshIds = new Set(fresh.map((row) => row.id));
  const stored = new Map(
    (await tx.subscribers.addOrLock(customer.row.id, fresh, now)).map((row) => [
      row.phoneIndex.toString("hex"),
      row,
    ]),
  );
  const ids = [...stored.values()].map((row) => row.id);
  const known = ids.filter((id) => !freshIds.has(id));
  const addedNow = importId === null ? null : new Set(await tx.imports.addContacts(importId, ids));
  const permissions = groupBy(await tx.subscribers.permissions(known, now), (row) => row.subscriberId);
  const refusals = groupBy(await tx.subscribers.refusals(known, now), (row) => row.subscriberId);
  const declarationIds = await declare(
    world,
    tx,
    customer,
    firsts.flatMap((position) => items[position]?.declaration ?? []),
  );

  const changedRows: SubscriberRow[] = [];
  const newPermissions: PermissionRow[] = [];
  const results = new Map<number, MergeResult>();
  for (const position of firsts) {
    const item = items[position];
    const row = stored.get(indexes[position]?.toString("hex") ?? "");
    if (item === undefined || row === undefined) continue;
    const isNew = freshIds.has(row.id);
    if (addedNow !== null && !addedNow.has(row.id)) {
      results.set(position, {
        status: item.contact.minorOnly ? "quarantined" : "duplicate",
        subscriberId: row.id,
        codes: item.contact.codes,
      });
      continue;
    }
    const grants = grantsOf(
      item,
      row,
      permissions.get(row.id) ?? [],
      refusals.get(row.id) ?? [],
      declarationIds(item.declaration),
      now,
    );
    newPermissions.push(...grants.rows);
    const change = isNew ? null : changedProfile(customer, row, item.contact);
    if (change !== null) changedRows.push(change);
    results.set(position, {
      status: item.contact.minorOnly
        ? "quarantined"
        : isNew || !row.known
          ? "accepted"
          : change !== null || grants.rows.length > 0
            ? "updated"
            : "duplicate",
      subscriberId: row.id,
      codes: [...item.contact.codes, ...(grants.refusalKept ? [rowFault("opted_out_kept", "phone")] : [])],
    });
  }
  await tx.subscribers.update(customer.row.id, changedRows, now);
  await tx.subscribers.addPermissions(customer.row.id, newPermissions);

  return items.map((item, position) => {
    const first = results.get(firstOf.get(indexes[position]?.toString("hex") ?? "") ?? -1);
    if (first === undefined) throw new Error("a merged contact has no result");
    return firstOf.get(indexes[position]?.toString("hex") ?? "") === position
      ? first
      : {
          status: item.contact.minorOnly ? "quarantined" : "duplicate",
          subscriberId: first.subscriberId,
          codes: first.codes,
        };
  });
}

function freshRow(
  world: World,
  customer: OpenCustomer,
  items: readonly MergeItem[],
  indexes: readonly Buffer[],
  position: number,
  now: Date,
): SubscriberRow {
  const item = items[position];
  const phoneIndex = indexes[position];
  if (item === undefined || phoneIndex === undefined) throw new Error("position out of range");
  const salt = world.entropy.bytes(16);
  return {
    id: world.entropy.id(now),
    phoneIndex,
    salt,
    profileCipher: customer.vault
      .subscriber(salt)
      .seal(Buffer.from(canonicalText(item.contact.profile)), profileContext),
    known: true,
    country: item.contact.country,
    adultAt: item.contact.adultAt,
    guardianConsented: item.contact.guardianConsented,
    restrictedAt: null,
    objectedAt: null,
    erasedAt: null,
  };
}

/** The row as it must become, null if the upload says nothing new. What the upload leaves out stays. */
function changedProfile(
  customer: OpenCustomer,
  row: SubscriberRow,
  contact: AssessedContact,
): SubscriberRow | null {
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
    known: true,
    country: contact.country ?? row.country,
    adultAt:
      contact.profile.birthDate === undefined && contact.adultAt === null ? row.adultAt : contact.adultAt,
    guardianConsented: contact.guardianConsented || row.guardianConsented,
  };
  const same =
    before !== null &&
    row.known &&
    canonicalText(before) === canonicalText(after) &&
    next.country === row.country &&
    next.adultAt?.getTime() === row.adultAt?.getTime() &&
    next.guardianConsented === row.guardianConsented;
  return same
    ? null
    : { ...next, profileCipher: sealer.seal(Buffer.from(canonicalText(after)), profileContext) };
}

function grantsOf(
  item: MergeItem,
  row: SubscriberRow,
  permissions: readonly DeclaredPermissionRow[],
  refusals: readonly RefusalRow[],
  declarationId: string,
  now: Date,
): { readonly rows: readonly PermissionRow[]; readonly refusalKept: boolean } {
  if (item.contact.minorOnly) return { rows: [], refusalKept: false };
  const written = item.declaration.consent?.collectedAt;
  const collectedAt = item.contact.consentedAt ?? (written === undefined ? null : new Date(written));
  const rows: PermissionRow[] = [];
  let refusalKept = row.erasedAt !== null;
  for (const channel of item.declaration.channels) {
    for (const purpose of item.declaration.purposes) {
      const current = permissions.find(
        (permission) => permission.channel === channel && permission.purpose === purpose,
      );
      if (
        row.erasedAt !== null ||
        current?.granted === false ||
        refusals.some((refusal) => covers(refusal, channel, purpose))
      ) {
        refusalKept = true;
        continue;
      }
      if (
        current !== undefined &&
        current.declarationId === declarationId &&
        sameMoment(current.collectedAt, collectedAt)
      )
        continue;
      rows.push({
        subscriberId: row.id,
        channel,
        purpose,
        revision: (current?.revision ?? 0) + 1,
        epoch: current?.epoch ?? 1,
        granted: true,
        basis: item.declaration.basis,
        declarationId,
        collectedAt,
        since: now,
      });
    }
  }
  return { rows, refusalKept };
}

export function covers(
  refusal: Pick<RefusalRow, "channels" | "purposes">,
  channel: Channel,
  purpose: Purpose,
): boolean {
  return (
    (refusal.channels === null || refusal.channels.includes(channel)) &&
    (refusal.purposes === null || refusal.purposes.includes(purpose))
  );
}

function sameMoment(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime();
}

/** Stores the distinct declarations of a chunk; the answer maps a declaration to its row. */
export async function declare(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  declarations: readonly Declared[],
): Promise<(declaration: Declared) => string> {
  const now = world.clock.now();
  const digestOf = new Map<Declared, string>();
  const rows = new Map<string, { readonly id: string; readonly digest: Buffer; readonly body: object }>();
  for (const declaration of new Set(declarations)) {
    const { digest, body } = declarationDigest(world, declaration);
    digestOf.set(declaration, digest.toString("hex"));
    rows.set(digest.toString("hex"), { id: world.entropy.id(now), digest, body });
  }
  const stored = new Map(
    (await tx.subscribers.declare(customer.row.id, [...rows.values()], now)).map((row) => [
      row.digest.toString("hex"),
      row.id,
    ]),
  );
  return (declaration) => {
    const id = stored.get(digestOf.get(declaration) ?? "");
    if (id === undefined) throw new Error("a declaration was not stored");
    return id;
  };
}

export function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
