import { GuardError } from "../domain/guard-error.ts";
import { maskPhone } from "../phone/mask-phone.ts";
import { parsePhone } from "../phone/parse-phone.ts";
import { readOptOut } from "../rules/words/opt-out-words.ts";
import { appendRecords } from "./append-record.ts";
import { openCustomer } from "./customer-access.ts";
import { openProfile } from "./gather-facts.ts";
import type { Guard } from "./guard.ts";
import { confirmOptOut, hasRefusedAdvertising } from "./opt-out-confirmation.ts";
import type { Connector, InboundEvent, InboundResult } from "./ports/connector.ts";
import type { IntentRow } from "./ports/hand-off-records.ts";
import type { Tx } from "./ports/store.ts";
import { lockSubscriber, recordRefusalOf } from "./withdraw.ts";
import type { World } from "./world.ts";

const answerWithinMs = 3_000;

type Accepted = Extract<InboundResult, { readonly accepted: true }>;

/**
 * What providers call back with. Nothing of an unsigned or wrongly signed call is recorded; an unsigned kind of
 * callback changes a state only after the provider, asked in return, has confirmed it.
 */
export async function receive(
  world: World,
  processorId: string,
  request: Parameters<Guard["receive"]>[1],
): ReturnType<Guard["receive"]> {
  const now = world.clock.now();
  const processor = await world.store.transaction("*", (tx) => tx.processors.get(processorId, now));
  const connector = processor === null ? null : world.connectors.of(processor);
  if (connector === null || connector.inbound === undefined) {
    throw new GuardError("unauthenticated", "no callback is expected for this processor");
  }
  const result = await connector.inbound({
    ...request,
    rawBody: Buffer.from(request.rawBody),
    receivedAt: now,
  });
  if (!result.accepted) {
    if (result.code === "malformed") throw new GuardError("invalid_request", "the callback cannot be read");
    throw new GuardError("unauthenticated", `the callback was refused: ${result.code}`);
  }
  const events =
    result.mustConfirm && connector.lookUp !== undefined
      ? await confirmed(world, processorId, connector, result)
      : result.events;
  for (const event of events) await actOnEvent(world, processorId, event);
  return result.response;
}

/** Keeps receipts that the provider confirms on being asked; words of subscribers need no confirmation. */
async function confirmed(
  world: World,
  processorId: string,
  connector: Connector,
  result: Accepted,
): Promise<readonly InboundEvent[]> {
  const kept: InboundEvent[] = [];
  for (const event of result.events) {
    if (event.type !== "receipt") {
      kept.push(event);
      continue;
    }
    const intent = await answeredIntent(world, processorId, event);
    if (intent === null) continue;
    const [found] =
      (await connector.lookUp?.([
        {
          providerKey: intent.providerKey,
          handedOffAt: intent.openedAt,
          ...(intent.providerReference === null ? {} : { providerReference: intent.providerReference }),
        },
      ])) ?? [];
    if (found?.state === "delivered" || found?.state === "failed")
      kept.push({ ...event, state: found.state });
  }
  return kept;
}

/**
 * A receipt may overtake the answer to the call itself, and only that answer brings the reference to ask the
 * provider by. Waits for it a moment.
 */
async function answeredIntent(
  world: World,
  processorId: string,
  event: Extract<InboundEvent, { readonly type: "receipt" }>,
): Promise<IntentRow | null> {
  const started = world.clock.elapsedMs();
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    const intent = await world.store.transaction("*", (tx) =>
      tx.handOffs.byReference(processorId, referenceOf(event)),
    );
    if (intent?.state !== "open" || world.clock.elapsedMs() - started > answerWithinMs) return intent;
    await world.clock.sleep(pauseMs);
  }
}

function referenceOf(event: { readonly providerReference?: string; readonly providerKey?: string }): {
  readonly providerReference?: string;
  readonly providerKey?: string;
} {
  return {
    ...(event.providerReference === undefined ? {} : { providerReference: event.providerReference }),
    ...(event.providerKey === undefined ? {} : { providerKey: event.providerKey }),
  };
}

/** Acts on one event, once its sender is known to be the provider. */
export async function actOnEvent(world: World, processorId: string, event: InboundEvent): Promise<void> {
  switch (event.type) {
    case "receipt":
      return actOnReceipt(world, processorId, event);
    case "message": {
      const word = readOptOut(event.text);
      if (word.kind !== "opt_out" && word.kind !== "unclear") return;
      // In doubt advertising stops, which costs little; what the person needs to know still arrives.
      return refuse(
        world,
        processorId,
        event.phone,
        word.kind === "opt_out" && word.scope !== "advertising",
        "message",
        event.text,
      );
    }
    case "opt_out":
      return refuse(
        world,
        processorId,
        event.phone,
        event.refusalScope !== "advertising",
        `code ${event.code}`,
        null,
      );
    case "template_status":
    case "ignored":
      return;
  }
}

async function actOnReceipt(
  world: World,
  processorId: string,
  event: Extract<InboundEvent, { readonly type: "receipt" }>,
): Promise<void> {
  const intent = await intentMeant(world, processorId, event);
  if (intent === null) return;
  if (
    event.state === "delivered" ||
    event.state === "seen" ||
    event.state === "failed" ||
    event.state === "expired"
  ) {
    const receipt = event.state === "delivered" || event.state === "seen" ? "delivered" : "failed";
    await world.store.transaction(intent.customerId, async (tx) => {
      if (await tx.campaigns.setReceipt(intent.messageId, receipt))
        await recordReceipt(world, tx, intent, receipt, event.code);
    });
  }
  if (event.action === "optout" && event.phone !== undefined) {
    await refuse(
      world,
      processorId,
      event.phone,
      event.refusalScope !== "advertising",
      `code ${event.code}`,
      null,
    );
  }
}

/** By the reference as given, else by one of its spellings if it went to one of these numbers. */
async function intentMeant(
  world: World,
  processorId: string,
  event: Extract<InboundEvent, { readonly type: "receipt" }>,
): Promise<IntentRow | null> {
  return world.store.transaction("*", async (tx) => {
    const { spelt } = event;
    if (spelt === undefined) return tx.handOffs.byReference(processorId, referenceOf(event));
    for (const providerReference of spelt.references) {
      const intent = await tx.handOffs.byReference(processorId, { providerReference });
      if (intent === null) continue;
      const customer = await openCustomer(world, tx, intent.customerId);
      const [subscriber] = await tx.subscribers.byIds(intent.customerId, [intent.subscriberId]);
      const phone = subscriber === undefined ? undefined : openProfile(customer, subscriber)?.phone;
      if (phone !== undefined && spelt.phones.includes(phone.replace("+", ""))) return intent;
    }
    return null;
  });
}

async function recordReceipt(
  world: World,
  tx: Tx,
  intent: IntentRow,
  receipt: "delivered" | "failed",
  code: string,
): Promise<void> {
  const customer = await openCustomer(world, tx, intent.customerId);
  const [subscriber] = await tx.subscribers.byIds(intent.customerId, [intent.subscriberId]);
  const phone = subscriber === undefined ? undefined : openProfile(customer, subscriber)?.phone;
  const processor = await tx.processors.get(intent.processorId, world.clock.now());
  await appendRecords(world, tx, { id: customer.row.id, vault: customer.vault }, [
    {
      salt: subscriber?.salt ?? null,
      draft: {
        kind: "receipt",
        subscriber: { id: intent.subscriberId, phone: phone === undefined ? "" : maskPhone(phone) },
        processor:
          processor === null
            ? null
            : { id: processor.id, name: processor.body.name, country: processor.body.country },
        channel: intent.channel,
        purpose: intent.purpose,
        campaignId: intent.campaignId,
        decisionId: intent.messageId,
        intentId: intent.id,
        outcome: receipt,
        providerReference: intent.providerReference,
        note: code,
      },
    },
  ]);
}

/** A customer that a word may mean, with its last hand-off to the number through the processor that brought the word. */
type Meant = { readonly customerId: string; readonly last: IntentRow | null };

/**
 * The word of a person reaches every customer that has sent to the number through this processor: nobody can tell
 * from "STOP" which of them was meant, and one message too few harms nobody. Only the one that sent last confirms
 * it: the person asked once.
 */
async function refuse(
  world: World,
  processorId: string,
  phone: string,
  everything: boolean,
  source: string,
  text: string | null,
): Promise<void> {
  const parsed = parsePhone(phone, "VN");
  if (!parsed.ok) return;
  const now = world.clock.now();
  const processor = await world.store.transaction("*", (tx) => tx.processors.get(processorId, now));
  const channel = processor?.body.channel ?? "sms";
  const meant = await customersMeant(world, processorId, parsed.phone.e164);
  const [latestSender] = meant
    .filter(({ last }) => last !== null)
    .sort((a, b) => (b.last?.openedAt.getTime() ?? 0) - (a.last?.openedAt.getTime() ?? 0));
  for (const one of meant) {
    await world.store.transaction(one.customerId, async (tx) => {
      const customer = await openCustomer(world, tx, one.customerId);
      const subscriber = await lockSubscriber(world, tx, customer, parsed.phone.e164, now);
      const refusedBefore = await hasRefusedAdvertising(tx, subscriber.id);
      const { refusal } = await recordRefusalOf(world, tx, customer, subscriber, {
        phone: parsed.phone.e164,
        channels: [channel],
        purposes: everything ? null : ["advertising", "registration", "survey"],
        by: "subject",
        source: `processor ${processorId}: ${source}`,
        receivedAt: now,
        text,
      });
      const { last } = one;
      // What a provider reports by a code of its own it also answers itself, and takes no more messages for.
      if (one !== latestSender || last === null || text === null || channel !== "sms" || refusedBefore)
        return;
      const sentBy = await tx.campaigns.get(one.customerId, last.campaignId);
      const mode = sentBy?.mode ?? "live";
      const route = { processorId, sender: last.sender, mode };
      await confirmOptOut(world, tx, customer, subscriber, refusal, route);
    });
  }
}

async function customersMeant(world: World, processorId: string, phone: string): Promise<readonly Meant[]> {
  return world.store.transaction("*", async (tx) => {
    const found: Meant[] = [];
    for (const customer of await tx.customers.list(100_000, null)) {
      const vault = world.vault.customer(customer.id, customer.keyWrapped);
      const [row] = await tx.subscribers.byIndexes(customer.id, [vault.phoneIndex(phone)]);
      if (row === undefined) continue;
      const intents = await tx.handOffs.last(row.id, 50);
      const last = intents.find((intent) => intent.processorId === processorId) ?? null;
      if (last !== null || row.known) found.push({ customerId: customer.id, last });
    }
    return found;
  });
}
