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
  report("Redis", await adapted({ redisUrl: redis.url }), await plainRedis(redis.url));
  report("PostgreSQL", await adapted({ postgresUrl: postgres.url }), await plainPostgres(postgres.url));
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
  const handle = await rate(async () => {
    const consumer = consume({
      concurrency,
      handle: async () => {
        handled += 1;
      },
    });
    await until("all are handled", () => handled >= count, 120_000);
    void consumer.close();
  });
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

function report(store: string, ours: Measured, plainly: Measured): void {
  for (const what of ["add", "handle"] as const) {
    const ratio = (ours[what] / plainly[what]).toFixed(2);
    process.stdout.write(
      `${store} ${what}: ${Math.round(ours[what])} jobs/s, BullMQ alone ${Math.round(plainly[what])} jobs/s, ratio ${ratio}\n`,
    );
  }
}
