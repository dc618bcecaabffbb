export const jobNames = ["deliver", "decide", "release", "import", "publish", "webhook", "confirm"] as const;
export type JobName = (typeof jobNames)[number];

/** A word to the workers that something is due. It holds ids only, never personal data. */
export type Job = {
  readonly name: JobName;
  /** The outbox id: while a job of this id is in the queue, adding another one does nothing. */
  readonly id: string;
  /** May not contain U+0000, which one of the stores cannot hold. */
  readonly data: Readonly<Record<string, string | number | boolean>>;
  readonly delayMs?: number;
  /** What shares a limit: for a delivery, the processor. See ConsumeOptions.laneConcurrency. */
  readonly lane?: string;
};

/**
 * The queue is not the record: it may lose everything at any moment, and a sweeper puts back what PostgreSQL
 * says is due. Every method rejects within a few seconds when the queue's store cannot be reached.
 */
export type Queue = {
  /** All or some of the jobs may have been added if it rejects; adding them again is harmless. */
  enqueue(jobs: readonly Job[]): Promise<void>;
  /** Which of these ids are waiting, delayed or being handled. */
  known(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** How many jobs of each name are waiting, delayed or being handled. */
  depth(): Promise<Record<JobName, number>>;
  isReady(): Promise<boolean>;
  close(): Promise<void>;
};

export type ConsumeOptions = {
  /** At most so many handlers at once for each job name: a long import does not keep deliveries waiting. */
  readonly concurrency: number;
  /** At most so many of them for one lane; a slow provider does not keep the others waiting. Unset: no limit. */
  readonly laneConcurrency?: number;
  /**
   * Called at least once for each job, possibly again after a crash: it must be idempotent. If it rejects the
   * job is tried again later, a few times. The signal aborts when this consumer is closed by force or has lost
   * the job to another one.
   */
  readonly handle: (job: Job, signal: AbortSignal) => Promise<void>;
  /** Failures of handlers and of the connection; the same one is told at most once in ten seconds. */
  readonly onError?: (err: unknown) => void;
};

export type JobConsumer = {
  /** Takes no new job and waits for those being handled, however long they take. */
  close(): Promise<void>;
};
