import { Cluster, Redis, type RedisOptions } from "ioredis";
import { parseRedisAddress, type RedisAddress } from "./redis-address.ts";

/** How long commands and connections may take, and what becomes of commands while there is no connection. */
export type RedisLimits = Pick<
  RedisOptions,
  "maxRetriesPerRequest" | "commandTimeout" | "connectTimeout" | "enableOfflineQueue"
>;

const retryMaxMs = 2_000;
const retry = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), retryMaxMs);

/**
 * A client of what REDIS_URL names (redis-address.ts): it connects in the background, comes back by itself, and
 * never ends the process for an error. Throws a TypeError for an address that cannot be read.
 */
export function connectRedis(
  redisUrl: string,
  limits: RedisLimits,
  onError: (err: unknown) => void,
): Redis | Cluster {
  const address = parseRedisAddress(redisUrl);
  if (address === null) throw new TypeError("REDIS_URL cannot be read");
  const client = open(address, { connectTimeout: 3_000, ...limits });
  // An error without a listener would end the process.
  client.on("error", onError);
  return client;
}

function open(address: RedisAddress, limits: RedisLimits): Redis | Cluster {
  const { nodes, tls, username, password, database } = address;
  const common = {
    ...limits,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
  };
  const [first = { host: "127.0.0.1", port: 6379 }] = nodes;
  switch (address.kind) {
    case "single":
      return new Redis({ ...common, ...first, db: database, retryStrategy: retry });
    case "cluster": {
      const { enableOfflineQueue, ...redisOptions } = common;
      return new Cluster([...nodes], {
        redisOptions,
        ...(enableOfflineQueue === undefined ? {} : { enableOfflineQueue }),
        clusterRetryStrategy: retry,
        // A certificate names a host, so its address may not stand in for it.
        ...(tls ? { dnsLookup: (host, done) => done(null, host) } : {}),
      });
    }
    case "sentinel":
      return new Redis({
        ...common,
        sentinels: [...nodes],
        name: address.masterName ?? "",
        db: database,
        retryStrategy: retry,
        sentinelRetryStrategy: retry,
        // One that was master when a partition began would go on taking jobs that nobody will find.
        failoverDetector: true,
        reconnectOnError: (err) => err.message.startsWith("READONLY"),
        ...(tls ? { sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
        ...(address.sentinelUsername === null ? {} : { sentinelUsername: address.sentinelUsername }),
        ...(address.sentinelPassword === null ? {} : { sentinelPassword: address.sentinelPassword }),
      });
  }
}
