import { blockSubscriber, completeErasure } from "./erase-subscriber.ts";
import type { ErasureEntry } from "./ports/erasure-list.ts";
import type { World } from "./world.ts";

const pageMax = 1_000;
/** Clocks of hosts differ, and a transaction is seen some time after its moment. */
const overlapMs = 5 * 60_000;

/**
 * Before a process serves: erases again what a restored older database has brought back, and keeps numbers
 * suppressed whose owners the older database has never known. Where a hand-off is still open the person is blocked
 * and hidden, and `settleErasures` does the rest. Resolves to how many persons were erased anew.
 */
export async function replayErasures(world: World): Promise<number> {
  const byCustomer = new Map<string, ErasureEntry[]>();
  for (const entry of await world.erasures.read()) {
    byCustomer.set(entry.customerId, [...(byCustomer.get(entry.customerId) ?? []), entry]);
  }
  let replayed = 0;
  for (const [customerId, entries] of byCustomer) {
    const known = await world.store.transaction("*", (tx) => tx.customers.get(customerId));
    if (known === null) continue;
    for (let at = 0; at < entries.length; at += pageMax) {
      replayed += await replayPage(world, customerId, entries.slice(at, at + pageMax));
    }
  }
  return replayed;
}

async function replayPage(
  world: World,
  customerId: string,
  entries: readonly ErasureEntry[],
): Promise<number> {
  const ids = entries.map((entry) => entry.subscriberId);
  const found = await world.store.transaction(customerId, (tx) => tx.erasure.among(customerId, ids));
  const erased = new Map(found.map((row) => [row.subscriberId, row.erased]));
  let replayed = 0;
  for (const { subscriberId, numberIndex, erasedAt } of entries) {
    const state = erased.get(subscriberId);
    if (state === true) continue;
    if (state === false) {
      await blockSubscriber(world, customerId, subscriberId, erasedAt);
      await completeErasure(world, customerId, subscriberId, world.clock.now());
      erased.set(subscriberId, true);
      replayed++;
    } else if (numberIndex !== null) {
      await world.store.transaction(customerId, async (tx) => {
        if ((await tx.erasure.suppression(customerId, numberIndex)) === null)
          await tx.erasure.suppress(customerId, numberIndex, erasedAt, 0);
      });
    }
  }
  return replayed;
}

/**
 * Keeps the list of this process complete: erasures that other processes have carried out beside another list are
 * added to it. Each call goes on from where the last one ended.
 */
export function erasureListKeeper(world: World): () => Promise<void> {
  let known: Set<string> | null = null;
  let since = new Date(0);
  return async () => {
    known ??= new Set((await world.erasures.read()).map((entry) => entry.subscriberId));
    for (;;) {
      const from = since;
      const rows = await world.store.transaction("*", (tx) => tx.erasure.since(from, pageMax));
      const listed = known;
      const missing = rows.filter((row) => !listed.has(row.subscriberId));
      await world.erasures.add(missing.map((row) => ({ ...row, numberIndex: null })));
      for (const row of missing) listed.add(row.subscriberId);
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageMax) {
        since = new Date(Math.max(since.getTime(), world.clock.now().getTime() - overlapMs));
        return;
      }
      // A thousand at one millisecond would not let it go on.
      since = last.erasedAt.getTime() > from.getTime() ? last.erasedAt : new Date(from.getTime() + 1);
    }
  };
}
