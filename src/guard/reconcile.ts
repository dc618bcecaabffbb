import { GuardError } from "../domain/guard-error.ts";
import { groupBy } from "./group-by.ts";
import { latest } from "./latest.ts";
import { providerKeyOf } from "./permit.ts";
import type { CampaignRow } from "./ports/campaign-records.ts";
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
  for (const group of groupBy(intents, (intent) => `${intent.campaignId} ${intent.processorId}`).values()) {
    try {
      settled += await reconcileGroup(world, group, now);
    } catch (err) {
      if (!(err instanceof GuardError)) throw err;
      world.log.warn({ err, intents: group.length }, "unknown outcomes could not be reconciled now");
    }
  }
  return settled;
}

/** Of one campaign and processor. */
async function reconcileGroup(world: World, intents: readonly IntentRow[], now: Date): Promise<number> {
  const [first] = intents;
  if (first === undefined) return 0;
  const { processor, campaign } = await world.store.transaction(first.customerId, async (tx) => ({
    processor: await tx.processors.get(first.processorId, latest),
    campaign: await tx.campaigns.get(first.customerId, first.campaignId),
  }));
  if (processor === null || campaign === null) return 0;
  const connector =
    campaign.mode === "test" ? world.connectors.sandbox(first.channel) : world.connectors.of(processor);
  const repeatable = intents.filter((intent) => isRepeatable(connector, intent, now));
  let settled = await repeat(world, campaign, repeatable, now);
  for (const intent of intents) {
    if (!repeatable.includes(intent) && (await lookUp(world, connector, intent))) settled++;
  }
  return settled;
}

/** In batches, as they were sent: hundreds that a dead worker left behind are not hundreds of jobs. */
async function repeat(
  world: World,
  campaign: CampaignRow,
  intents: readonly IntentRow[],
  now: Date,
): Promise<number> {
  const [first] = intents;
  if (first === undefined) return 0;
  return world.store.transaction(campaign.customerId, async (tx) => {
    const batches = new Batches(world, campaign, first.processorId, now);
    const dueAt = new Date(now.getTime() + repeatAfterMs);
    let requeued = 0;
    for (const { messageId } of intents) {
      if (await tx.campaigns.repeatUnknown(messageId, batches.of(dueAt), dueAt, attemptsMax)) requeued++;
    }
    await tx.outbox.add(batches.rows, now);
    return requeued;
  });
}

/** Only by a key of its own, and only while the provider surely remembers it. */
function isRepeatable(connector: Connector, intent: IntentRow, now: Date): boolean {
  if (connector.traits.idempotency !== "key") return false;
  if (intent.providerKey !== providerKeyOf(intent.messageId)) return false;
  const forgottenAt = connector.keyForgottenAt?.(intent.openedAt);
  return forgottenAt === undefined || now.getTime() + repeatWithinMs < forgottenAt.getTime();
}

async function lookUp(world: World, connector: Connector, intent: IntentRow): Promise<boolean> {
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
