import type { OutboxRow } from "./ports/hand-off-records.ts";
import type { Job, JobName } from "./ports/queue.ts";
import type { World } from "./world.ts";

const takeMax = 500;
const lostAfterMs = 30_000;

/** Tells the queue what is new in the outbox. What it fails to tell, the sweep finds again. */
export async function relayOutbox(world: World): Promise<number> {
  const now = world.clock.now();
  const rows = await world.store.transaction("*", (tx) => tx.outbox.takeUntold(takeMax, now));
  if (rows.length === 0) return 0;
  await world.queue.enqueue(rows.map((row) => jobOf(row, now)));
  return rows.length;
}

/**
 * Puts back what PostgreSQL says is due but the queue does not know: after a lost queue, a FLUSHALL, or a relay
 * that died between marking and telling. `lostAfterMs`: how long a row must have been told and undone.
 */
export async function sweepOutbox(
  world: World,
  options: { readonly lostAfterMs?: number } = {},
): Promise<number> {
  const now = world.clock.now();
  const toldBefore = new Date(now.getTime() - (options.lostAfterMs ?? lostAfterMs));
  let after: string | null = null;
  let requeued = 0;
  for (;;) {
    const rows: readonly OutboxRow[] = await world.store.transaction("*", (tx) =>
      tx.outbox.undone(toldBefore, now, takeMax, after),
    );
    if (rows.length === 0) return requeued;
    const known = await world.queue.known(rows.map((row) => row.id));
    const lost = rows.filter((row) => !known.has(row.id));
    if (lost.length > 0) {
      await world.queue.enqueue(lost.map((row) => jobOf(row, now)));
      await world.store.transaction("*", (tx) =>
        tx.outbox.markTold(
          lost.map((row) => row.id),
          now,
        ),
      );
      requeued += lost.length;
    }
    after = rows.at(-1)?.id ?? null;
  }
}

function jobOf(row: OutboxRow, now: Date): Job {
  const delayMs = row.dueAt.getTime() - now.getTime();
  return {
    name: row.name as JobName,
    id: row.id,
    data: row.data,
    ...(delayMs > 0 ? { delayMs } : {}),
    ...(row.lane === "" ? {} : { lane: row.lane }),
  };
}
