import { doNotCall } from "./do-not-call.ts";
import type { World } from "./world.ts";

/** Records waiting longer than this for a signed checkpoint mean that nobody sequences. */
const ledgerLagMaxMs = 30_000;

/**
 * Can a hand-off be recorded at this moment, in a ledger that was whole when it was last verified? A stale do-not-call
 * list is told, but stops only advertising.
 */
export async function readiness(
  world: World,
): Promise<{ readonly ready: boolean; readonly checks: Readonly<Record<string, unknown>> }> {
  const [store, queue] = await Promise.all([world.store.isReady(), world.queue.isReady()]);
  if (!store)
    return {
      ready: false,
      checks: { store: "unavailable", queue: queue ? "ok" : "unavailable", ledger: "unknown" },
    };
  const { pending, checkpoint, check } = await world.store.transaction("*", async (tx) => ({
    pending: await tx.tree.pendingCount(),
    checkpoint: await tx.tree.checkpoint(),
    check: await tx.tree.lastCheck(),
  }));
  const now = world.clock.now().getTime();
  const behind = pending > 0 && checkpoint !== null && now - checkpoint.signedAt.getTime() > ledgerLagMaxMs;
  const damaged = check?.ok === false;
  return {
    ready: queue && !behind && !damaged,
    checks: {
      store: "ok",
      queue: queue ? "ok" : "unavailable",
      ledger: damaged ? "damaged" : behind ? "behind" : "ok",
      ledgerSize: Number(checkpoint?.size ?? 0n),
      ledgerPending: pending,
      ledgerCheck:
        check === null
          ? null
          : { ok: check.ok, at: check.finishedAt.toISOString(), findings: check.findings.slice(0, 20) },
      doNotCall: await doNotCall(world),
    },
  };
}
