import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { World } from "./guard/world.ts";

export type ServiceMetrics = {
  read(): Promise<{ readonly mediaType: string; readonly text: string }>;
  observeRequest(route: string, method: string, status: number, durationS: number): void;
};

/** Prometheus metrics of low cardinality; labels hold routes, codes and names, never anything of a person. */
export function createMetrics(world: World, registry: Registry = new Registry()): ServiceMetrics {
  const registers = [registry];
  const requests = new Histogram({
    name: "subscriber_guard_http_request_duration_seconds",
    help: "Time to answer, by route pattern, method and status",
    labelNames: ["route", "method", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  new Gauge({
    name: "subscriber_guard_queue_jobs",
    help: "Jobs waiting, delayed or being handled",
    labelNames: ["name"],
    registers,
    async collect() {
      for (const [name, count] of Object.entries(await world.queue.depth())) this.set({ name }, count);
    },
  });
  const size = new Gauge({
    name: "subscriber_guard_ledger_size",
    help: "Records under the signed checkpoint",
    registers,
  });
  const pending = new Gauge({
    name: "subscriber_guard_ledger_pending",
    help: "Records that wait for their place",
    registers,
  });
  const lag = new Gauge({
    name: "subscriber_guard_ledger_lag_seconds",
    help: "How long the oldest record without a place in the tree has waited; 0: none waits",
    registers,
  });
  const signedAge = new Gauge({
    name: "subscriber_guard_ledger_checkpoint_age_seconds",
    help: "Age of the signed checkpoint",
    registers,
  });
  const checkOk = new Gauge({
    name: "subscriber_guard_ledger_check_ok",
    help: "1: the ledger was whole when the service last verified it; 0: it was not; -1: not verified yet",
    registers,
  });
  const checkAge = new Gauge({
    name: "subscriber_guard_ledger_check_age_seconds",
    help: "Time since the service last verified its ledger; -1: never",
    registers,
  });
  const listAge = new Gauge({
    name: "subscriber_guard_do_not_call_age_seconds",
    help: "Age of the do-not-call list; -1 without one",
    registers,
  });
  const queueAge = new Gauge({
    name: "subscriber_guard_queue_age_seconds",
    help: "How long the oldest work that was told to the queue has been due; 0: none is",
    registers,
  });
  const failures = new Counter({
    name: "subscriber_guard_metrics_failures_total",
    help: "Reads of the store for metrics that failed",
    registers,
  });
  const readStore = async (): Promise<void> => {
    const now = world.clock.now();
    await world.store.transaction("*", async (tx) => {
      const checkpoint = await tx.tree.checkpoint();
      size.set(Number(checkpoint?.size ?? 0n));
      pending.set(await tx.tree.pendingCount());
      const since = await tx.tree.pendingSince();
      lag.set(since === null ? 0 : Math.max(0, (now.getTime() - since.getTime()) / 1_000));
      signedAge.set(checkpoint === null ? -1 : (now.getTime() - checkpoint.signedAt.getTime()) / 1_000);
      const check = await tx.tree.lastCheck();
      checkOk.set(check === null ? -1 : check.ok ? 1 : 0);
      checkAge.set(check === null ? -1 : (now.getTime() - check.finishedAt.getTime()) / 1_000);
      const [oldest] = await tx.outbox.undone(now, now, 1, null);
      queueAge.set(oldest === undefined ? 0 : (now.getTime() - oldest.dueAt.getTime()) / 1_000);
      const snapshot = await tx.doNotCall.snapshot(now);
      listAge.set(snapshot === null ? -1 : (now.getTime() - snapshot.snapshotAt.getTime()) / 1_000);
    });
  };
  return {
    observeRequest: (route, method, status, durationS) => {
      requests.observe({ route, method, status: String(status) }, durationS);
    },
    async read() {
      await readStore().catch(() => failures.inc());
      return { mediaType: registry.contentType, text: await registry.metrics() };
    },
  };
}
