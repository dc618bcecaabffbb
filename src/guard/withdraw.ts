import type { WithdrawalRequest, WithdrawalResult } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { maskPhone } from "../phone/mask-phone.ts";
import { parsePhone } from "../phone/parse-phone.ts";
import { covers } from "./add-grants.ts";
import { appendRecords } from "./append-record.ts";
import { customerOf, type OpenCustomer, openCustomer } from "./customer-access.ts";
import { declare } from "./declare.ts";
import type { Caller } from "./guard.ts";
import { latest } from "./latest.ts";
import type { Tx } from "./ports/store.ts";
import type { PermissionRow, RefusalRow, SubscriberRow, WithdrawalRow } from "./ports/subscriber-records.ts";
import type { World } from "./world.ts";

const effectiveWithinMs = 10_000;

/** What is refused; null stands for all. */
export type RefusalInput = {
  readonly phone: string;
  readonly channels: readonly ("sms" | "zns" | "viber" | "page")[] | null;
  readonly purposes: WithdrawalRow["purposes"];
  readonly by: "subject" | "processor";
  readonly source: string;
  readonly receivedAt: Date;
  readonly text: string | null;
};

/**
 * `POST /v1/withdrawals`. T1 records the refusal, ends the permissions and raises their epoch; from its commit on
 * no permit can be given. T2 waits until no hand-off that began before is open. Only then is it effective; if that
 * takes longer than 10 s the answer is `pending`, never a success by time-out (docs/reliability.md, P1).
 */
export async function withdraw(
  world: World,
  caller: Caller,
  input: WithdrawalRequest,
): Promise<WithdrawalResult> {
  const customerId = customerOf(caller);
  const parsed = parsePhone(input.phone, "VN");
  if (!parsed.ok) {
    throw new GuardError("number_invalid", "the number of a withdrawal cannot be read", {
      errors: [{ pointer: "/phone", code: parsed.fault, message: "not a number that can receive a message" }],
    });
  }
  const now = world.clock.now();
  const receivedAt = input.receivedAt === undefined ? now : new Date(input.receivedAt);
  const refusal: RefusalInput = {
    phone: parsed.phone.e164,
    channels: input.channels ?? null,
    purposes: input.purposes ?? null,
    by: "subject",
    source: input.source,
    receivedAt: receivedAt.getTime() > now.getTime() ? now : receivedAt,
    text: input.text ?? null,
  };
  const withdrawal = await world.store.transaction(customerId, async (tx) =>
    recordRefusal(world, tx, await openCustomer(world, tx, customerId), refusal),
  );
  const started = world.clock.elapsedMs();
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    const effectiveAt = await settle(world, customerId, withdrawal);
    if (effectiveAt !== null) return view({ ...withdrawal, effectiveAt });
    if (world.clock.elapsedMs() - started > effectiveWithinMs) return view(withdrawal);
    await world.clock.sleep(pauseMs);
  }
}

/** T1, in the caller's transaction: also what a provider's report or an inbound word leads to. */
export async function recordRefusal(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  input: RefusalInput,
): Promise<WithdrawalRow> {
  const subscriber = await lockSubscriber(world, tx, customer, input.phone, world.clock.now());
  return (await recordRefusalOf(world, tx, customer, subscriber, input)).withdrawal;
}

/** The same for a subscriber whose row this transaction has locked. */
export async function recordRefusalOf(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  subscriber: SubscriberRow,
  input: RefusalInput,
): Promise<{ readonly withdrawal: WithdrawalRow; readonly refusal: RefusalRow }> {
  const now = world.clock.now();
  const sealer = subscriber.salt === null ? customer.vault : customer.vault.subscriber(subscriber.salt);
  const refusal: RefusalRow = {
    id: world.entropy.id(now),
    subscriberId: subscriber.id,
    channels: input.channels,
    purposes: input.purposes,
    by: input.by,
    source: input.source,
    receivedAt: input.receivedAt,
    recordedAt: now,
    textCipher: input.text === null ? null : sealer.seal(Buffer.from(input.text), "refusal.text"),
    liftedAt: null,
  };
  await tx.subscribers.addRefusal(customer.row.id, refusal);
  await endPermissions(world, tx, customer, subscriber, input);
  const withdrawal: WithdrawalRow = {
    id: world.entropy.id(now),
    subscriberId: subscriber.id,
    channels: input.channels,
    purposes: input.purposes,
    recordedAt: now,
    effectiveAt: null,
  };
  await tx.subscribers.addWithdrawal(customer.row.id, withdrawal);
  await appendRecords(world, tx, { id: customer.row.id, vault: customer.vault }, [
    {
      salt: subscriber.salt,
      draft: {
        kind: "withdrawal",
        subscriber: { id: subscriber.id, phone: maskPhone(input.phone) },
        channel: input.channels?.length === 1 ? (input.channels[0] ?? null) : null,
        purpose: input.purposes?.length === 1 ? (input.purposes[0] ?? null) : null,
        decisionId: withdrawal.id,
        note: `by ${input.by}: ${input.source}`,
      },
    },
  ]);
  await tx.notify("guard_withdrawal", subscriber.id);
  return { withdrawal, refusal };
}

/** The row of a number, locked against permits; a number that is not known yet gets one, so that the refusal holds. */
export async function lockSubscriber(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  phone: string,
  now: Date,
): Promise<SubscriberRow> {
  const salt = world.entropy.bytes(16);
  const [row] = await tx.subscribers.addOrLock(
    customer.row.id,
    [
      {
        id: world.entropy.id(now),
        phoneIndex: customer.vault.phoneIndex(phone),
        salt,
        profileCipher: customer.vault
          .subscriber(salt)
          .seal(Buffer.from(JSON.stringify({ phone })), "subscriber.profile"),
        known: false,
        country: null,
        adultAt: null,
        guardianConsented: false,
        restrictedAt: null,
        objectedAt: null,
        erasedAt: null,
      },
    ],
    now,
  );
  if (row === undefined) throw new Error("a subscriber row was neither found nor added");
  return row;
}

async function endPermissions(
  world: World,
  tx: Tx,
  customer: OpenCustomer,
  subscriber: SubscriberRow,
  scope: Pick<RefusalInput, "channels" | "purposes">,
): Promise<void> {
  const now = world.clock.now();
  const granted = (await tx.subscribers.permissions([subscriber.id], latest)).filter(
    (row) => row.granted && covers(scope, row.channel, row.purpose),
  );
  if (granted.length === 0) return;
  const declared = {
    basis: "consent",
    purposes: [],
    channels: [],
    // The words stand with the refusal alone, where an erasure finds them: declarations are shared and stay.
    consent: { source: "withdrawal" },
  } as const;
  const declarationId = (await declare(world, tx, customer, [declared]))(declared);
  await tx.subscribers.addPermissions(
    customer.row.id,
    granted.map(
      (row): PermissionRow => ({
        subscriberId: row.subscriberId,
        channel: row.channel,
        purpose: row.purpose,
        revision: row.revision + 1,
        epoch: row.epoch + 1,
        granted: false,
        basis: row.basis,
        declarationId,
        collectedAt: null,
        since: now,
      }),
    ),
  );
}

/** T2, once: the moment from which it is effective, or null while a hand-off that it must wait for is open. */
export async function settle(
  world: World,
  customerId: string,
  withdrawal: WithdrawalRow,
): Promise<Date | null> {
  return world.store.transaction(customerId, async (tx) => {
    if (await tx.handOffs.anyOpen(withdrawal.subscriberId, withdrawal.channels, withdrawal.purposes))
      return null;
    const now = world.clock.now();
    await tx.subscribers.setEffective(withdrawal.id, now);
    return now;
  });
}

export async function getWithdrawal(world: World, caller: Caller, id: string): Promise<WithdrawalResult> {
  const customerId = customerOf(caller);
  const row = await world.store.transaction(customerId, (tx) => tx.subscribers.withdrawal(customerId, id));
  if (row === null) throw new GuardError("not_found", "no such withdrawal");
  return view(row);
}

function view(row: WithdrawalRow): WithdrawalResult {
  return {
    id: row.id,
    recordedAt: row.recordedAt.toISOString(),
    ...(row.effectiveAt === null
      ? { status: "pending" as const }
      : { status: "effective" as const, effectiveAt: row.effectiveAt.toISOString() }),
  };
}

/** For the sweeper: withdrawals that were answered `pending` become effective when nothing is open any more. */
export async function settlePending(world: World): Promise<number> {
  const pending = await world.store.transaction("*", (tx) => tx.subscribers.pendingWithdrawals(200));
  let settled = 0;
  for (const withdrawal of pending) {
    if ((await settle(world, withdrawal.customerId, withdrawal)) !== null) settled++;
  }
  return settled;
}
