import { LedgerRefusal } from "./sequence.ts";
import { tellEvents } from "./tell-events.ts";
import type { World } from "./world.ts";

/** One failure is found again at every look; it is told once in so long. */
const againAfterMs = 6 * 3_600_000;

/**
 * Every listening customer gets `integrity.failed` when the ledger does not extend what was signed. `failure`: what
 * the sequencer or a check threw; anything but a refusal of the ledger says nothing about its integrity.
 */
export async function tellIntegrityFailure(world: World, failure: unknown): Promise<void> {
  if (!(failure instanceof LedgerRefusal)) return;
  await world.store.transaction("*", async (tx) => {
    await tx.exclusive("integrity.failed");
    const now = world.clock.now();
    if (await tx.webhooks.anyEventSince("integrity.failed", new Date(now.getTime() - againAfterMs))) return;
    await tellEvents(world, tx, null, [
      { type: "integrity.failed", data: { origin: world.ledger.origin, detail: failure.message } },
    ]);
  });
}
