import { closeIntents } from "./close-intents.ts";
import { observe } from "./observe.ts";
import { type PermittedBatch, PermitUnsure, permitBatch } from "./permit.ts";
import type { Connector, HandOffOutcome } from "./ports/connector.ts";
import type { World } from "./world.ts";

const flushEveryMs = 15;
const flushMax = 100;

/**
 * The job `deliver`: permit, stop flag, provider, outcome (docs/reliability.md). At least once by contract; the
 * message rows decide what is still to do, so that a repeated job does nothing twice.
 */
export async function deliverBatch(world: World, customerId: string, batchId: string): Promise<void> {
  const batch = await permitted(world, customerId, batchId);
  if (batch === null) return;
  const { connector, stopped } = await neverCalledUnless(world, batch, async () => ({
    connector: connectorOf(world, batch),
    stopped: await isStopped(world, batch),
  }));
  if (stopped) {
    await closeIntents(world, batch, notCalled(batch, "dead", "campaign_cancelled"), { suppressed: true });
  } else await handOff(world, batch, connector);
  await finish(world, customerId, batch, batchId);
}

/** Where nobody can tell whether the permit was committed, its intents are closed if they exist: no call was made. */
async function permitted(world: World, customerId: string, batchId: string): Promise<PermittedBatch | null> {
  try {
    return await observe(world, "permit", async (note) => {
      note({ batchId });
      const batch = await permitBatch(world, customerId, batchId);
      if (batch !== null) note({ campaignId: batch.campaign.id, recipients: batch.permits.length });
      return batch;
    });
  } catch (err) {
    if (err instanceof PermitUnsure)
      await closeIntents(world, err.batch, notCalled(err.batch, "backoff", "permit_unsure"), {});
    throw err;
  }
}

/** What fails between permit and call must not leave intents open in a process that lives on. */
async function neverCalledUnless<T>(world: World, batch: PermittedBatch, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (err) {
    await closeIntents(world, batch, notCalled(batch, "backoff", "not_called"), {});
    throw err;
  }
}

function notCalled(batch: PermittedBatch, action: "dead" | "backoff", code: string): HandOffOutcome[] {
  return batch.permits.map(({ intent }) => ({ intentId: intent.id, state: "rejected", action, code }));
}

function connectorOf(world: World, batch: PermittedBatch): Connector {
  return batch.campaign.mode === "test"
    ? world.connectors.sandbox(batch.permits[0]?.intent.channel ?? batch.campaign.channel)
    : world.connectors.of(batch.processor);
}

/**
 * Read after the intents are committed: a stop that was set before is seen here, and one that is set later waits
 * for these intents. The flag is no row that permits lock, so the one who stops is never starved.
 */
async function isStopped(world: World, batch: PermittedBatch): Promise<boolean> {
  const stopped = await world.store.transaction(batch.campaign.customerId, (tx) =>
    tx.campaigns.stopped([batch.campaign.id]),
  );
  return stopped.has(batch.campaign.id);
}

async function handOff(world: World, batch: PermittedBatch, connector: Connector): Promise<void> {
  let waiting: HandOffOutcome[] = [];
  const reported = new Set<string>();
  const flusher = new Flusher(world, batch, connector.traits.idempotency);
  const report = (outcome: HandOffOutcome): void => {
    if (reported.has(outcome.intentId)) return;
    reported.add(outcome.intentId);
    waiting.push(outcome);
    if (waiting.length >= flushMax) flusher.wake();
  };
  flusher.start(() => {
    const taken = waiting;
    waiting = [];
    return taken;
  });
  const outcomes = await connector.handOff(
    batch.permits.map((permit) => permit.handOff),
    report,
  );
  for (const outcome of outcomes) report(outcome);
  for (const permit of batch.permits) {
    // A connector that forgets one of its outcomes must not leave an intent open for ever.
    if (!reported.has(permit.intent.id)) {
      report({ intentId: permit.intent.id, state: "unknown", action: "unknown", code: "no_outcome" });
    }
  }
  await flusher.end();
}

/** Writes outcomes in small transactions while the batch is under way, so that withdrawals wait for milliseconds. */
class Flusher {
  private running: Promise<void> | null = null;
  private ended = false;
  private take: () => HandOffOutcome[] = () => [];
  private wakeUp: () => void = () => {};
  private readonly world: World;
  private readonly batch: PermittedBatch;
  private readonly idempotency: "key" | "lookup" | "none";

  constructor(world: World, batch: PermittedBatch, idempotency: "key" | "lookup" | "none") {
    this.world = world;
    this.batch = batch;
    this.idempotency = idempotency;
  }

  start(take: () => HandOffOutcome[]): void {
    this.take = take;
    this.running = this.loop();
  }

  wake(): void {
    this.wakeUp();
  }

  async end(): Promise<void> {
    this.ended = true;
    this.wake();
    await this.running;
  }

  private async loop(): Promise<void> {
    for (;;) {
      const last = this.ended;
      const outcomes = this.take();
      if (outcomes.length > 0) {
        await closeIntents(this.world, this.batch, outcomes, { idempotency: this.idempotency });
      } else if (last) return;
      if (!this.ended) {
        const abort = new AbortController();
        this.wakeUp = () => abort.abort();
        await this.world.clock.sleep(flushEveryMs, abort.signal);
      }
    }
  }
}

async function finish(
  world: World,
  customerId: string,
  batch: PermittedBatch,
  batchId: string,
): Promise<void> {
  await world.store.transaction(customerId, async (tx) => {
    const now = world.clock.now();
    await tx.outbox.done([batchId], now);
    await tx.campaigns.completeIfDone([batch.campaign.id], now);
  });
}
