import type {
  ErasedSubscriber as ErasedView,
  SharingLogItem,
  SharingLogPage,
  SharingLogSearchRequest,
} from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { RecordKind } from "../domain/vocabulary.ts";
import { appendRecords, recordContext, type SharingRecord } from "./append-record.ts";
import { type OpenCustomer, openCustomer } from "./customer-access.ts";
import { type ErasedPerson, type FoundPerson, type FoundSubscriber, findPerson } from "./find-subscribers.ts";
import type { Caller } from "./guard.ts";
import { foreignCursor } from "./page-cursor.ts";
import type { LedgerRow, LedgerSearch } from "./ports/ledger-records.ts";
import type { Tx } from "./ports/store.ts";
import { proveRecord } from "./serve-ledger.ts";
import type { World } from "./world.ts";

/** The kinds that the contract shows; other records (decisions, changes of policy) are in the tree but not here. */
const shownKinds = [
  "hand_off",
  "outcome",
  "disclosure",
  "publication",
  "lookup",
  "withdrawal",
  "erasure",
] as const satisfies readonly RecordKind[];

const reasonLengthMin = 8;

/**
 * Who received a subscriber's data. The look-up is itself a record, committed before the answer leaves; the answer
 * waits until each item has its place in the tree, so that each has a proof.
 */
export async function searchSharingLog(
  world: World,
  caller: Caller,
  input: SharingLogSearchRequest,
  reason: string,
): Promise<SharingLogPage> {
  requireReason(reason);
  const limit = input.limit ?? 50;
  const { rows, erased } = await sequencedRows(world, caller, input, limit, reason);
  const last = rows.at(limit - 1);
  return {
    ...(erased.length === 0 ? {} : { erased: erased.map(erasedView) }),
    items: await openRows(world, rows.slice(0, limit)),
    nextCursor: rows.length > limit && last !== undefined ? writeCursor(last.id) : null,
  };
}

/** Throws `lookup_reason_missing`. */
export function requireReason(reason: string): void {
  if (reason.trim().length < reasonLengthMin) {
    throw new GuardError("lookup_reason_missing", "a look-up needs a reason");
  }
}

async function sequencedRows(
  world: World,
  caller: Caller,
  input: SharingLogSearchRequest,
  limit: number,
  reason: string,
): Promise<{ readonly rows: readonly LedgerRow[]; readonly erased: readonly ErasedPerson[] }> {
  // Fixed once, so that records which arrive while it waits for places do not change the page.
  let before = readCursor(input.cursor);
  const started = world.clock.elapsedMs();
  for (let recorded = false; ; recorded = true) {
    const { rows, erased } = await world.store.transaction(caller.customerId ?? "*", async (tx) => {
      const person = await personOf(world, tx, caller, input);
      const ids = person === null ? null : [...person.present.map(({ id }) => id), ...person.erasedIds];
      const found = await tx.ledger.search(searchOf(caller, input, ids, before, limit + 1));
      if (!recorded) {
        const [subscriber, ...others] = person?.present ?? [];
        const about = others.length === 0 ? subscriber : undefined;
        await appendLookUp(world, tx, caller, { subscriber: about, campaignId: input.campaignId }, reason);
      }
      return { rows: found, erased: person?.erased ?? [] };
    });
    if (rows.every((row) => row.index !== null)) return { rows, erased };
    before ??= (rows[0]?.id ?? 0n) + 1n;
    if (world.clock.elapsedMs() - started > 8_000) {
      throw new GuardError("ledger_unavailable", "records wait for their place in the ledger", {
        retryAfterS: 2,
      });
    }
    await world.clock.sleep(50);
  }
}

/** null: not asked by subscriber. A platform key asks all customers. */
async function personOf(
  world: World,
  tx: Tx,
  caller: Caller,
  input: SharingLogSearchRequest,
): Promise<FoundPerson | null> {
  if (input.phone === undefined && input.subscriberId === undefined) return null;
  return findPerson(world, tx, caller.customerId, input);
}

function erasedView({ erasedAt, ...person }: ErasedPerson): ErasedView {
  return { ...person, erasedAt: erasedAt.toISOString() };
}

function searchOf(
  caller: Caller,
  input: SharingLogSearchRequest,
  subscriberIds: readonly string[] | null,
  before: bigint | null,
  limit: number,
): LedgerSearch {
  return {
    customerId: caller.customerId,
    subscriberIds,
    campaignId: input.campaignId ?? null,
    processorId: input.processorId ?? null,
    kinds: input.kind === undefined ? shownKinds : [input.kind],
    from: input.from === undefined ? null : new Date(input.from),
    to: input.to === undefined ? null : new Date(input.to),
    before,
    limit,
  };
}

/** The record of a look-up: of one person, where it was about one. */
export async function appendLookUp(
  world: World,
  tx: Tx,
  caller: Caller,
  about: {
    readonly subscriber?: FoundSubscriber | undefined;
    readonly campaignId?: string | null | undefined;
  },
  reason: string,
): Promise<void> {
  const ownerId = caller.customerId ?? world.platformId;
  const { subscriber } = about;
  const owner = await openCustomer(world, tx, subscriber?.customerId ?? ownerId);
  await appendRecords(world, tx, { id: owner.row.id, vault: owner.vault }, [
    {
      salt: subscriber?.salt ?? null,
      draft: {
        kind: "lookup",
        subscriber: subscriber === undefined ? null : { id: subscriber.id, phone: "" },
        campaignId: about.campaignId ?? null,
        note: `${reason} (key ${caller.keyId})`,
      },
    },
  ]);
}

/** Decodes rows for the contract; of an erased record only what names nobody is left. */
export async function openRows(world: World, rows: readonly LedgerRow[]): Promise<SharingLogItem[]> {
  const customers = new Map<string, OpenCustomer>();
  const salts = new Map<string, Buffer | null>();
  await world.store.transaction("*", async (tx) => {
    for (const id of new Set(rows.map((row) => row.customerId)))
      customers.set(id, await openCustomer(world, tx, id));
    for (const [id, customer] of customers) {
      const ids = rows.flatMap((row) => (row.customerId === id ? (row.subscriberId ?? []) : []));
      for (const row of await tx.subscribers.byIds(customer.row.id, [...new Set(ids)]))
        salts.set(row.id, row.erasedAt === null ? row.salt : null);
    }
  });
  return rows.map((row) => {
    const customer = customers.get(row.customerId);
    const salt = row.subscriberId === null ? null : (salts.get(row.subscriberId) ?? null);
    const record = customer === undefined ? null : openRecord(customer, row, salt);
    const index = row.index ?? 0n;
    return {
      index: Number(index),
      kind: row.kind as SharingLogItem["kind"],
      recordedAt: row.recordedAt.toISOString(),
      customer: row.customerId,
      subscriber:
        row.subscriberId === null ? null : { id: row.subscriberId, phone: record?.subscriber?.phone || null },
      processor: record?.processor ?? null,
      channel: record?.channel ?? null,
      purpose: record?.purpose ?? null,
      basis: record?.basis ?? null,
      consentId: record?.consentId ?? null,
      evidenceIds: record?.evidenceIds ?? [],
      fields: record?.fields ?? [],
      campaignId: row.campaignId,
      decisionId: record?.decisionId ?? null,
      policyDigest: record?.policyDigest ?? null,
      ...(typeof record?.outcome === "string" ? { outcome: record.outcome } : {}),
      ...(typeof record?.providerReference === "string"
        ? { providerReference: record.providerReference }
        : {}),
      proof: `/v1/sharing-log/${index}/proof`,
    };
  });
}

/** The canonical bytes of a record, null once it was erased. */
export function recordBytes(customer: OpenCustomer, row: LedgerRow, salt: Buffer | null): Buffer | null {
  if (row.bodyCipher === null) return null;
  if (row.subscriberId !== null && salt === null) return null;
  const sealer = salt === null ? customer.vault : customer.vault.subscriber(salt);
  return sealer.open(row.bodyCipher, recordContext);
}

function openRecord(customer: OpenCustomer, row: LedgerRow, salt: Buffer | null): SharingRecord | null {
  const bytes = recordBytes(customer, row, salt);
  return bytes === null ? null : (JSON.parse(bytes.toString("utf8")) as SharingRecord);
}

/** Only the customer's own records, or any for the platform; others do not exist for the caller. */
export async function sharingLogProof(world: World, caller: Caller, index: bigint): Promise<string> {
  const row = await world.store.transaction(caller.customerId ?? "*", (tx) => tx.ledger.byIndex(index));
  if (row === null || (caller.customerId !== null && row.customerId !== caller.customerId)) {
    throw new GuardError("not_found", "no such record");
  }
  return proveRecord(world, index);
}

function writeCursor(id: bigint): string {
  return Buffer.from(`r${id}`).toString("base64url");
}

function readCursor(cursor: string | undefined): bigint | null {
  if (cursor === undefined) return null;
  const match = /^r(\d{1,18})$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (match?.[1] === undefined) {
    throw foreignCursor();
  }
  return BigInt(match[1]);
}
