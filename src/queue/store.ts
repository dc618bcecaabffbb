import type { JobsOptions, Processor, WorkerOptions } from "bullmq";
import type { JobName } from "../guard/ports/queue.ts";
import type { JobRecord } from "./job-record.ts";

/** What the adapter uses of BullMQ's Queue, whose type depends on the store. */
export type BullmqQueueHandle = {
  addBulk(jobs: { name: JobName; data: JobRecord; opts: JobsOptions }[]): Promise<unknown>;
  getJobCounts(
    ...types: ("waiting" | "active" | "delayed" | "prioritized")[]
  ): Promise<Record<string, number>>;
  waitUntilReady(): Promise<unknown>;
  on(event: "error", listener: (err: Error) => void): unknown;
  close(): Promise<void>;
};

/** What the adapter uses of BullMQ's Worker. */
export type BullmqWorkerHandle = {
  waitUntilReady(): Promise<unknown>;
  on(event: "error", listener: (err: Error) => void): unknown;
  disconnect(): Promise<void>;
  close(force?: boolean): Promise<void>;
};

export type WorkerSettings = Omit<WorkerOptions, "connection" | "prefix">;

/** What differs between the places where BullMQ keeps its jobs. Each side, adding and handling, opens its own. */
export type JobStore = {
  /** Resolves once the store answers; rejects with QueueUnavailableError after the time given. */
  ready(timeoutMs: number): Promise<void>;
  openQueue(name: JobName): BullmqQueueHandle;
  openWorker(
    name: JobName,
    process: Processor<JobRecord, void, JobName>,
    settings: WorkerSettings,
  ): BullmqWorkerHandle;
  /** Which of the BullMQ ids are in a queue of one of these names, in a state that is not final. */
  pending(names: readonly JobName[], ids: readonly string[]): Promise<readonly string[]>;
  /** Frees the connections; what still hangs on them is given up. */
  close(): Promise<void>;
};
