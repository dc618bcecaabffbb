import { Queue, type Telemetry, Worker } from "bullmq";
import type { Cluster, Redis } from "ioredis";
import { connectRedis } from "./connect-redis.ts";
import { QueueUnavailableError } from "./deadline.ts";
import type { JobStore } from "./store.ts";

/** BullMQ in Redis: one server, a Cluster, or behind Sentinels (redis-address.ts). */
export function redisStore(
  redisUrl: string,
  { prefix, telemetry }: { readonly prefix: string; readonly telemetry: Telemetry | undefined },
  onError: (err: unknown) => void,
): JobStore {
  const told = telemetry === undefined ? {} : { telemetry };
  // The braces put all keys of a queue, and so all that one of BullMQ's scripts touches, on one shard.
  const tagged = prefix.includes("{") ? prefix : `{${prefix}}`;
  // A producer's command gives up soon: its caller has a client waiting.
  const producer = connectRedis(redisUrl, { maxRetriesPerRequest: 1, commandTimeout: 3000 }, onError);
  let consumer: Redis | Cluster | undefined;

  return {
    ready: (timeoutMs) => untilReady(producer, timeoutMs),
    openQueue: (name) =>
      new Queue(name, {
        connection: producer,
        prefix: tagged,
        streams: { events: { maxLen: 100 } },
        ...told,
      }),
    openWorker: (name, process, settings) => {
      // A consumer's command waits for the connection: BullMQ asks for that on a connection that blocks.
      consumer ??= connectRedis(redisUrl, { maxRetriesPerRequest: null }, onError);
      return new Worker(name, process, { ...settings, ...told, connection: consumer, prefix: tagged });
    },
    async pending(names, ids) {
      const pipeline = producer.pipeline();
      // Jobs are removed when they end: one that exists has not ended.
      const asked = ids.flatMap((id) => names.map((name) => ({ id, key: `${tagged}:${name}:${id}` })));
      for (const { key } of asked) pipeline.exists(key);
      const answers = (await pipeline.exec()) ?? [];
      return asked.flatMap(({ id }, index) => {
        const [err, count] = answers[index] ?? [new Error("no answer"), 0];
        if (err) throw err;
        return count === 1 ? [id] : [];
      });
    },
    close() {
      producer.disconnect();
      consumer?.disconnect();
      return Promise.resolve();
    },
  };
}

async function untilReady(client: Redis | Cluster, timeoutMs: number): Promise<void> {
  if (client.status === "ready") return;
  await new Promise<void>((resolve, reject) => {
    const done = (err?: Error) => {
      clearTimeout(timer);
      client.off("ready", onReady);
      if (err) reject(err);
      else resolve();
    };
    const onReady = () => done();
    const timer = setTimeout(() => {
      done(new QueueUnavailableError(`Redis cannot be reached (${client.status})`));
    }, timeoutMs);
    client.on("ready", onReady);
  });
}
