import { ask } from "./redis.ts";

/** Every value in the Redis at that address, as text. */
export function dumpRedis(url: string): Promise<string> {
  return ask(Number(new URL(url).port), async (redis) => {
    const texts: string[] = [];
    for (const key of await redis.keys("*")) {
      const type = await redis.type(key);
      if (type === "hash") texts.push(JSON.stringify(await redis.hgetall(key)));
      if (type === "list") texts.push(JSON.stringify(await redis.lrange(key, 0, -1)));
      if (type === "zset") texts.push(JSON.stringify(await redis.zrange(key, "0", "-1")));
      if (type === "stream") texts.push(JSON.stringify(await redis.xrange(key, "-", "+")));
    }
    return texts.join("\n");
  });
}
