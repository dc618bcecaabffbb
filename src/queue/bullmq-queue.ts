import type { JobsOptions, Telemetry } from "bullmq";
import {
  type ConsumeOptions,
  type Job,
  type JobConsumer,
  type JobName,
  jobNames,
  type Queue,
} from "../guard/ports/queue.ts";
import { startConsumer } from "./consumer.ts";
import { within } from "./deadline.ts";
import { decodeJobId, encodeJobId, toJobRecord } from "./job-record.ts";
import { postgresStore } from "./postgres-store.ts";
import { redisStore } from "./redis-store.ts";
import { reportOnce } from "./report-once.ts";
import type { BullmqQueueHandle, JobStore } from "./store.ts";

export type BullmqQueueOptions = {
  /** One address, or several of one Redis Cluster, comma-separated. Comes before `postgresUrl`. */
  readonly redisUrl?: string;
  readonly postgresUrl?: string;
  /** Of the keys in Redis. PostgreSQL keeps the jobs in the schema `bullmq`. */
  readonly prefix: string;
  /** How often a job is tried before it is dropped, 5 unless told. */
  readonly attemptsMax?: number;
  /** The wait before the second attempt, 1000 unless told; it doubles each time. */
  readonly backoffMs?: number;
  /** Told of jobs that are added and handled. */
  readonly telemetry?: Telemetry;
  /** Connection failures of the producing side; the same one at most once in ten seconds. */
  readonly onError?: (err: unknown) => void;
};

const readyWithinMs = 3000;
const answerWithinMs = 5000;
const chunkMax = 500;

/** The queue on BullMQ, in Redis or in PostgreSQL. It connects in the background and never throws for that. */
export function createBullmqQueue(options: BullmqQueueOptions): {
  readonly queue: Queue;
  consume(consumeOptions: ConsumeOptions): JobConsumer;
} {
  const { redisUrl, postgresUrl } = options;
  const openStore = (report: (err: unknown) => void): JobStore => {
    if (redisUrl !== undefined)
      return redisStore(redisUrl, { prefix: options.prefix, telemetry: options.telemetry }, report);
    if (postgresUrl !== undefined) return postgresStore(postgresUrl, options.telemetry, report);
    throw new TypeError("A queue needs redisUrl or postgresUrl");
  };
  const report = reportOnce(options.onError, 10_000);
  return {
    queue: createQueue(openStore(report), options, report),
    consume: (consumeOptions) =>
      startConsumer(() => openStore(reportOnce(consumeOptions.onError, 10_000)), consumeOptions),
  };
}

function createQueue(store: JobStore, options: BullmqQueueOptions, report: (err: unknown) => void): Queue {
  const opened = new Map<JobName, Promise<BullmqQueueHandle>>();
  const kept: JobsOptions = {
    attempts: options.attemptsMax ?? 5,
    backoff: { type: "exponential", delay: options.backoffMs ?? 1000, jitter: 0.5 },
    // An ended job must not stand in the way of a later one of the same id. (Keeping a number of them
    // makes workers on PostgreSQL block one another.)
    removeOnComplete: true,
    removeOnFail: true,
    stackTraceLimit: 0,
  };

  // Opened only when the store answers: one of BullMQ's queues that fails at first never recovers.
  const open = (name: JobName): Promise<BullmqQueueHandle> => {
    const existing = opened.get(name);
    if (existing !== undefined) return existing;
    const handle = store.openQueue(name);
    handle.on("error", report);
    const opening = handle.waitUntilReady().then(() => handle);
    opened.set(name, opening);
    opening.catch(() => {
      opened.delete(name);
      handle.close().catch(report);
    });
    return opening;
  };

  const add = async (name: JobName, jobs: readonly Job[]) => {
    const handle = await open(name);
    const entries = jobs.map((job) => ({
      name,
      data: toJobRecord(job),
      opts: {
        ...kept,
        jobId: encodeJobId(job.id),
        ...(job.delayMs === undefined ? {} : { delay: Math.max(0, Math.ceil(job.delayMs)) }),
      },
    }));
    await handle.addBulk(entries);
  };

  return {
    async enqueue(jobs) {
      // All are looked at before the first is added.
      for (const job of jobs) toJobRecord(job);
      await store.ready(readyWithinMs);
      for (const name of jobNames) {
        const named = jobs.filter((job) => job.name === name);
        for (const chunk of chunks(named)) {
          await within(answerWithinMs, "Adding jobs", add(name, chunk));
        }
      }
    },
    async known(ids) {
      const found = new Set<string>();
      await store.ready(readyWithinMs);
      for (const chunk of chunks(ids)) {
        const pending = store.pending(jobNames, chunk.map(encodeJobId));
        for (const id of await within(answerWithinMs, "Looking for jobs", pending))
          found.add(decodeJobId(id));
      }
      return found;
    },
    async depth() {
      await store.ready(readyWithinMs);
      const depth = { deliver: 0, decide: 0, release: 0, import: 0, publish: 0, webhook: 0, confirm: 0 };
      const count = async (name: JobName) => {
        const handle = await open(name);
        const counts = await handle.getJobCounts("waiting", "active", "delayed", "prioritized");
        depth[name] = Object.values(counts).reduce((sum, one) => sum + one, 0);
      };
      await within(answerWithinMs, "Counting jobs", Promise.all(jobNames.map(count)));
      return depth;
    },
    async isReady() {
      return store.ready(1000).then(
        () => true,
        () => false,
      );
    },
    async close() {
      const closing = [...opened.values()].map((opening) => opening.then((handle) => handle.close()));
      await within(answerWithinMs, "Closing the queue", Promise.all(closing)).catch(report);
      await store.close();
    },
  };
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += chunkMax) yield items.slice(start, start + chunkMax);
}
