// Jobs a second through the adapter, beside BullMQ used directly on the same server in the same run.
// Run: node --import tsx bench/queue.ts [jobs]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue as BullQueue, createPostgresBackend, isPgPool, runMigrations, Worker } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { createBullmqQueue } from "../src/queue/bullmq-queue.ts";
import { startTestPostgres } from "../test/support/postgres.ts";
import { startRedis } from "../test/support/redis.ts";
import { until } from "../test/support/until.ts";

const count = Number(process.argv[2] ?? 5_000);
const concurrency = 20;
const chunk = 500;
type Measured = { add: number; handle: number };

const folder = await mkdtemp(join(tmpdir(), "sg-bench-"));
const postgres = await startTestPostgres(folder);
const redis = await startRedis();
try {
  const redisUrl = redis.url;
  const postgresUrl = postgres.url;
  await compare(
    "Redis",
    () => adapted({ redisUrl }),
    () => plainRedis(redisUrl),
  );
  await compare(
    "PostgreSQL",
    () => adapted({ postgresUrl }),
    () => plainPostgres(postgresUrl),
  );
} finally {
  await redis.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function adapted(store: { redisUrl?: string; postgresUrl?: string }): Promise<Measured> {
  const { queue, consume } = createBullmqQueue({ ...store, prefix: "bench" });
  await queue.enqueue([{ name: "release", id: "warm", data: {} }]);
  const jobs = Array.from({ length: count }, (_, index) => ({
    name: "deliver" as const,
    id: `job-${index}`,
    data: { batchId: `batch-${index}` },
  }));
  const add = await rate(() => queue.enqueue(jobs));
  let handled = 0;
  let closing: Promise<void> | undefined;
  const handle = await rate(async () => {
    const consumer = consume({
      concurrency,
      handle: async () => {
        handled += 1;
      },
    });
    await until("all are handled", () => handled >= count, 120_000);
    closing = consumer.close();
  });
  await closing;
  await queue.close();
  return { add, handle };
}

async function plainRedis(url: string): Promise<Measured> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new BullQueue("plain", { connection });
  const measured = await plain(queue, (process) => new Worker("plain", process, { connection, concurrency }));
  await queue.close();
  connection.disconnect();
  return measured;
}

async function plainPostgres(url: string): Promise<Measured> {
  const pool: unknown = new pg.Pool({ connectionString: url, max: 8, options: "-c search_path=bullmq" });
  if (!isPgPool(pool)) throw new Error("Not a pool");
  const client = await pool.connect();
  await runMigrations(client);
  client.release();
  const queue = new BullQueue("plain", { connection: pool }, createPostgresBackend);
  const measured = await plain(
    queue,
    (process) => new Worker("plain", process, { connection: pool, concurrency }, createPostgresBackend),
  );
  await queue.close();
  await pool.end();
  return measured;
}

async function plain(
  queue: { waitUntilReady(): Promise<unknown>; addBulk(jobs: object[]): Promise<unknown> },
  open: (process: () => Promise<void>) => { close(): Promise<void> },
): Promise<Measured> {
  await queue.waitUntilReady();
  const opts = { removeOnComplete: true, removeOnFail: true, attempts: 5 };
  const jobs = Array.from({ length: count }, (_, index) => ({
    name: "deliver",
    data: { data: { batchId: `batch-${index}` } },
    opts: { ...opts, jobId: `job-${index}` },
  }));
  const add = await rate(async () => {
    for (let from = 0; from < count; from += chunk) await queue.addBulk(jobs.slice(from, from + chunk));
  });
  let handled = 0;
  let worker: { close(): Promise<void> } | undefined;
  const handle = await rate(async () => {
    worker = open(async () => {
      handled += 1;
    });
    await until("all are handled", () => handled >= count, 120_000);
  });
  await worker?.close();
  return { add, handle };
}

async function rate(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (count * 1000) / (performance.now() - startedAt);
}

/** The best of three rounds each, taken in turn: what else the machine does hits both alike. */
async function compare(store: string, ours: () => Promise<Measured>, bullmq: () => Promise<Measured>) {
  const best = { ours: { add: 0, handle: 0 }, bullmq: { add: 0, handle: 0 } };
  for (let round = 0; round < 3; round += 1) {
    for (const [side, measure] of [["bullmq", bullmq] as const, ["ours", ours] as const]) {
      const measured = await measure();
      best[side].add = Math.max(best[side].add, measured.add);
      best[side].handle = Math.max(best[side].handle, measured.handle);
    }
  }
  for (const what of ["add", "handle"] as const) {
    const [adapter, alone] = [best.ours[what], best.bullmq[what]];
    process.stdout.write(
      `${store} ${what}: ${Math.round(adapter)} jobs/s, BullMQ alone ${Math.round(alone)} jobs/s, ratio ${(adapter / alone).toFixed(2)}\n`,
    );
  }
}
