import type {
  ConsentItem,
  ConsentRowResult,
  ConsentsRequest,
  ConsentsResult,
  RowFault,
} from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { channels, purposes } from "../domain/vocabulary.ts";
import { maskPhone } from "../phone/mask-phone.ts";
import { parsePhone } from "../phone/parse-phone.ts";
import { covers } from "./add-grants.ts";
import { appendRecords, type DraftWithSalt } from "./append-record.ts";
import { noticeFrom } from "./cited-notice.ts";
import { customerOf, type OpenCustomer, requireActive } from "./customer-access.ts";
import { type Declared, declare } from "./declare.ts";
import { erasedNumbers } from "./erased-numbers.ts";
import { clockSkewMs, unresolvedEvidence } from "./evidence-references.ts";
import { groupBy } from "./group-by.ts";
import type { Caller } from "./guard.ts";
import { latest as lastCommitted } from "./latest.ts";
import type { Tx } from "./ports/store.ts";
import type { PermissionRow, RefusalRow, SubscriberRow } from "./ports/subscriber-records.ts";
import { consentChange } from "./record-events.ts";
import { rowFault } from "./row-fixes.ts";
import { inPieces, tellEvents } from "./tell-events.ts";
import type { World } from "./world.ts";

type Usable = {
  readonly index: number;
  readonly item: ConsentItem;
  readonly phone: string;
  readonly declared: Declared;
};

/**
 * `POST /v1/consents`: what subscribers themselves said, item by item, in order. This is the only way by which a
 * refusal is lifted: a grant with evidence, collected after the refusal was received.
 */
export async function recordConsents(
  world: World,
  caller: Caller,
  input: ConsentsRequest,
): Promise<ConsentsResult> {
  const customerId = customerOf(caller);
  return world.store.transaction(customerId, async (tx) => {
    const customer = await requireActive(world, tx, customerId);
    const faults = await Promise.all(input.items.map((item) => faultsOf(world, tx, customerId, item)));
    const usable = input.items.flatMap((item, index): Usable[] => {
      const parsed = parsePhone(item.phone, "VN");
      return parsed.ok && (faults[index] ?? []).length === 0
        ? [{ index, item, phone: parsed.phone.e164, declared: declaredOf(item) }]
        : [];
    });
    const outcomes = await apply(world, tx, customer, usable);
    const results = input.items.map((item, index): ConsentRowResult => {
      const outcome = outcomes.get(index);
      return {
        index,
        ...(item.correlationId === undefined ? {} : { correlationId: item.correlationId }),
        status: outcome?.status ?? "rejected",
        codes: [...(outcome?.codes ?? faults[index] ?? [])],
      };
    });
    const count = (status: ConsentRowResult["status"]): number =>
      results.filter((row) => row.status === status).length;
    return {
      counts: {
        total: results.length,
        accepted: count("accepted"),
        duplicate: count("duplicate"),
        rejected: count("rejected"),
      },
      results,
    };
  });
}

async function faultsOf(
  world: World,
  tx: Tx,
  customerId: string,
  item: ConsentItem,
): Promise<readonly RowFault[]> {
  const faults: RowFault[] = [];
  const parsed = parsePhone(item.phone, "VN");
  if (!parsed.ok) faults.push(rowFault(parsed.fault, "phone"));
  const now = world.clock.now().getTime();
  const collectedAt = item.collectedAt === undefined ? null : new Date(item.collectedAt).getTime();
  if (collectedAt !== null && collectedAt > now + clockSkewMs)
    faults.push(rowFault("consent_in_future", "collectedAt"));
  if (item.status === "withdrawn") return faults;

  const evidence = item.evidence ?? [];
  const complete =
    item.method !== undefined &&
    collectedAt !== null &&
    item.source !== undefined &&
    (item.noticeVersion !== undefined || item.noticeText !== undefined || item.noticeToken !== undefined);
  if (!complete || evidence.length === 0 || (await unresolvedEvidence(tx, customerId, evidence)).length > 0) {
    faults.push(rowFault("evidence_missing", "evidence"));
  }
  if (item.purpose === "advertising" && (item.contentClass === undefined || item.frequency === undefined)) {
    faults.push(rowFault("consent_scope_incomplete", "frequency"));
  }
  try {
    const from = noticeFrom(world, customerId, item);
    if (from !== null && collectedAt !== null && collectedAt < from.getTime()) {
      faults.push(rowFault("consent_before_notice", "collectedAt"));
    }
  } catch (err) {
    if (!(err instanceof GuardError)) throw err;
    faults.push(rowFault("evidence_missing", "noticeToken"));
  }
  return faults;
}

function declaredOf(item: ConsentItem): Declared {
  const {
    phone: _phone,
    channel,
    purpose,
    status: _status,
    correlationId: _correlationId,
    ...consent
  } = item;
  return { basis: "consent", channels: [channel], purposes: [purpose], consent };
}

type Outcome = { readonly status: "accepted" | "duplicate"; readonly codes: readonly RowFault[] };

async function apply(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  usable: readonly Usable[],
): Promise<ReadonlyMap<number, Outcome>> {
  const now = world.clock.now();
  const rows = await lockAll(world, tx, customer, usable, now);
  const ids = [...new Set([...rows.values()].map((row) => row.id))];
  const permissions = groupBy(
    await tx.subscribers.permissions(ids, lastCommitted),
    (row) => row.subscriberId,
  );
  const refusals = groupBy(await tx.subscribers.refusals(ids, lastCommitted), (row) => row.subscriberId);
  const declarationId = await declare(
    world,
    tx,
    customer,
    usable.map((entry) => entry.declared),
  );

  const erased = await erasedNumbers(tx, customer, [...rows.keys()]);
  const consentedAnew = new Set<string>();
  const lifted = new Set<string>();
  // What is left of refusals that a consent to one channel and purpose has lifted in part.
  const narrowed: RefusalRow[] = [];
  const latest = new Map<string, PermissionRow>();
  const fresh: PermissionRow[] = [];
  const records: DraftWithSalt[] = [];
  const outcomes = new Map<number, Outcome>();
  for (const { index, item, phone, declared } of usable) {
    const row = rows.get(phone);
    if (row === undefined) throw new Error("a subscriber row is missing");
    const cell = `${row.id} ${item.channel} ${item.purpose}`;
    const stored = (permissions.get(row.id) ?? []).find(
      (permission) => permission.channel === item.channel && permission.purpose === item.purpose,
    );
    const current = latest.get(cell) ?? stored;
    const collectedAt = item.collectedAt === undefined ? null : new Date(item.collectedAt);
    const granted = item.status === "granted";
    if (granted) {
      const standing = [
        ...(refusals.get(row.id) ?? []),
        ...narrowed.filter((refusal) => refusal.subscriberId === row.id),
      ].filter((refusal) => !lifted.has(refusal.id) && covers(refusal, item.channel, item.purpose));
      const erasedAt = erased.get(phone);
      const later = (moment: Date): boolean => (collectedAt?.getTime() ?? 0) > moment.getTime();
      const withdrawnSince = current?.granted === false ? (current.collectedAt ?? current.since) : null;
      if (
        standing.some((refusal) => !later(refusal.receivedAt)) ||
        (withdrawnSince !== null && !later(withdrawnSince)) ||
        (erasedAt !== undefined && !later(erasedAt))
      ) {
        outcomes.set(index, { status: "accepted", codes: [rowFault("opted_out_kept", "collectedAt")] });
        continue;
      }
      for (const refusal of standing) {
        lifted.add(refusal.id);
        narrowed.push(...remainderOf(world, refusal, item, now));
      }
      if (erasedAt !== undefined) consentedAnew.add(phone);
    }
    const id = declarationId(declared);
    if (current !== undefined && current.granted === granted && (!granted || current.declarationId === id)) {
      outcomes.set(index, { status: "duplicate", codes: [] });
      continue;
    }
    const next: PermissionRow = {
      subscriberId: row.id,
      channel: item.channel,
      purpose: item.purpose,
      revision: (current?.revision ?? 0) + 1,
      epoch: current === undefined ? 1 : current.granted === granted ? current.epoch : current.epoch + 1,
      granted,
      basis: "consent",
      declarationId: id,
      collectedAt,
      since: now,
    };
    latest.set(cell, next);
    fresh.push(next);
    outcomes.set(index, { status: "accepted", codes: [] });
    if (!granted) {
      records.push({
        salt: row.salt,
        draft: {
          kind: "withdrawal",
          subscriber: { id: row.id, phone: maskPhone(phone) },
          channel: item.channel,
          purpose: item.purpose,
          basis: "consent",
          consentId: id,
          note: `by subject: ${item.source ?? "consents"}`,
        },
      });
    }
  }
  await tx.subscribers.liftRefusals([...lifted], now);
  for (const refusal of narrowed) {
    if (!lifted.has(refusal.id)) await tx.subscribers.addRefusal(customer.row.id, refusal);
  }
  // What uploads have put down since the erasure is not the person's own word: only what was said anew is granted.
  for (const phone of consentedAnew) {
    const row = rows.get(phone);
    for (const stored of permissions.get(row?.id ?? "") ?? []) {
      if (!stored.granted || latest.has(`${stored.subscriberId} ${stored.channel} ${stored.purpose}`))
        continue;
      fresh.push({
        subscriberId: stored.subscriberId,
        channel: stored.channel,
        purpose: stored.purpose,
        revision: stored.revision + 1,
        epoch: stored.epoch + 1,
        granted: false,
        basis: stored.basis,
        declarationId: stored.declarationId,
        collectedAt: null,
        since: now,
      });
    }
  }
  await tx.erasure.lift(
    customer.row.id,
    [...consentedAnew].map((phone) => customer.vault.suppressionIndex(phone)),
  );
  await tx.subscribers.addPermissions(customer.row.id, fresh);
  await appendRecords(world, tx, { id: customer.row.id, vault: customer.vault }, records);
  const granted = fresh.filter((permission) => permission.granted);
  await tellEvents(
    world,
    tx,
    customer.row.id,
    [...inPieces(granted)].map((piece) => ({
      type: "consent.changed" as const,
      data: {
        changes: piece.map((given) =>
          consentChange(given.subscriberId, given.channel, given.purpose, "granted"),
        ),
      },
    })),
  );
  return outcomes;
}

async function lockAll(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  usable: readonly Usable[],
  now: Date,
): Promise<ReadonlyMap<string, SubscriberRow>> {
  const granting = new Set(
    usable.filter((entry) => entry.item.status === "granted").map((entry) => entry.phone),
  );
  const phones = [...new Set(usable.map((entry) => entry.phone))];
  const indexOf = new Map(phones.map((phone) => [customer.vault.phoneIndex(phone).toString("hex"), phone]));
  const drafts = [...indexOf].map(([hex, phone]): SubscriberRow => {
    const salt = world.entropy.bytes(16);
    return {
      id: world.entropy.id(now),
      phoneIndex: Buffer.from(hex, "hex"),
      salt,
      profileCipher: customer.vault
        .subscriber(salt)
        .seal(Buffer.from(JSON.stringify({ phone })), "subscriber.profile"),
      known: granting.has(phone),
      country: null,
      adultAt: null,
      guardianConsented: false,
      restrictedAt: null,
      objectedAt: null,
      erasedAt: null,
    };
  });
  const rows = await tx.subscribers.addOrLock(customer.row.id, drafts, now);
  const phoneOf = (row: SubscriberRow): string => indexOf.get(row.phoneIndex.toString("hex")) ?? "";
  // A number known only by a refusal becomes a contact when its owner consents.
  const promoted = rows
    .filter((row) => !row.known && granting.has(phoneOf(row)))
    .map((row) => ({ ...row, known: true }));
  await tx.subscribers.update(customer.row.id, promoted, now);
  return new Map(rows.map((row) => [phoneOf(row), row]));
}

/**
 * A consent speaks for one channel and one purpose: the refusal goes on for the other channels, and on this channel
 * for the other purposes. Its words stay with the refusal that was received.
 */
function remainderOf(
  world: World,
  refusal: RefusalRow,
  consented: Pick<ConsentItem, "channel" | "purpose">,
  now: Date,
): RefusalRow[] {
  const otherChannels = (refusal.channels ?? channels).filter((channel) => channel !== consented.channel);
  const otherPurposes = (refusal.purposes ?? purposes).filter((purpose) => purpose !== consented.purpose);
  const part = (scope: Pick<RefusalRow, "channels" | "purposes">): RefusalRow => ({
    ...refusal,
    ...scope,
    id: world.entropy.id(now),
    recordedAt: now,
    textCipher: null,
    liftedAt: null,
  });
  return [
    ...(otherChannels.length === 0 ? [] : [part({ channels: otherChannels, purposes: refusal.purposes })]),
    ...(otherPurposes.length === 0 ? [] : [part({ channels: [consented.channel], purposes: otherPurposes })]),
  ];
}
