import { afterAll, beforeAll, expect, test } from "vitest";
import { createLimiters } from "../../src/http/rate-limit.ts";
import { redisRateStore } from "../../src/http/redis-rate-store.ts";
import { createBullmqQueue } from "../../src/queue/bullmq-queue.ts";
import { connectRedis } from "../../src/queue/connect-redis.ts";
import { startRedisCluster } from "../support/redis-cluster.ts";
import { dumpRedis } from "../support/redis-dump.ts";
import { startRedisSentinel, type TestRedisSentinel } from "../support/redis-sentinel.ts";
import { until } from "../support/until.ts";
import { queueContract } from "./queue.contract.ts";

let sentinel: TestRedisSentinel;

beforeAll(async () => {
  sentinel = await startRedisSentinel();
});
afterAll(() => sentinel.stop());

queueContract("Redis behind Sentinels", async () => ({
  options: { redisUrl: sentinel.url },
  empty: () => sentinel.flushall(),
  dump: async () => dumpRedis((await sentinel.master()).url),
}));

test("after a failover queue and consumer go on with the new master by themselves", {
  timeout: 60_000,
}, async () => {
  const { queue, consume } = createBullmqQueue({ redisUrl: sentinel.url, prefix: "guard" });
  const handled = new Set<string>();
  const consumer = consume({ concurrency: 2, handle: async (job) => void handled.add(job.id) });
  try {
    await queue.enqueue([{ name: "deliver", id: "before", data: {} }]);
    await until("the consumer works", () => handled.has("before"));
    const lost = await sentinel.master();
    await lost.kill9();
    await until(
      "adding works again",
      () =>
        queue.enqueue([{ name: "deliver", id: "after", data: {} }]).then(
          () => true,
          () => false,
        ),
      40_000,
    );
    await until("it is handled", () => handled.has("after"), 30_000);
    expect(await sentinel.master()).not.toBe(lost);
    await lost.restart();
  } finally {
    await consumer.close();
    await queue.close();
  }
});

test("the rate limiter counts on Sentinels and on a Cluster", { timeout: 60_000 }, async () => {
  const cluster = await startRedisCluster();
  try {
    for (const url of [sentinel.url, cluster.url]) {
      const redis = connectRedis(
        url,
        { maxRetriesPerRequest: 1, enableOfflineQueue: false },
        () => undefined,
      );
      await until("it is connected", () => redis.status === "ready");
      const store = redisRateStore(redis, "test:");
      expect((await store.increment("someone")).totalHits).toBe(1);
      expect((await store.increment("someone")).totalHits).toBe(2);
      // Keys of many people lie on different shards.
      const many = await Promise.all(Array.from({ length: 50 }, (_, at) => store.increment(`person ${at}`)));
      expect(many.map(({ totalHits }) => totalHits)).toEqual(many.map(() => 1));
      expect(createLimiters({ perKey: 10, perAddress: 10 }, redis).byKey).toBeTypeOf("function");
      redis.disconnect();
    }
  } finally {
    await cluster.stop();
  }
});
