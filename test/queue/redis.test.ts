import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { JobConsumer, Queue } from "../../src/guard/ports/queue.ts";
import { createBullmqQueue } from "../../src/queue/bullmq-queue.ts";
import { freePort } from "../support/free-port.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { dumpRedis } from "../support/redis-dump.ts";
import { until } from "../support/until.ts";
import { queueContract } from "./queue.contract.ts";

let redis: TestRedis;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

queueContract("Redis", async () => ({
  options: { redisUrl: redis.url },
  empty: () => redis.flushall(),
  dump: () => dumpRedis(redis.url),
}));

describe("when Redis goes away", () => {
  const opened: (Queue | JobConsumer)[] = [];
  const open = (redisUrl: string, handle: (id: string) => void | Promise<void>) => {
    const { queue, consume } = createBullmqQueue({ redisUrl, prefix: "guard" });
    const consumer = consume({ concurrency: 2, handle: async (job) => handle(job.id) });
    opened.push(queue, consumer);
    return { queue, consumer };
  };
  afterEach(async () => {
    for (const one of opened.reverse()) await one.close();
    opened.length = 0;
  });

  test("a restart loses no acknowledged job, and queue and consumer go on by themselves", async () => {
    const handled = new Set<string>();
    const { queue } = open(redis.url, (id) => void handled.add(id));
    await queue.enqueue([{ name: "deliver", id: "before", data: {} }]);
    await until("the consumer works", () => handled.has("before"));
    await queue.enqueue([{ name: "deliver", id: "during", data: {}, delayMs: 1_500 }]);
    await redis.restart();
    await until("the queue is ready again", () => queue.isReady());
    await queue.enqueue([{ name: "deliver", id: "after", data: {} }]);
    await until("both are handled", () => handled.has("during") && handled.has("after"));
  });

  test("adding fails within seconds while it is away, and works again when it is back", async () => {
    const own = await startRedis();
    try {
      const handled = new Set<string>();
      const { queue } = open(own.url, (id) => void handled.add(id));
      await queue.enqueue([{ name: "deliver", id: "first", data: {} }]);
      await own.kill9();
      const startedAt = performance.now();
      await expect(queue.enqueue([{ name: "deliver", id: "second", data: {} }])).rejects.toThrow();
      await expect(queue.known(["second"])).rejects.toThrow();
      expect(performance.now() - startedAt).toBeLessThan(15_000);
      expect(await queue.isReady()).toBe(false);
      await own.restart();
      await until("adding works again", async () =>
        queue.enqueue([{ name: "deliver", id: "third", data: {} }]).then(
          () => true,
          () => false,
        ),
      );
      await until("it is handled", () => handled.has("third"));
    } finally {
      await Promise.all(opened.map((one) => one.close()));
      opened.length = 0;
      await own.stop();
    }
  });

  test("closing does not wait for it for ever, once the handlers are done", async () => {
    const own = await startRedis();
    let began = false;
    let finish: () => void = () => undefined;
    const { queue, consumer } = open(own.url, () => {
      began = true;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await queue.enqueue([{ name: "deliver", id: "one", data: {} }]);
    await until("it is being handled", () => began);
    await own.kill9();
    const closing = consumer.close();
    finish();
    await closing;
    await queue.close();
    await own.stop();
  });
});

test("a Redis that was never there ends neither the process nor a call's patience", async () => {
  const errors: unknown[] = [];
  const redisUrl = `redis://127.0.0.1:${await freePort()}`;
  const { queue, consume } = createBullmqQueue({
    redisUrl,
    prefix: "guard",
    onError: (err) => errors.push(err),
  });
  const consumer = consume({ concurrency: 1, handle: async () => undefined });
  await expect(queue.enqueue([{ name: "deliver", id: "one", data: {} }])).rejects.toThrow("Redis");
  expect(await queue.isReady()).toBe(false);
  expect(errors.length).toBeGreaterThan(0);
  await consumer.close();
  await queue.close();
});
