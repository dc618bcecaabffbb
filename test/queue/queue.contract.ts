import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ConsumeOptions, Job, JobConsumer } from "../../src/guard/ports/queue.ts";
import { type BullmqQueueOptions, createBullmqQueue } from "../../src/queue/bullmq-queue.ts";
import { until } from "../support/until.ts";

export type QueueStore = {
  readonly options: Pick<BullmqQueueOptions, "redisUrl" | "postgresUrl">;
  /** Loses all that the store holds, as FLUSHALL does. */
  empty(): Promise<void>;
  /** All that it holds, as text. */
  dump(): Promise<string>;
};

type Opened = ReturnType<typeof createBullmqQueue>;

/** What every place where jobs can be kept owes to the workers. */
export function queueContract(name: string, openStore: () => Promise<QueueStore>): void {
  describe(`a queue on ${name}`, () => {
    let store: QueueStore;
    let counter = 0;
    const opened: (Opened["queue"] | JobConsumer)[] = [];
    const closeAll = async () => {
      for (const one of opened.reverse()) await one.close();
      opened.length = 0;
    };
    const open = (more: Partial<BullmqQueueOptions> = {}) => {
      const made = createBullmqQueue({ ...store.options, prefix: "guard", backoffMs: 20, ...more });
      opened.push(made.queue);
      const consume = (options: Partial<ConsumeOptions> & Pick<ConsumeOptions, "handle">) => {
        const consumer = made.consume({ concurrency: 5, ...options });
        opened.push(consumer);
        return consumer;
      };
      return { queue: made.queue, consume };
    };
    const id = () => {
      counter += 1;
      return `${name}-${counter}`;
    };
    const deliver = (more: Partial<Job> = {}): Job => ({ name: "deliver", id: id(), data: {}, ...more });

    beforeAll(async () => {
      store = await openStore();
    });
    afterEach(async () => {
      await closeAll();
      await store.empty();
    });

    test("hands every job to a handler as it was added", async () => {
      const { queue, consume } = open();
      const jobs: Job[] = [
        { name: "deliver", id: id(), data: { batchId: "b1", size: 500, test: false }, lane: "sandbox-sms" },
        { name: "import", id: id(), data: { importId: "i1" } },
        // Whole numbers and colons are what BullMQ refuses as ids.
        { name: "webhook", id: "4711", data: {} },
        { name: "confirm", id: "a:b/c%d é", data: {} },
      ];
      await queue.enqueue(jobs);
      const handled: Job[] = [];
      consume({ handle: async (job) => void handled.push(job) });
      await until("all are handled", () => handled.length >= jobs.length);
      const byId = (one: Job, other: Job) => one.id.localeCompare(other.id);
      expect(handled.sort(byId)).toEqual(jobs.sort(byId));
    });

    test("hands over more jobs than one bulk statement takes, each at least once", async () => {
      const { queue, consume } = open();
      const jobs = Array.from({ length: 1_200 }, () => deliver());
      await queue.enqueue(jobs);
      const handled = new Set<string>();
      consume({ concurrency: 20, handle: async (job) => void handled.add(job.id) });
      await until("all are handled", () => handled.size === jobs.length, 60_000);
      await until("nothing is left", async () => (await queue.depth()).deliver === 0);
    });

    test("holds a job once however often it is added", async () => {
      const { queue, consume } = open();
      const job = deliver();
      await queue.enqueue([job, job]);
      await queue.enqueue([job]);
      expect((await queue.depth()).deliver).toBe(1);
      let calls = 0;
      const handle = async () => {
        calls += 1;
      };
      consume({ handle });
      await until("it is handled", async () => calls > 0 && (await queue.depth()).deliver === 0);
      expect(calls).toBe(1);
    });

    test("takes a job of the same id again once the first has ended", async () => {
      const { queue, consume } = open();
      const job = deliver();
      let calls = 0;
      const handle = async () => {
        calls += 1;
      };
      consume({ handle });
      await queue.enqueue([job]);
      await until("it has ended", async () => calls === 1 && (await queue.known([job.id])).size === 0);
      await queue.enqueue([job]);
      await until("it is handled again", () => calls === 2);
    });

    test("tries a failing job again, then drops it and takes it anew", async () => {
      const { queue, consume } = open({ attemptsMax: 3 });
      const job = deliver();
      const errors: unknown[] = [];
      let calls = 0;
      consume({
        handle: async () => {
          calls += 1;
          if (calls <= 3) throw new Error("provider away");
        },
        onError: (err) => errors.push(err),
      });
      await queue.enqueue([job]);
      await until("it is dropped", async () => calls === 3 && (await queue.known([job.id])).size === 0);
      expect(errors).toContainEqual(new Error("provider away"));
      await queue.enqueue([job]);
      await until("it is handled again", async () => calls === 4 && (await queue.depth()).deliver === 0);
    });

    test("hands a delayed job over no sooner than its delay, and knows it meanwhile", async () => {
      const { queue, consume } = open();
      const job = deliver({ delayMs: 699.5 });
      let handledAt = 0;
      const handle = async () => {
        handledAt = performance.now();
      };
      consume({ handle });
      const addedAt = performance.now();
      await queue.enqueue([job]);
      expect(await queue.known([job.id, "other"])).toEqual(new Set([job.id]));
      await until("it is handled", () => handledAt > 0);
      // Both sides' clocks tick in whole milliseconds.
      expect(handledAt - addedAt).toBeGreaterThanOrEqual(690);
    });

    test("knows jobs that wait and jobs being handled, under whatever name", async () => {
      const { queue, consume } = open();
      const active = deliver();
      const waiting: Job = { name: "publish", id: id(), data: {}, delayMs: 60_000 };
      const release = gate();
      let began = false;
      consume({
        handle: () => {
          began = true;
          return release.promise;
        },
      });
      await queue.enqueue([active, waiting]);
      await until("one is being handled", () => began);
      expect(await queue.known([active.id, waiting.id, "4712"])).toEqual(new Set([active.id, waiting.id]));
      expect(await queue.depth()).toMatchObject({ deliver: 1, publish: 1, import: 0 });
      release.resolve();
    });

    test("closing a consumer waits for the job being handled and takes no other", async () => {
      const { queue, consume } = open();
      const release = gate();
      const began: string[] = [];
      const consumer = consume({
        concurrency: 1,
        handle: (job) => {
          began.push(job.id);
          return release.promise;
        },
      });
      const [first, second] = [deliver(), deliver()];
      await queue.enqueue([first, second]);
      await until("the first is being handled", () => began.length === 1);
      let closed = false;
      const closing = consumer.close().then(() => {
        closed = true;
      });
      await queue.enqueue([deliver()]);
      expect(closed).toBe(false);
      release.resolve();
      await closing;
      expect(began).toEqual([first.id]);
      expect(await queue.known([first.id, second.id])).toEqual(new Set([second.id]));
    });

    test("a lane at its limit does not keep another lane waiting", async () => {
      const { queue, consume } = open();
      const release = gate();
      const began: string[] = [];
      consume({
        concurrency: 3,
        laneConcurrency: 2,
        handle: (job) => {
          began.push(job.lane ?? "");
          return job.lane === "slow" ? release.promise : Promise.resolve();
        },
      });
      await queue.enqueue(Array.from({ length: 6 }, () => deliver({ lane: "slow" })));
      await queue.enqueue([deliver({ lane: "quick" })]);
      await until("the quick lane is served", () => began.includes("quick"));
      expect(began.filter((lane) => lane === "slow")).toHaveLength(2);
      release.resolve();
      await until("all are handled", () => began.length === 7);
    });

    test("a store that loses everything loses the queue and nothing else", async () => {
      const { queue, consume } = open();
      const handled: string[] = [];
      const lost = deliver({ delayMs: 60_000 });
      await queue.enqueue([lost]);
      consume({ handle: async (job) => void handled.push(job.id) });
      const first = deliver();
      await queue.enqueue([first]);
      await until("the consumer works", () => handled.length === 1);
      await store.empty();
      expect(await queue.known([lost.id])).toEqual(new Set());
      // What a sweeper does: it puts back what the record says is due.
      await queue.enqueue([{ ...lost, delayMs: 0 }]);
      await until("it is handled", () => handled.includes(lost.id));
    });

    test("refuses text that one of the stores cannot hold, before anything is added", async () => {
      const { queue } = open();
      const good = deliver();
      await expect(queue.enqueue([good, deliver({ data: { batchId: "a\u0000b" } })])).rejects.toThrow(
        TypeError,
      );
      expect(await queue.known([good.id])).toEqual(new Set());
    });

    test("says whether it is ready", async () => {
      const { queue } = open();
      await until("it is ready", () => queue.isReady());
    });

    test("what a handler says when it fails does not reach the store", async () => {
      const { queue, consume } = open({ attemptsMax: 2, backoffMs: 60_000 });
      const job = deliver();
      let failed = 0;
      consume({
        handle: async () => {
          failed += 1;
          throw new Error("+84901234521");
        },
      });
      await queue.enqueue([job]);
      await until("it failed once", () => failed === 1);
      // Still known: it waits for its next attempt.
      expect(await queue.known([job.id])).toEqual(new Set([job.id]));
      let text = "";
      await until("the failure is stored", async () => {
        text = await store.dump();
        return text.includes("The handler failed");
      });
      expect(text).not.toContain("84901234521");
    });
  });
}

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
