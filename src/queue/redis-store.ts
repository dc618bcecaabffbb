import { Queue, Worker } from "bullmq";
import { Cluster, Redis, type RedisOptions } from "ioredis";
import { QueueUnavailableError } from "./deadline.ts";
import type { JobStore } from "./store.ts";

/** Several addresses, comma-separated, are the nodes of one Redis Cluster. */
export function redisStore(redisUrl: string, prefix: string, onError: (err: unknown) => void): JobStore {
  const urls = redisUrl.split(",").map((url) => url.trim());
  // The braces put all keys of a queue, and so all that one of BullMQ's scripts touches, on one shard.
  const tagged = prefix.includes("{") ? prefix : `{${prefix}}`;
  // A producer's command gives up soon: its caller has a client waiting.
  const producer = connect(urls, { maxRetriesPerRequest: 1, commandTimeout: 3000 }, onError);
  let consumer: Redis | Cluster | undefined;

  return {
    ready: (timeoutMs) => untilReady(producer, timeoutMs),
    openQueue: (name) =>
      new Queue(name, { connection: producer, prefix: tagged, streams: { events: { maxLen: 100 } } }),
    openWorker: (name, process, settings) => {
      // A consumer's command waits for the connection: BullMQ asks for that on a connection that blocks.
      consumer ??= connect(urls, { maxRetriesPerRequest: null }, onError);
      return new Worker(name, process, { ...settings, connection: consumer, prefix: tagged });
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

type Limits = Pick<RedisOptions, "maxRetriesPerRequest" | "commandTimeout" | "connectTimeout">;

function connect(urls: readonly string[], limits: Limits, onError: (err: unknown) => void): Redis | Cluster {
  const retry = (times: number) => Math.min(50 * 2 ** Math.min(times, 10), 2000);
  const common: Limits = { ...limits, connectTimeout: 3000 };
  const client =
    urls.length === 1
      ? new Redis(urls[0] ?? "", { ...common, retryStrategy: retry })
      : cluster(urls, common, retry);
  // An error without a listener would end the process.
  client.on("error", onError);
  return client;
}

function cluster(urls: readonly string[], common: Limits, retry: (times: number) => number): Cluster {
  const nodes = urls.map((url) => new URL(url));
  const { username, password, protocol } = nodes[0] ?? new URL("redis://127.0.0.1");
  const redisOptions = {
    ...common,
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === "rediss:" ? { tls: {} } : {}),
  };
  return new Cluster(
    nodes.map((url) => ({ host: url.hostname, port: Number(url.port || 6379) })),
    {
      redisOptions,
      clusterRetryStrategy: retry,
      // A certificate names a host, so its address may not stand in for it.
      ...(protocol === "rediss:" ? { dnsLookup: (host, done) => done(null, host) } : {}),
    },
  );
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
