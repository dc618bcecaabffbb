import { checkLedgerWhenDue } from "../guard/check-ledger.ts";
import { decideCampaign } from "../guard/decide-in-chunks.ts";
import { deliverWebhook } from "../guard/deliver-webhook.ts";
import { settleErasures } from "../guard/erasures.ts";
import { deliverBatch } from "../guard/hand-off.ts";
import { openLines } from "../guard/open-lines.ts";
import { deliverPages } from "../guard/pages.ts";
import type { ConsumeOptions, Job, JobConsumer } from "../guard/ports/queue.ts";
import { reapDeadHolders } from "../guard/reap.ts";
import { reconcileUnknown } from "../guard/reconcile.ts";
import { relayOutbox, sweepOutbox } from "../guard/relay-outbox.ts";
import { erasureListKeeper } from "../guard/replay-erasures.ts";
import { retain } from "../guard/retain.ts";
import { runImport } from "../guard/run-import.ts";
import { runSequencer } from "../guard/sequence.ts";
import { tellIntegrityFailure } from "../guard/tell-integrity.ts";
import { settlePending } from "../guard/withdraw.ts";
import type { World } from "../guard/world.ts";
import { startLoop } from "./background-loop.ts";
import { createLaneTurns, type LaneTurns } from "./lane-turns.ts";
import { describeProcess, linuxProcessProbe } from "./process-probe.ts";

export type Workers = {
  /** No new job begins, running ones end and are recorded. */
  drain(): Promise<void>;
};

const concurrency = 8;
/** A backlog of one processor leaves the others this many handlers. */
const handlersLeft = 2;
/**
 * Batches of one processor that hold permits at once. A withdrawal waits for the permits that are open, so there are
 * no more of them than keep the connector busy (bench/hand-off.ts).
 */
const permittedAtOnceMax = 3;

/** Everything that runs beside the API: relay, deliveries, sequencer, sweeper. */
export async function startWorkers(
  world: World,
  consume: (options: ConsumeOptions) => JobConsumer,
  /** How often the ledger verifies itself; 0: never. */
  ledgerCheckEveryMs = 0,
  /** How long what was decided of each recipient is kept after its campaign has ended. */
  retentionDays = 730,
): Promise<Workers> {
  await world.store.transaction("*", (tx) =>
    tx.handOffs.registerHolder(describeProcess(world.holderId), world.clock.now()),
  );
  const turns = createLaneTurns(permittedAtOnceMax);
  const consumer = consume({
    concurrency,
    laneConcurrency: concurrency - handlersLeft,
    handle: (job, signal) => handle(world, turns, job, signal),
    onError: (err) => world.log.warn({ err }, "a job failed and will be tried again"),
  });
  const relay = startLoop(world.log, "relay", 40, async () => (await relayOutbox(world)) > 0);
  const keepErasureList = erasureListKeeper(world);
  const sweep = startLoop(world.log, "sweep", 5_000, async () => {
    await openLines(world);
    await sweepOutbox(world);
    await settlePending(world);
    await settleErasures(world);
    await keepErasureList();
    await reapDeadHolders(world, linuxProcessProbe());
    await reconcileUnknown(world);
    await retain(world, { decisionDays: retentionDays });
    return false;
  });
  const sequencer = startLoop(world.log, "sequencer", 1_000, async (signal) => {
    try {
      await world.store.lead("sequencer", (lost) => runSequencer(world, AbortSignal.any([signal, lost])));
    } catch (err) {
      await tellIntegrityFailure(world, err);
      throw err;
    }
    return false;
  });
  const check = startLoop(world.log, "ledger check", 5_000, async (signal) => {
    if (ledgerCheckEveryMs > 0) await checkLedgerWhenDue(world, ledgerCheckEveryMs, signal);
    return false;
  });
  return {
    async drain() {
      await check.stop();
      await relay.stop();
      await consumer.close();
      await sweep.stop();
      await sequencer.stop();
      await world.store.transaction("*", (tx) => tx.handOffs.endHolder(world.holderId, world.clock.now()));
    },
  };
}

async function handle(world: World, turns: LaneTurns, job: Job, signal: AbortSignal): Promise<void> {
  const customerId = text(job, "customerId");
  switch (job.name) {
    case "deliver":
      return turns.run(job.lane ?? "", () => deliverBatch(world, customerId, text(job, "batchId")));
    case "decide":
      return decideCampaign(world, customerId, text(job, "campaignId"), job.id);
    case "publish":
      return deliverPages(world, customerId, text(job, "batchId"));
    case "import":
      return runImport(world, customerId, text(job, "importId"), job.id, signal);
    case "webhook":
      return deliverWebhook(world, customerId, text(job, "endpointId"), text(job, "deliveryId"), job.id);
    case "release":
    case "confirm":
      throw new Error(`no handler for jobs of kind ${job.name}`);
  }
}

function text(job: Job, name: string): string {
  const value = job.data[name];
  if (typeof value !== "string") throw new Error(`job ${job.name} lacks ${name}`);
  return value;
}
