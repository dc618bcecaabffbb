import type { Decision } from "../domain/decision.ts";
import { appendRecords, type DraftWithSalt, type RecordDraft } from "./append-record.ts";
import { stepsOf } from "./campaign-steps.ts";
import { type OpenCustomer, openCustomer } from "./customer-access.ts";
import {
  type GatheredCampaign,
  type GatheredRecipient,
  gatherCampaign,
  gatherRecipients,
  openProfile,
} from "./gather-facts.ts";
import { decisionTransaction, isCounted, lockPersons } from "./legal-entity.ts";
import { asConfirmation, refusalConfirmedBy } from "./opt-out-confirmation.ts";
import type { CampaignRow, MessageChange, MessageRow } from "./ports/campaign-records.ts";
import type { HandOff } from "./ports/connector.ts";
import type { IntentRow } from "./ports/hand-off-records.ts";
import type { ProcessorRow } from "./ports/processor-records.ts";
import type { Tx } from "./ports/store.ts";
import { refusedMessages } from "./refused-messages.ts";
import { render } from "./render.ts";
import { Batches, openGiven } from "./store-messages.ts";
import { tellEvents } from "./tell-events.ts";
import type { RefusalInput } from "./withdraw.ts";
import type { World } from "./world.ts";

/** A hand-off that may begin: its intent and its ledger leaf are committed. */
export type Permit = {
  readonly intent: IntentRow;
  readonly message: MessageRow;
  readonly handOff: HandOff;
  readonly phone: string;
  readonly phoneMasked: string;
  readonly salt: Buffer | null;
  /** What the outcome's record repeats of the hand-off's. */
  readonly record: RecordDraft;
};

export type PermittedBatch = {
  readonly customer: OpenCustomer;
  readonly campaign: CampaignRow;
  readonly processor: ProcessorRow;
  readonly permits: readonly Permit[];
};

/** The transaction ended with an error after the permits were written: they may be committed or not. */
export class PermitUnsure extends Error {
  override readonly name = "PermitUnsure";
  readonly batch: PermittedBatch;

  constructor(batch: PermittedBatch, cause: unknown) {
    super("nobody can tell whether the permits were committed", { cause });
    this.batch = batch;
  }
}

/** A message's own key on the wire, the same for each attempt. */
export function providerKeyOf(messageId: string): string {
  return messageId.replaceAll("-", "");
}

const reviewLaterMs = 15 * 60_000;

/**
 * One transaction for the whole batch: messages locked by id, then subscribers by id; the engine decides again on
 * facts read under the lock; for what it allows, intents and ledger leaves are inserted. What comes back may be
 * handed off, nothing else. null: nothing of this batch is left to do.
 */
export async function permitBatch(
  world: World,
  customerId: string,
  batchId: string,
): Promise<PermittedBatch | null> {
  const tried: { batch: PermittedBatch | null } = { batch: null };
  try {
    return await decisionTransaction(world, customerId, null, async (tx) => {
      tried.batch = null;
      tried.batch = await permitIn(world, tx, customerId, batchId);
      return tried.batch;
    });
  } catch (err) {
    throw tried.batch === null ? err : new PermitUnsure(tried.batch, err);
  }
}

async function permitIn(
  world: World,
  tx: Tx,
  customerId: string,
  batchId: string,
): Promise<PermittedBatch | null> {
  const messages = await tx.campaigns.takeBatch(batchId);
  const first = messages[0];
  if (first === undefined) {
    await tx.outbox.done([batchId], world.clock.now());
    return null;
  }
  const customer = await openCustomer(world, tx, customerId);
  const row = await tx.campaigns.get(customerId, first.campaignId);
  if (row === null) throw new Error("a message without its campaign");
  const step = stepsOf(customer, row)[first.step];
  if (step === undefined) throw new Error("a message of an unknown step");
  const campaign = await gatherCampaign(world, tx, customerId, step, {
    at: null,
    sendAt: null,
    stopped: row.stoppedAt !== null,
  });
  const ids = messages.flatMap((message) => message.subscriberId ?? []);
  if (campaign.siblings.length > 0) {
    const known = await tx.subscribers.byIds(customerId, ids);
    const phones = known.flatMap((subscriber) => openProfile(customer, subscriber)?.phone ?? []);
    await lockPersons(tx, campaign.siblings, ids, phones);
  }
  // Exclusive where a cap is counted: two permits for one person must not both see the last free place.
  const locked = await tx.subscribers.lock(customerId, ids, isCounted(row.purpose) ? "exclusive" : "share");
  const subscribers = new Map(locked.map((subscriber) => [subscriber.id, subscriber]));
  const gathered = await gatherRecipients(
    world,
    tx,
    campaign,
    messages.map((message) => {
      const subscriber = subscribers.get(message.subscriberId ?? "");
      return subscriber === undefined
        ? { phone: "" }
        : { subscriber, data: openGiven(customer, subscriber.salt, message.dataCipher) };
    }),
  );
  const recipients = await asConfirmation(tx, row, gathered);
  return decideBatch(world, tx, { batchId, customer, row, campaign, messages, recipients });
}

async function decideBatch(
  world: World,
  tx: Tx,
  input: {
    readonly batchId: string;
    readonly customer: OpenCustomer;
    readonly row: CampaignRow;
    readonly campaign: GatheredCampaign;
    readonly messages: readonly MessageRow[];
    readonly recipients: readonly GatheredRecipient[];
  },
): Promise<PermittedBatch | null> {
  const { customer, row, campaign, messages, recipients, batchId } = input;
  const now = world.clock.now();
  const prepared = world.engine.prepare(campaign.facts);
  const later = new Batches(world, row, campaign.step.processorId, now);
  const changes: MessageChange[] = [];
  const permits: Permit[] = [];
  const counted = new Set<string>();
  messages.forEach((message, at) => {
    const recipient = recipients[at];
    if (recipient === undefined) return;
    const person = recipient.subscriber?.id;
    if (isCounted(row.purpose) && person !== undefined && counted.has(person)) {
      // The facts were read before the first message to this person took its place under the cap: the second one
      // is decided on facts that count it.
      changes.push({ id: message.id, state: "held", notBefore: now, batchId: later.of(now) });
      return;
    }
    if (person !== undefined) counted.add(person);
    const decision = sinceApproval(message, recipient, prepared.decide(recipient.facts));
    const released = message.verdict === "review" && decision.verdict === "review" && decision.canBeOverruled;
    const { subscriber, phone } = recipient;
    if (
      (decision.verdict === "allow" || released) &&
      subscriber !== null &&
      phone !== null &&
      campaign.processor !== null
    ) {
      const permit = permitOf(
        world,
        row,
        campaign,
        campaign.processor,
        message,
        { ...recipient, subscriber, phone },
        now,
      );
      permits.push(permit);
      changes.push({ id: message.id, state: "open", attempted: true });
    } else changes.push(refused(message, decision, later, now));
  });
  await tx.handOffs.insertIntents(withWireKeys(world, row, campaign.processor, permits));
  await appendRecords(
    world,
    tx,
    { id: customer.row.id, vault: customer.vault },
    permits.map((permit): DraftWithSalt => ({ salt: permit.salt, draft: permit.record })),
  );
  await tx.campaigns.setMessages(changes);
  await tx.outbox.add(later.rows, now);
  await tellEvents(world, tx, row.customerId, refusedMessages(row.id, endedHere(messages, changes)));
  if (permits.length === 0) {
    await tx.outbox.done([batchId], now);
    await tx.campaigns.completeIfDone([row.id], now);
    return null;
  }
  if (campaign.processor === null) return null;
  if (row.status === "held") await tx.campaigns.update(row.id, { status: "sending" });
  return { customer, campaign: row, processor: campaign.processor, permits };
}

/** Messages that were let through when they were submitted and are not any more. */
function endedHere(messages: readonly MessageRow[], changes: readonly MessageChange[]) {
  const places = new Map(messages.map((message) => [message.id, message]));
  return changes.flatMap((change) => {
    const message = places.get(change.id);
    const ended = change.state === "suppressed" || change.state === "cancelled";
    return message !== undefined && ended
      ? [{ ...change, position: message.position, subscriberId: message.subscriberId }]
      : [];
  });
}

/** An intent says by which key its hand-off goes over the wire: one of many in a call has no key of its own. */
function withWireKeys(
  world: World,
  row: CampaignRow,
  processor: ProcessorRow | null,
  permits: readonly Permit[],
): readonly IntentRow[] {
  const intents = permits.map((permit) => permit.intent);
  const [first] = intents;
  if (processor === null || first === undefined) return intents;
  const connector =
    row.mode === "test" ? world.connectors.sandbox(first.channel) : world.connectors.of(processor);
  const keys = connector.sharedKeys?.(permits.map((permit) => permit.handOff));
  return intents.map((intent) => ({ ...intent, providerKey: keys?.get(intent.id) ?? intent.providerKey }));
}

/** An approval is bound to the epoch that it was made under: consent given again later revives none. */
function sinceApproval(message: MessageRow, recipient: GatheredRecipient, decision: Decision): Decision {
  const epoch = recipient.permission?.epoch ?? 0;
  if (decision.verdict === "deny" || message.approvedEpoch === epoch) return decision;
  return {
    verdict: "deny",
    code: "consent_withdrawn",
    rule: "approval-epoch",
    decidedBy: "subject",
    canBeOverruled: false,
    notBefore: null,
    remedy: [],
    citation: "Law 91/2025/QH15 Art. 10",
  };
}

function refused(message: MessageRow, decision: Decision, later: Batches, now: Date): MessageChange {
  const why = { code: decision.code, rule: decision.rule, decidedBy: decision.decidedBy };
  if (decision.verdict === "hold") {
    const notBefore = decision.notBefore ?? new Date(now.getTime() + reviewLaterMs);
    return {
      id: message.id,
      state: "held",
      verdict: "hold",
      ...why,
      notBefore,
      batchId: later.of(notBefore),
    };
  }
  if (decision.verdict === "review")
    return { id: message.id, state: "review", verdict: "review", ...why, batchId: null };
  return {
    id: message.id,
    state: decision.code === "campaign_cancelled" ? "cancelled" : "suppressed",
    ...why,
    batchId: null,
  };
}

function permitOf(
  world: World,
  row: CampaignRow,
  campaign: GatheredCampaign,
  processor: ProcessorRow,
  message: MessageRow,
  recipient: GatheredRecipient & {
    readonly subscriber: NonNullable<GatheredRecipient["subscriber"]>;
    readonly phone: string;
  },
  now: Date,
): Permit {
  const { step } = campaign;
  const { subscriber, permission, phone, phoneMasked } = recipient;
  const intentId = world.entropy.id(now);
  const providerKey = providerKeyOf(message.id);
  return {
    message,
    phone,
    phoneMasked,
    salt: subscriber.salt,
    intent: {
      id: intentId,
      customerId: row.customerId,
      messageId: message.id,
      campaignId: row.id,
      subscriberId: subscriber.id,
      processorId: processor.id,
      channel: step.channel,
      purpose: step.purpose,
      sender: step.sender,
      tag: step.content.channel === "zns" ? step.content.content.tag : null,
      epoch: permission?.epoch ?? 0,
      holder: world.holderId,
      providerKey,
      state: "open",
      openedAt: now,
      providerReference: null,
    },
    handOff: {
      intentId,
      providerKey,
      phone,
      purpose: step.purpose,
      sender: step.sender,
      content: render(step.content, recipient.values),
      ...(isCounted(row.purpose) ? { validUntil: endOfHours(now) } : {}),
    },
    record: {
      kind: "hand_off",
      subscriber: { id: subscriber.id, phone: phoneMasked },
      processor: { id: processor.id, name: processor.body.name, country: processor.body.country },
      channel: step.channel,
      purpose: step.purpose,
      basis: permission?.basis ?? (refusalConfirmedBy(row) === null ? null : "legal_obligation"),
      consentId: permission?.declarationId ?? null,
      evidenceIds: permission?.evidenceIds ?? [],
      fields: campaign.facts.fields,
      campaignId: row.id,
      decisionId: message.id,
      intentId,
      policyDigest: world.policyDigest,
    },
  };
}

/** A delayed message must not arrive in the night: 22:00 in Viet Nam ends it (Decree 91/2020 Art. 13), or sooner. */
function endOfHours(now: Date): Date {
  const zoneMs = 7 * 3_600_000;
  const dayMs = 86_400_000;
  const local = now.getTime() + zoneMs;
  const end = Math.floor(local / dayMs) * dayMs + 22 * 3_600_000;
  return new Date((end > local ? end : end + dayMs) - zoneMs);
}

/** What a provider's "optout" answer means as a refusal of the person. */
export function refusalOf(
  permit: { readonly phone: string; readonly intent: Pick<IntentRow, "channel" | "processorId"> },
  scope: "channel" | "advertising" | "sender" | undefined,
  code: string,
  now: Date,
): RefusalInput {
  return {
    phone: permit.phone,
    channels: [permit.intent.channel],
    purposes: scope === "advertising" ? ["advertising", "registration"] : null,
    by: "subject",
    source: `processor ${permit.intent.processorId}: ${code}`,
    receivedAt: now,
    text: null,
  };
}
