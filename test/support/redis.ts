import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "./free-port.ts";
import { findRedisProgram } from "./redis-program.ts";
import { until } from "./until.ts";

export type TestRedis = {
  readonly url: string;
  /** Of the process that runs now; it changes with restart(). */
  readonly pid: number;
  flushall(): Promise<void>;
  /** Ends it without a word, as a power cut would; its files stay. */
  kill9(): Promise<void>;
  /** Starts it on the same port and files again. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
};

/** A Redis of its own: of the machine's program, on loopback, as the service asks for it (append-only file). */
export async function startRedis(extraArgs: readonly string[] = []): Promise<TestRedis> {
  const program = await findRedisProgram();
  const folder = await mkdtemp(join(tmpdir(), "sg-redis-"));
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
  args.push("--appendonly", "yes", "--maxmemory-policy", "noeviction", ...extraArgs);
  let child = await launch(program, args, port);

  const end = async (signal: NodeJS.Signals) => {
    const ended = child;
    if (ended.exitCode !== null || ended.signalCode !== null) return;
    const exited = new Promise((resolve) => ended.once("exit", resolve));
    ended.kill(signal);
    await exited;
  };
  // A test run that dies may leave nothing behind.
  const onExit = () => child.kill("SIGKILL");
  process.once("exit", onExit);
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0;
    },
    flushall: () => ask(port, async (redis) => void (await redis.flushall())),
    kill9: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGTERM");
      child = await launch(program, args, port);
    },
    stop: async () => {
      process.off("exit", onExit);
      await end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(program: string, args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-2000);
  });
  child.stderr.resume();
  await until(`Redis answers on port ${port}`, async () => {
    if (child.exitCode !== null) throw new Error(`Redis ended: ${output}`);
    return ask(port, async (redis) => (await redis.ping()) === "PONG").catch(() => false);
  });
  return child;
}

/** One conversation with the Redis on that port. */
export async function ask<T>(port: number, conversation: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ port, host: "127.0.0.1", lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return await conversation(redis);
  } finally {
    redis.disconnect();
  }
}
