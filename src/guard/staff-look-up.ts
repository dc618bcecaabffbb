import type { ErasedSubscriber, SharingLogItem, SharingLogSearchRequest } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { formatVerifierKey } from "../ledger/note-key.ts";
import { verifyProof } from "../ledger/proof.ts";
import { openCustomer } from "./customer-access.ts";
import { findPerson } from "./find-subscribers.ts";
import { openProfile } from "./gather-facts.ts";
import type { Caller, SharingLogExport } from "./guard.ts";
import { proveRecord } from "./serve-ledger.ts";
import { requireUuid } from "./set-up.ts";
import { appendLookUp, recordBytes, requireReason, searchSharingLog } from "./sharing-log.ts";
import { exportSharingLog } from "./sharing-log-export.ts";
import { recordEvent } from "./staff.ts";
import type { World } from "./world.ts";

/** Look-ups of one person within a minute; more is scraping. */
export const lookUpsPerMinute = 30;
const itemsShown = 50;
const sealContext = "console.look-up";

/** What a reader needs to check a shown record against the tree; nulls: it was erased. */
export type Evidence = {
  readonly record: string | null;
  /** base64 */
  readonly opening: string | null;
  readonly leaf: string;
};

export type LookedUp = {
  readonly items: readonly (SharingLogItem & { readonly evidence: Evidence })[];
  /** Customers at which the person was erased, and what is kept. */
  readonly erased: readonly ErasedSubscriber[];
  /** Sealed question for the next page, so that no number stands in a page; null: nothing more. */
  readonly more: string | null;
};

/**
 * The sharing log as staff see it: recorded in the ledger with its reason before the answer leaves, and in the
 * staff's own log. Rejects as `searchSharingLog` does, and with `rate_limited` against scraping.
 */
export async function staffLookUp(
  world: World,
  caller: Caller,
  input: SharingLogSearchRequest,
  reason: string,
): Promise<LookedUp> {
  await countLookUp(world, caller.keyId);
  const page = await searchSharingLog(world, caller, { ...input, limit: itemsShown }, reason);
  const items = await withEvidence(world, page.items);
  const more =
    page.nextCursor === null ? null : sealQuestion(world, { ...input, cursor: page.nextCursor }, reason);
  return { items, erased: page.erased ?? [], more };
}

/** Goes on with a look-up; the page is a look-up of its own and recorded as one. */
export async function staffLookUpMore(
  world: World,
  caller: Caller,
  more: string,
): Promise<LookedUp & { readonly reason: string }> {
  const { input, reason } = openQuestion(world, more);
  return { ...(await staffLookUp(world, caller, input, reason)), reason };
}

/** The same as a CSV of up to 10,000 records. */
export async function staffExport(
  world: World,
  caller: Caller,
  input: SharingLogSearchRequest,
  reason: string,
  language: "vi" | "en",
): Promise<SharingLogExport> {
  requireReason(reason);
  await countLookUp(world, caller.keyId);
  await world.store.transaction("*", (tx) => recordEvent(world, tx, "exported", caller.keyId));
  return exportSharingLog(world, caller, input, reason, { mediaType: "text/csv", language });
}

/**
 * A subscriber's number in full. The reveal is committed to the ledger, in the person's own history, before the number
 * leaves. Rejects with `not_found` for nobody and for the erased, `lookup_reason_missing`, `rate_limited`.
 */
export async function revealPhone(
  world: World,
  caller: Caller,
  subscriberId: string,
  reason: string,
): Promise<{ readonly phone: string; readonly subscriberId: string; readonly customer: string }> {
  requireReason(reason);
  requireUuid(subscriberId);
  await countLookUp(world, caller.keyId);
  return world.store.transaction("*", async (tx) => {
    const [subscriber] = (await findPerson(world, tx, null, { subscriberId })).present;
    if (subscriber === undefined) throw new GuardError("not_found", "no such subscriber");
    const [row] = await tx.subscribers.byIds(subscriber.customerId, [subscriber.id]);
    const customer = await openCustomer(world, tx, subscriber.customerId);
    const phone = row === undefined ? undefined : openProfile(customer, row)?.phone;
    if (phone === undefined) throw new GuardError("not_found", "no number is kept of the subscriber");
    await appendLookUp(world, tx, caller, { subscriber }, `number revealed: ${reason}`);
    await recordEvent(world, tx, "revealed", caller.keyId);
    return { phone, subscriberId: subscriber.id, customer: customer.row.name };
  });
}

async function countLookUp(world: World, staffId: string): Promise<void> {
  await world.store.transaction("*", async (tx) => {
    await tx.exclusive(`console look-up ${staffId}`);
    const since = new Date(world.clock.now().getTime() - 60_000);
    if ((await tx.staff.countSince(staffId, "looked_up", since)) >= lookUpsPerMinute) {
      throw new GuardError("rate_limited", "too many look-ups by one person", { retryAfterS: 60 });
    }
    await recordEvent(world, tx, "looked_up", staffId);
  });
}

async function withEvidence(world: World, items: readonly SharingLogItem[]): Promise<LookedUp["items"]> {
  return world.store.transaction("*", async (tx) => {
    const shown: LookedUp["items"][number][] = [];
    for (const item of items) {
      const row = await tx.ledger.byIndex(BigInt(item.index));
      if (row === null) continue;
      const customer = await openCustomer(world, tx, row.customerId);
      const [subscriber] =
        row.subscriberId === null ? [] : await tx.subscribers.byIds(row.customerId, [row.subscriberId]);
      const salt = subscriber?.erasedAt === null ? subscriber.salt : null;
      const bytes = recordBytes(customer, row, salt);
      const erased = bytes === null || row.opening === null;
      shown.push({
        ...item,
        evidence: {
          record: erased ? null : bytes.toString("utf8"),
          opening: erased ? null : row.opening.toString("base64"),
          leaf: row.leaf.toString("base64"),
        },
      });
    }
    return shown;
  });
}

export type RecordProof = {
  readonly index: string;
  /** C2SP tlog-proof text. */
  readonly proof: string;
  /** base64 of the leaf's data. */
  readonly leaf: string;
  readonly verifierKey: string;
  readonly origin: string;
  /** What this server found when it checked the proof itself. */
  readonly verified: boolean;
};

/** Place of one leaf under the signed checkpoint. Leaves are commitments: nothing of a person is in it. */
export async function staffProof(world: World, index: bigint): Promise<RecordProof> {
  const row = await world.store.transaction("*", (tx) => tx.ledger.byIndex(index));
  if (row === null) throw new GuardError("not_found", "no such record");
  const proof = await proveRecord(world, index);
  const { signer, origin } = world.ledger;
  return {
    index: index.toString(),
    proof,
    leaf: row.leaf.toString("base64"),
    verifierKey: formatVerifierKey(signer.verifier),
    origin,
    verified: verifyProof(proof, row.leaf, signer.verifier, origin).ok,
  };
}

function sealQuestion(world: World, input: SharingLogSearchRequest, reason: string): string {
  return world.vault.root
    .seal(Buffer.from(JSON.stringify({ input, reason })), sealContext)
    .toString("base64url");
}

function openQuestion(
  world: World,
  more: string,
): { readonly input: SharingLogSearchRequest; readonly reason: string } {
  try {
    const plain = world.vault.root.open(Buffer.from(more, "base64url"), sealContext).toString("utf8");
    return JSON.parse(plain) as { input: SharingLogSearchRequest; reason: string };
  } catch (err) {
    throw new GuardError("invalid_request", "a continuation that this service did not give", { cause: err });
  }
}
