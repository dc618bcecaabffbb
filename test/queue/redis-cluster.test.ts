import { afterAll, beforeAll } from "vitest";
import { startRedisCluster, type TestRedisCluster } from "../support/redis-cluster.ts";
import { dumpRedis } from "../support/redis-dump.ts";
import { queueContract } from "./queue.contract.ts";

let cluster: TestRedisCluster;

beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

queueContract("a Redis Cluster", async () => ({
  options: { redisUrl: cluster.url },
  empty: () => cluster.flushall(),
  dump: async () => (await Promise.all(cluster.url.split(",").map(dumpRedis))).join("\n"),
}));
