import { stepsOf } from "./campaign-steps.ts";
import { decideRecipients } from "./decide-recipients.ts";
import { gatherCampaign, gatherRecipients } from "./gather-facts.ts";
import { groupBy } from "./group-by.ts";
import type { Permit, PermittedBatch } from "./permit.ts";
import type { Tx } from "./ports/store.ts";
import { openGiven, storeMessages } from "./store-messages.ts";
import type { World } from "./world.ts";

/**
 * Who cannot be reached on a channel may be reached on the next one, by a decision of its own: consent is per
 * channel, so the whole chain runs again. A refusal never gets here.
 */
export async function offerFallbacks(
  world: World,
  tx: Tx,
  batch: PermittedBatch,
  unreachable: readonly Permit[],
): Promise<void> {
  const { customer, campaign: row } = batch;
  if (unreachable.length === 0) return;
  const steps = stepsOf(customer, row);
  for (const [written, permits] of groupBy(unreachable, (permit) => String(permit.message.step + 1))) {
    const number = Number(written);
    const step = steps[number];
    if (step === undefined) continue;
    const campaign = await gatherCampaign(world, tx, row.customerId, step, {
      at: null,
      sendAt: null,
      stopped: row.stoppedAt !== null,
    });
    const ids = permits.map((permit) => permit.intent.subscriberId);
    const subscribers = new Map(
      (await tx.subscribers.byIds(row.customerId, ids)).map((found) => [found.id, found]),
    );
    const recipients = await gatherRecipients(
      world,
      tx,
      campaign,
      permits.map((permit) => {
        const subscriber = subscribers.get(permit.intent.subscriberId);
        return subscriber === undefined
          ? { phone: "" }
          : { subscriber, data: openGiven(customer, subscriber.salt, permit.message.dataCipher) };
      }),
    );
    const decided = decideRecipients(
      world,
      campaign,
      recipients,
      permits.map((permit) => ({
        position: permit.message.position,
        correlationId: permit.message.correlationId,
      })),
    );
    await storeMessages(world, tx, { row, campaign, step: number, decided });
  }
}
