import type { ConsentDetails, Declaration, RowFault } from "../domain/contract.gen.ts";
import type { Channel, Purpose } from "../domain/vocabulary.ts";
import { canonicalText } from "../ledger/canonical.ts";
import type { AssessedContact, Profile } from "./assess-contact.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { latest } from "./latest.ts";
import { nextTurn, rowsPerTurn } from "./next-turn.ts";
import type { Tx } from "./ports/store.ts";
import type {
  DeclaredPermissionRow,
  KnownSubscriber,
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

/** Contacts with what can be worked out before the transaction that merges them. */
export type PreparedMerge = {
  readonly items: readonly MergeItem[];
  /** Beside `items`: the blind index, and the position of the first item with the same number. */
  readonly indexes: readonly Buffer[];
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
  const firsts = items.map((item, position) => {
    const index = customer.vault.phoneIndex(item.contact.profile.phone);
    indexes.push(index);
    const first = firstOf.get(keyOf(index));
    if (first !== undefined) return first;
    firstOf.set(keyOf(index), position);
    return position;
  });
  const distinct = indexes.filter((_, position) => firsts[position] === position);
  const stored = new Map((await known(distinct)).map((row) => [keyOf(row.phoneIndex), row]));
  const fresh = new Map<number, SubscriberRow>();
  let sealed = 0;
  for (const [position, item] of items.entries()) {
    const phoneIndex = indexes[position];
    if (phoneIndex === undefined || firsts[position] !== position || stored.has(keyOf(phoneIndex))) continue;
    fresh.set(position, freshRow(world, customer, item, phoneIndex, now));
    if (++sealed % rowsPerTurn === 0) await nextTurn();
  }
  return { items, indexes, firsts, stored, fresh };
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
  const { items, indexes, firsts, fresh } = prepared;
  if (items.length === 0) return [];
  const now = world.clock.now();
  const customerId = customer.row.id;
  const isFirst = (position: number): boolean => firsts[position] === position;
  const known = new Map(prepared.stored);
  for (const row of await tx.subscribers.addNew(customerId, [...fresh.values()], now))
    known.set(keyOf(row.phoneIndex), row);
  const idAt = (position: number): string => {
    const id = known.get(keyOf(indexes[position]))?.id ?? fresh.get(position)?.id;
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
    const row = known.get(keyOf(indexes[position]));
    const declarationId = declarationIds(item.declaration);
    if (row !== undefined) {
      if (before.has(row.id)) results[position] = repeated(item, row.id, item.contact.codes);
      else toLookInto.push({ position, item, row, declarationId });
      continue;
    }
    const subscriberId = idAt(position);
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

type Candidate = {
  readonly position: number;
  readonly item: MergeItem;
  readonly row: KnownSubscriber;
  readonly declarationId: string;
};

/** Those that say again what was said before are told by a digest and by one question; only others are opened. */
async function mergeKnown(
  tx: Tx,
  customer: OpenCustomer,
  candidates: readonly Candidate[],
  permissions: PermissionRow[],
  results: MergeResult[],
  now: Date,
): Promise<void> {
  if (candidates.length === 0) return;
  const customerId = customer.row.id;
  const isSame = ({ item, row }: Candidate): boolean =>
    row.known &&
    row.erasedAt === null &&
    row.profileDigest?.equals(contactDigest(customer, item.contact)) === true;
  const unsettled = new Set<string>();
  for (const group of groupBy(candidates, ({ item }) => scopeOf(item)).values()) {
    const declaration = group[0]?.item.declaration;
    const questions = group.map(({ item, row, declarationId }) => ({
      subscriberId: row.id,
      declarationId,
      collectedAt: collectedAtOf(item),
    }));
    for (const id of await tx.subscribers.unsettled(
      customerId,
      questions,
      declaration?.channels ?? [],
      declaration?.purposes ?? [],
    ))
      unsettled.add(id);
  }
  const isOpen = (candidate: Candidate): boolean => unsettled.has(candidate.row.id) || !isSame(candidate);
  // Whoever withdraws holds this lock too: what is read after it is what holds.
  const full = new Map(
    (
      await tx.subscribers.lock(
        customerId,
        candidates.filter(isOpen).map(({ row }) => row.id),
        "exclusive",
      )
    ).map((row) => [row.id, row]),
  );
  const open = [...full.keys()];
  const granted = groupBy(
    open.length === 0 ? [] : await tx.subscribers.permissions(open, latest),
    (row) => row.subscriberId,
  );
  const refusals = groupBy(
    open.length === 0 ? [] : await tx.subscribers.refusals(open, latest),
    (row) => row.subscriberId,
  );
  const changed: SubscriberRow[] = [];
  for (const { position, item, row, declarationId } of candidates) {
    const locked = full.get(row.id);
    const change = locked === undefined ? null : changedProfile(customer, locked, item.contact);
    if (change !== null) changed.push(change);
    const countBefore = permissions.length;
    const refusalKept =
      locked !== undefined &&
      !item.contact.minorOnly &&
      (locked.erasedAt !== null ||
        addGrants(
          permissions,
          item,
          row.id,
          declarationId,
          granted.get(row.id) ?? [],
          now,
          refusals.get(row.id),
        ));
    const says = change?.says === true || permissions.length > countBefore;
    results[position] = {
      status: item.contact.minorOnly
        ? "quarantined"
        : !(locked ?? row).known
          ? "accepted"
          : says
            ? "updated"
            : "duplicate",
      subscriberId: row.id,
      codes: refusalKept ? [...item.contact.codes, rowFault("opted_out_kept", "phone")] : item.contact.codes,
    };
  }
  await tx.subscribers.update(customerId, changed, now);
}

/** Short and cheap to compare, unlike the bytes. */
function keyOf(index: Buffer | undefined): string {
  return index?.toString("latin1") ?? "";
}

function scopeOf({ declaration }: MergeItem): string {
  return `${declaration.channels.join()} ${declaration.purposes.join()}`;
}

function repeated(item: MergeItem, subscriberId: string, codes: readonly RowFault[]): MergeResult {
  return { status: item.contact.minorOnly ? "quarantined" : "duplicate", subscriberId, codes };
}

function freshRow(
  world: World,
  customer: OpenCustomer,
  { contact }: MergeItem,
  phoneIndex: Buffer,
  now: Date,
): SubscriberRow {
  const salt = world.entropy.bytes(16);
  return {
    id: world.entropy.id(now),
    phoneIndex,
    salt,
    profileCipher: sealProfile(customer, salt, contact.profile),
    profileDigest: contactDigest(customer, contact),
    known: true,
    country: contact.country,
    adultAt: contact.adultAt,
    guardianConsented: contact.guardianConsented,
    restrictedAt: null,
    objectedAt: null,
    erasedAt: null,
  };
}

function sealProfile(customer: OpenCustomer, salt: Buffer, profile: Profile): Buffer {
  return customer.vault.subscriber(salt).seal(Buffer.from(JSON.stringify(profile)), profileContext);
}

/** Over all that a merge takes from a contact. Merging the same contact twice changes nothing, so equal means done. */
function contactDigest(customer: OpenCustomer, contact: AssessedContact): Buffer {
  const { profile, country, adultAt, guardianConsented } = contact;
  return customer.vault.digest(JSON.stringify([profile, country, adultAt, guardianConsented]));
}

/**
 * The row as it must become, null if the upload says nothing new and the row knows it. What the upload leaves out
 * stays. `says`: something changes but the digest.
 */
function changedProfile(
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

function collectedAtOf(item: MergeItem): Date | null {
  const written = item.declaration.consent?.collectedAt;
  return item.contact.consentedAt ?? (written === undefined ? null : new Date(written));
}

/** Adds what the item grants beyond `current`; true: a refusal stands in the way of some of it. */
function addGrants(
  rows: PermissionRow[],
  item: MergeItem,
  subscriberId: string,
  declarationId: string,
  granted: readonly DeclaredPermissionRow[],
  now: Date,
  refusals: readonly RefusalRow[] = [],
): boolean {
  const collectedAt = collectedAtOf(item);
  let refusalKept = false;
  for (const channel of item.declaration.channels) {
    for (const purpose of item.declaration.purposes) {
      const current = granted.find(
        (permission) => permission.channel === channel && permission.purpose === purpose,
      );
      if (current?.granted === false || refusals.some((refusal) => covers(refusal, channel, purpose))) {
        refusalKept = true;
        continue;
      }
      const isSame = current?.declarationId === declarationId && sameMoment(current.collectedAt, collectedAt);
      if (isSame) continue;
      rows.push({
        subscriberId,
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
  return refusalKept;
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
