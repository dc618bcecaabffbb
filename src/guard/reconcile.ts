import { GuardError } from "../domain/guard-error.ts";
import { providerKeyOf } from "./permit.ts";
import type { Connector } from "./ports/connector.ts";
import type { IntentRow } from "./ports/hand-off-records.ts";
import { Batches } from "./store-messages.ts";
import type { World } from "./world.ts";

const intentsMax = 200;
const repeatAfterMs = 30_000;
/** A repeated hand-off may wait so long for its turn. */
const repeatWithinMs = 3_600_000;
const attemptsMax = 8;

/**
 * What became of hand-offs whose outcome is unknown: asked where the provider can be asked, repeated under the
 * same key where the provider drops a repeated one, and left to be shown where neither holds. Never resent blindly.
 */
export async function reconcileUnknown(world: World): Promise<number> {
  const now = world.clock.now();
  const intents = await world.store.transaction("*", (tx) => tx.handOffs.unknownToLookUp(intentsMax));
  let settled = 0;
  for (const intent of intents) {
    try {
      if (await reconcile(world, intent, now)) settled++;
    } catch (err) {
      if (!(err instanceof GuardError)) throw err;
      world.log.warn({ err, intent: intent.id }, "an unknown outcome could not be reconciled now");
    }
  }
  return settled;
}

/** Only by a key of its own, and only while the provider surely remembers it. */
function isRepeatable(connector: Connector, intent: IntentRow, now: Date): boolean {
  if (intent.providerKey !== providerKeyOf(intent.messageId)) return false;
  const forgottenAt = connector.keyForgottenAt?.(intent.openedAt);
  return forgottenAt === undefined || now.getTime() + repeatWithinMs < forgottenAt.getTime();
}

async function reconcile(world: World, intent: IntentRow, now: Date): Promise<boolean> {
  const found = await world.store.transaction(intent.customerId, async (tx) => ({
    processor: await tx.processors.get(intent.processorId, now),
    campaign: await tx.campaigns.get(intent.customerId, intent.campaignId),
  }));
  const { processor, campaign } = found;
  if (processor === null || campaign === null) return false;
  const connector =
    campaign.mode === "test" ? world.connectors.sandbox(intent.channel) : world.connectors.of(processor);
  if (connector.traits.idempotency === "key" && isRepeatable(connector, intent, now)) {
    return world.store.transaction(intent.customerId, async (tx) => {
      const batches = new Batches(world, campaign, intent.processorId, now);
      const dueAt = new Date(now.getTime() + repeatAfterMs);
      const requeued = await tx.campaigns.repeatUnknown(
        intent.messageId,
        batches.of(dueAt),
        dueAt,
        attemptsMax,
      );
      if (requeued) await tx.outbox.add(batches.rows, now);
      return requeued;
    });
  }
  if (connector.lookUp === undefined) return false;
  const [answer] = await connector.lookUp([
    {
      providerKey: intent.providerKey,
      handedOffAt: intent.openedAt,
      ...(intent.providerReference === null ? {} : { providerReference: intent.providerReference }),
    },
  ]);
  if (answer === undefined || answer.state === "unknown" || answer.state === "not_found") return false;
  const { state } = answer;
  await world.store.transaction(intent.customerId, async (tx) => {
    await tx.campaigns.setMessages([
      { id: intent.messageId, state: state === "failed" ? "failed" : "handed_off" },
    ]);
    if (state !== "accepted") await tx.campaigns.setReceipt(intent.messageId, state);
  });
  return true;
}
