import { maskPhone } from "../phone/mask-phone.ts";
import { appendRecords } from "./append-record.ts";
import { openCustomer } from "./customer-access.ts";
import { openProfile } from "./gather-facts.ts";
import { groupBy } from "./group-by.ts";
import type { HolderRow, IntentRow } from "./ports/hand-off-records.ts";
import type { World } from "./world.ts";

/**
 * Proves that a holder's process is gone and that nothing it wrote can still reach a provider. "Not proved" is
 * the answer in every doubt: a silent holder keeps its intents open (docs/reliability.md).
 */
export type ProcessProbe = { isProvedGone(holder: HolderRow): Promise<boolean> };

/** Closes the intents of dead holders as `unknown`: whether the provider got them nobody can say from here. */
export async function reapDeadHolders(world: World, probe: ProcessProbe): Promise<number> {
  const holders = await world.store.transaction("*", (tx) => tx.handOffs.holdersWithOpen(world.holderId));
  let reaped = 0;
  for (const holder of holders) {
    if (!(await probe.isProvedGone(holder))) continue;
    const intents = await world.store.transaction("*", (tx) => tx.handOffs.openOfHolder(holder.id));
    for (const [customerId, own] of groupBy(intents, (intent) => intent.customerId)) {
      reaped += await closeAbandoned(world, customerId, own, "holder_died");
    }
    await world.store.transaction("*", (tx) => tx.handOffs.endHolder(holder.id, world.clock.now()));
    world.log.warn(
      { holder: holder.id, pid: holder.pid, intents: intents.length },
      "closed what a dead worker held",
    );
  }
  return reaped;
}

export async function closeAbandoned(
  world: World,
  customerId: string,
  intents: readonly IntentRow[],
  code: string,
): Promise<number> {
  return world.store.transaction(customerId, async (tx) => {
    const now = world.clock.now();
    const closed = await tx.handOffs.closeIntents(
      intents.map((intent) => ({
        id: intent.id,
        state: "unknown",
        action: "unknown",
        code,
        providerReference: null,
      })),
      now,
    );
    const mine = intents.filter((intent) => closed.has(intent.id));
    const customer = await openCustomer(world, tx, customerId);
    const subscribers = new Map(
      (await tx.subscribers.byIds(customerId, [...new Set(mine.map((intent) => intent.subscriberId))])).map(
        (row) => [row.id, row],
      ),
    );
    await appendRecords(
      world,
      tx,
      { id: customerId, vault: customer.vault },
      mine.map((intent) => {
        const row = subscribers.get(intent.subscriberId);
        const phone = row === undefined ? null : openProfile(customer, row)?.phone;
        return {
          salt: row?.salt ?? null,
          draft: {
            kind: "outcome" as const,
            subscriber: {
              id: intent.subscriberId,
              phone: phone === null || phone === undefined ? "" : maskPhone(phone),
            },
            channel: intent.channel,
            purpose: intent.purpose,
            campaignId: intent.campaignId,
            decisionId: intent.messageId,
            intentId: intent.id,
            outcome: "unknown",
            note: code,
          },
        };
      }),
    );
    await tx.campaigns.setMessages(
      mine.map((intent) => ({ id: intent.messageId, state: "unknown" as const, batchId: null })),
    );
    await tx.campaigns.completeIfDone([...new Set(mine.map((intent) => intent.campaignId))], now);
    return mine.length;
  });
}
