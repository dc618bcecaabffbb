import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { ask, startRedis, type TestRedis } from "./redis.ts";
import { findRedisProgram } from "./redis-program.ts";
import { until } from "./until.ts";

export type TestRedisSentinel = {
  /** REDIS_URL of the group. */
  readonly url: string;
  /** Where the Sentinels send a client at this moment. */
  masterPort(): Promise<number>;
  /** Of the one that is master at this moment. */
  master(): Promise<TestRedis>;
  /** Both servers of the group, whoever is master. */
  readonly servers: readonly TestRedis[];
  flushall(): Promise<void>;
  stop(): Promise<void>;
};

const sentinelCount = 3;

/** A master, a replica and three Sentinels on loopback that make the replica master within about two seconds. */
export async function startRedisSentinel(): Promise<TestRedisSentinel> {
  const program = await findRedisProgram();
  const folder = await mkdtemp(join(tmpdir(), "sg-sentinel-"));
  const first = await startRedis();
  const firstPort = portOf(first);
  const second = await startRedis(["--replicaof", "127.0.0.1", String(firstPort)]);
  const servers = [first, second];
  const ports: number[] = [];
  const children: ReturnType<typeof spawn>[] = [];
  const onExit = (): void => {
    for (const child of children) child.kill("SIGKILL");
  };
  process.once("exit", onExit);
  for (let at = 0; at < sentinelCount; at += 1) {
    const port = await freePort();
    const settings = join(folder, `sentinel-${at}.conf`);
    await writeFile(
      settings,
      [
        `port ${port}`,
        "bind 127.0.0.1",
        `dir ${folder}`,
        `sentinel monitor guard 127.0.0.1 ${firstPort} 2`,
        "sentinel down-after-milliseconds guard 800",
        "sentinel failover-timeout guard 3000",
        "",
      ].join("\n"),
    );
    children.push(spawn(program, [settings, "--sentinel"], { stdio: "ignore" }));
    ports.push(port);
  }
  for (const port of ports) {
    await until("the Sentinels know one another and the replica", () =>
      ask(port, async (redis) => {
        const [said] = [String(await redis.call("INFO", "sentinel"))];
        return said.includes(`slaves=1,sentinels=${sentinelCount}`);
      }).catch(() => false),
    );
  }
  const masterPort = (): Promise<number> =>
    ask(ports[0] ?? 0, async (redis) =>
      Number(String(await redis.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "guard")).split(",")[1]),
    );
  const master = async (): Promise<TestRedis> => {
    const port = await masterPort();
    const found = servers.find((server) => portOf(server) === port);
    if (found === undefined) throw new Error("the master is none of the group");
    return found;
  };
  return {
    url: `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(",")}/guard`,
    masterPort,
    master,
    servers,
    flushall: async () => (await master()).flushall(),
    async stop() {
      process.off("exit", onExit);
      onExit();
      for (const server of servers) await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function portOf(server: TestRedis): number {
  return Number(new URL(server.url).port);
}
