import { freePort } from "./free-port.ts";
import { ask, startRedis, type TestRedis } from "./redis.ts";
import { until } from "./until.ts";

export type TestRedisCluster = {
  /** The three masters, comma-separated. */
  readonly url: string;
  flushall(): Promise<void>;
  stop(): Promise<void>;
};

const slots = 16_384;

/** Three masters that share the slots, on loopback. */
export async function startRedisCluster(): Promise<TestRedisCluster> {
  // The nodes' second port is told, as the usual one (10,000 higher) may not exist.
  const nodes: TestRedis[] = [];
  try {
    for (let count = 0; count < 3; count += 1) nodes.push(await startNode());
    const ports = nodes.map((node) => Number(new URL(node.url).port));
    for (const [index, port] of ports.entries()) {
      const first = Math.floor((slots * index) / 3);
      const last = Math.floor((slots * (index + 1)) / 3) - 1;
      await ask(port, async (redis) => {
        await redis.call("CLUSTER", "ADDSLOTSRANGE", first, last);
        await redis.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1);
      });
    }
    const [firstPort = 0, ...others] = ports;
    for (const port of others) {
      const busPort = await ask(port, async (redis) =>
        String(await redis.call("CONFIG", "GET", "cluster-port")),
      );
      await ask(firstPort, (redis) =>
        redis.call("CLUSTER", "MEET", "127.0.0.1", port, Number(busPort.split(",")[1])),
      );
    }
    for (const port of ports) {
      await until("the cluster has all its slots", () =>
        ask(port, async (redis) => {
          const info = String(await redis.call("CLUSTER", "INFO"));
          return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3");
        }),
      );
    }
  } catch (err) {
    for (const node of nodes) await node.stop();
    throw err;
  }
  return {
    url: nodes.map((node) => node.url).join(","),
    flushall: async () => {
      for (const node of nodes) await node.flushall();
    },
    stop: async () => {
      for (const node of nodes) await node.stop();
    },
  };
}

async function startNode(): Promise<TestRedis> {
  const busPort = await freePort();
  return startRedis(["--cluster-enabled", "yes", "--cluster-port", String(busPort)]);
}
