import type { World } from "./world.ts";

const dayMs = 86_400_000;
/** What endpoints were told: so long they may ask to be told again. */
const webhookDays = 30;
const rowsMax = 1_000;

/**
 * One bounded step of forgetting; called again and again. What must stay does: the ledger with its records,
 * permissions, refusals, withdrawals, hand-offs (caps count them), reviews and suppressed numbers.
 * `decisionDays`: how long what was decided of each recipient is kept after its campaign has ended.
 */
export async function retain(
  world: Pick<World, "store" | "clock">,
  options: { readonly decisionDays: number },
): Promise<number> {
  const now = world.clock.now();
  const before = (days: number): Date => new Date(now.getTime() - days * dayMs);
  let removed = await world.store.transaction("*", (tx) => tx.idempotency.purge(now, rowsMax));
  removed += await world.store.transaction("*", (tx) =>
    tx.retention.purgeWebhookEvents(before(webhookDays), rowsMax),
  );
  removed += await world.store.transaction("*", async (tx) => {
    const [campaignId] = await tx.retention.prunableCampaigns(before(options.decisionDays), 1);
    if (campaignId === undefined) return 0;
    const pruned = await tx.retention.pruneMessages(campaignId, rowsMax);
    if (pruned === 0) await tx.retention.markPruned(campaignId, now);
    return pruned;
  });
  return removed;
}
