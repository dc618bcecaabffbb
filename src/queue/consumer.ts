import { setTimeout as delay } from "node:timers/promises";
import { DelayedError, type Processor } from "bullmq";
import { type ConsumeOptions, type JobConsumer, type JobName, jobNames } from "../guard/ports/queue.ts";
import { type JobRecord, parseJob } from "./job-record.ts";
import { reportOnce } from "./report-once.ts";
import type { BullmqWorkerHandle, JobStore, WorkerSettings } from "./store.ts";

const laneRetryMs = 500;
const finishGraceMs = 5000;

/** One BullMQ worker for each job name. It comes to life, and comes back, whenever the store can be reached. */
export function startConsumer(openStore: () => JobStore, options: ConsumeOptions): JobConsumer {
  const report = reportOnce(options.onError, 10_000);
  const store = openStore();
  const activity = createActivity();
  const process = createProcessor(options, activity, report);
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;
  const settings: WorkerSettings = {
    concurrency: options.concurrency,
    // How long a missed wake-up may go unnoticed, in seconds: PostgreSQL's notifications can come too early.
    drainDelay: 1,
    // A worker that was killed lets go of its jobs after a lock's life and the next look.
    lockDuration: 30_000,
    stalledInterval: 10_000,
    runRetryDelay: 1000,
  };
  let workers: BullmqWorkerHandle[] = [];

  const start = async () => {
    while (!stopped()) {
      try {
        await store.ready(3000);
        if (stopped()) return;
        workers = jobNames.map((name) => store.openWorker(name, process, settings));
        for (const worker of workers) worker.on("error", report);
        await Promise.race([
          Promise.all(workers.map((worker) => worker.waitUntilReady())),
          new Promise<void>((resolve) => {
            stopping.signal.addEventListener("abort", () => resolve(), { once: true });
          }),
        ]);
        return;
      } catch (err) {
        report(err);
        // A worker whose first connection failed never recovers: all are made anew.
        await giveUp(workers);
        workers = [];
        await delay(1000, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  const started = start();

  const close = async () => {
    stopping.abort();
    await started;
    const closed = Promise.all(workers.map((worker) => worker.close().catch(report)));
    // The end of a job cannot be written while the store is away; then it is handled again, by someone else.
    const idle = async () => {
      do {
        await activity.idle();
        await delay(finishGraceMs, undefined, { ref: false });
      } while (activity.count() > 0);
    };
    const finished = await Promise.race([closed.then(() => true), idle().then(() => false)]);
    if (!finished) await giveUp(workers);
    await store.close();
  };
  let closing: Promise<void> | undefined;
  return {
    close() {
      closing ??= close();
      return closing;
    },
  };
}

async function giveUp(workers: readonly BullmqWorkerHandle[]): Promise<void> {
  for (const worker of workers) {
    worker.close(true).catch(() => undefined);
    await Promise.race([worker.disconnect().catch(() => undefined), delay(1000, undefined, { ref: false })]);
  }
}

function createProcessor(
  options: ConsumeOptions,
  activity: Activity,
  report: (err: unknown) => void,
): Processor<JobRecord, void, JobName> {
  const laneLoads = new Map<string, number>();
  return async (stored, token, signal) => {
    const job = parseJob(stored.name, stored.id, stored.data);
    if (job === undefined) {
      report(new Error("A job that this program did not write was dropped from the queue"));
      return;
    }
    const lane = `${job.name} ${job.lane ?? ""}`;
    const load = laneLoads.get(lane) ?? 0;
    if (job.lane !== undefined && load >= (options.laneConcurrency ?? Number.POSITIVE_INFINITY)) {
      // A whole number: PostgreSQL takes no other.
      const waitMs = Math.ceil(laneRetryMs * (1 + Math.random()));
      await stored.moveToDelayed(Date.now() + waitMs, token);
      throw new DelayedError();
    }
    laneLoads.set(lane, load + 1);
    activity.begin();
    try {
      await options.handle(job, signal ?? new AbortController().signal);
    } catch (err) {
      report(err);
      // BullMQ stores the message of what is thrown here; the handler's own may hold personal data.
      throw new Error("The handler failed");
    } finally {
      activity.end();
      const rest = (laneLoads.get(lane) ?? 1) - 1;
      if (rest === 0) laneLoads.delete(lane);
      else laneLoads.set(lane, rest);
    }
  };
}

type Activity = { begin(): void; end(): void; count(): number; idle(): Promise<void> };

function createActivity(): Activity {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    begin: () => {
      count += 1;
    },
    end: () => {
      count -= 1;
      if (count > 0) return;
      for (const wake of waiting) wake();
      waiting = [];
    },
    count: () => count,
    idle: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
