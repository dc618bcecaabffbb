import type { ClientRateLimitInfo, Options, Store } from "express-rate-limit";

/** What the store needs of an ioredis client or cluster. */
export type RedisEval = {
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
};

/** A limiter that waits longer than this holds up what it should protect. */
const answerMsMax = 500;

// One round trip, atomic, and one key: it runs on a cluster. EVAL instead of EVALSHA: nothing is loaded
// beforehand, so nothing is missing after a restart or fail-over of Redis.
const increment = `
local hits = redis.call("INCR", KEYS[1])
local left = redis.call("PTTL", KEYS[1])
if left < 0 then
  redis.call("PEXPIRE", KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return { hits, left }`;

/** Counts in Redis. Rejects within half a second where Redis does not answer, even if the client queues. */
export function redisRateStore(redis: RedisEval, prefix: string): Store {
  let windowMs = 60_000;
  const run = async (script: string, key: string, ...args: number[]): Promise<unknown> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("Redis did not answer in time")), answerMsMax);
    });
    try {
      return await Promise.race([redis.eval(script, 1, prefix + key, ...args), late]);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    localKeys: false,
    prefix,
    init(options: Options) {
      windowMs = options.windowMs;
    },
    async increment(key: string): Promise<ClientRateLimitInfo> {
      const [hits, leftMs] = pair(await run(increment, key, windowMs));
      return { totalHits: hits, resetTime: new Date(Date.now() + leftMs) };
    },
    async decrement(key: string) {
      await run('return redis.call("DECR", KEYS[1])', key);
    },
    async resetKey(key: string) {
      await run('return redis.call("DEL", KEYS[1])', key);
    },
  };
}

function pair(reply: unknown): [number, number] {
  if (!Array.isArray(reply) || reply.length !== 2) throw new Error("an unexpected answer of Redis");
  return [Number(reply[0]), Number(reply[1])];
}
