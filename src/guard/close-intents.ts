import { appendRecords, type DraftWithSalt } from "./append-record.ts";
import { offerFallbacks } from "./fallback.ts";
import { observe } from "./observe.ts";
import { type Permit, type PermittedBatch, refusalOf } from "./permit.ts";
import type { MessageChange } from "./ports/campaign-records.ts";
import type { HandOffOutcome, ProviderAction } from "./ports/connector.ts";
import type { IntentClosure } from "./ports/hand-off-records.ts";
import type { Tx } from "./ports/store.ts";
import { Batches } from "./store-messages.ts";
import { recordRefusal } from "./withdraw.ts";
import type { World } from "./world.ts";

export type ClosingOptions = {
  readonly idempotency?: "key" | "lookup" | "none";
  /** The provider was never called: the stop flag was seen after the permit. */
  readonly suppressed?: boolean;
};

const attemptsMax = 8;
const backoffFirstMs = 5_000;
const backoffMaxMs = 3_600_000;
const settingsLaterMs = 15 * 60_000;

/** Actions after which the same message may be tried again, with a new permit. */
const again: ReadonlySet<ProviderAction> = new Set(["backoff", "quota", "night", "refresh", "hold"]);

/**
 * Outcomes and their leaves, in one transaction. It is tried until it is written: an intent that stays open only
 * because its outcome could not be stored would keep a withdrawal waiting, but must never be guessed at.
 */
export async function closeIntents(
  world: World,
  batch: PermittedBatch,
  outcomes: readonly HandOffOutcome[],
  options: ClosingOptions,
): Promise<void> {
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    try {
      await observe(world, "outcome", (note) => {
        note({ campaignId: batch.campaign.id, recipients: outcomes.length });
        return world.store.transaction(batch.campaign.customerId, (tx) =>
          close(world, tx, batch, outcomes, options),
        );
      });
      return;
    } catch (err) {
      world.log.error({ err, intents: outcomes.length }, "outcomes are not written yet");
      await world.clock.sleep(pauseMs);
    }
  }
}

async function close(
  world: World,
  tx: Tx,
  batch: PermittedBatch,
  outcomes: readonly HandOffOutcome[],
  options: ClosingOptions,
): Promise<void> {
  const now = world.clock.now();
  const permitOf = new Map(batch.permits.map((permit) => [permit.intent.id, permit]));
  const closures = outcomes.map(
    (outcome): IntentClosure => ({
      id: outcome.intentId,
      state: options.suppressed === true ? "suppressed" : outcome.state,
      action: outcome.action,
      code: outcome.code,
      providerReference: outcome.providerReference ?? null,
    }),
  );
  // Exactly once: what somebody else has closed in the meantime is neither recorded nor acted on again.
  const closed = await tx.handOffs.closeIntents(closures, now);
  const pairs = outcomes.flatMap((outcome) => {
    const permit = permitOf.get(outcome.intentId);
    return permit === undefined || !closed.has(outcome.intentId) ? [] : [{ outcome, permit }];
  });
  const later = new Batches(world, batch.campaign, batch.processor.id, now);
  await appendRecords(
    world,
    tx,
    { id: batch.customer.row.id, vault: batch.customer.vault },
    pairs.map(
      ({ outcome, permit }): DraftWithSalt => ({
        salt: permit.salt,
        draft: {
          ...permit.record,
          kind: "outcome",
          outcome: options.suppressed === true ? "suppressed" : outcome.state,
          providerReference: outcome.providerReference ?? null,
          note: outcome.code,
        },
      }),
    ),
  );
  await tx.campaigns.setMessages(
    pairs.map(({ outcome, permit }) => messageAfter(permit, outcome, options, later, now)),
  );
  await tx.outbox.add(later.rows, now);
  // In the order of ids, as everybody locks subscribers.
  const refused = pairs
    .filter(({ outcome }) => outcome.action === "optout")
    .sort((a, b) => (a.permit.intent.subscriberId < b.permit.intent.subscriberId ? -1 : 1));
  for (const { outcome, permit } of refused) {
    await recordRefusal(
      world,
      tx,
      batch.customer,
      refusalOf(permit, outcome.refusalScope, outcome.code, now),
    );
  }
  const unreachable = pairs
    .filter(({ outcome }) => outcome.action === "unreachable")
    .map(({ permit }) => permit);
  await offerFallbacks(world, tx, batch, unreachable);
}

function messageAfter(
  permit: Permit,
  outcome: HandOffOutcome,
  options: ClosingOptions,
  later: Batches,
  now: Date,
): MessageChange {
  const { id, attempts } = permit.message;
  if (options.suppressed === true)
    return { id, state: "cancelled", code: "campaign_cancelled", batchId: null };
  const retry = (dueAt: Date): MessageChange => ({
    id,
    state: "held",
    notBefore: dueAt,
    batchId: later.of(dueAt),
  });
  const backoff = new Date(now.getTime() + Math.min(backoffFirstMs * 2 ** attempts, backoffMaxMs));
  switch (outcome.state) {
    case "sent":
      return { id, state: "handed_off", batchId: null };
    case "unknown": {
      const repeatable =
        options.idempotency === "key" &&
        attempts + 1 < attemptsMax &&
        (outcome.repeatableUntil === undefined || outcome.repeatableUntil.getTime() > backoff.getTime());
      return repeatable ? retry(backoff) : { id, state: "unknown", batchId: null };
    }
    case "rejected": {
      if (!again.has(outcome.action) || attempts + 1 >= attemptsMax)
        return { id, state: "failed", batchId: null };
      if (outcome.action === "hold")
        return retry(outcome.retryAt ?? new Date(now.getTime() + settingsLaterMs));
      return retry(outcome.retryAt ?? backoff);
    }
  }
}
