import { Redis } from "ioredis";
import { type DoctorFinding, fault, kindOf, ok, warning } from "./finding.ts";

const versionMin = [6, 2] as const;

/** What the queue asks of each Redis that is named. Sentinels are not asked: their servers are named by them. */
export async function examineRedis(redisUrl: string): Promise<readonly DoctorFinding[]> {
  if (redisUrl.startsWith("redis+sentinel") || redisUrl.startsWith("rediss+sentinel")) {
    const todo = "Look at the servers behind them: maxmemory-policy noeviction, appendonly yes.";
    return [warning("Redis", "Sentinels are not looked through", todo)];
  }
  const findings: DoctorFinding[] = [];
  for (const url of redisUrl.split(",")) findings.push(...(await examineServer(url.trim())));
  return findings;
}

async function examineServer(url: string): Promise<readonly DoctorFinding[]> {
  // The host tells which of several it is; the address itself may hold a password.
  const host = new URL(url).host;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 3_000,
    commandTimeout: 3_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    const version = /redis_version:(\d+)\.(\d+)\S*/.exec(await redis.info("server"));
    const [major, minor] = [Number(version?.[1] ?? 0), Number(version?.[2] ?? 0)];
    const recent = major > versionMin[0] || (major === versionMin[0] && minor >= versionMin[1]);
    const memory = await redis.info("memory");
    const persistence = await redis.info("persistence");
    const policy = /maxmemory_policy:(\S+)/.exec(memory)?.[1] ?? "unknown";
    const log = /aof_enabled:(\d)/.exec(persistence)?.[1];
    return [
      recent
        ? ok(`Redis ${host}`, `version ${major}.${minor}`)
        : fault(`Redis ${host}`, `version ${major}.${minor}`, "Upgrade Redis to 6.2 or newer."),
      policy === "noeviction"
        ? ok(`Redis ${host} maxmemory-policy`, policy)
        : fault(
            `Redis ${host} maxmemory-policy`,
            policy,
            "CONFIG SET maxmemory-policy noeviction, and in redis.conf: with any other policy jobs vanish.",
          ),
      log === "1"
        ? ok(`Redis ${host} appendonly`, "yes")
        : warning(
            `Redis ${host} appendonly`,
            "no",
            "CONFIG SET appendonly yes, and in redis.conf: a restart without it makes the sweeper announce all jobs anew.",
          ),
    ];
  } catch (err) {
    return [
      fault(
        `Redis ${host}`,
        `cannot be reached (${kindOf(err)})`,
        "Start it, or correct REDIS_URL: host, port, password, TLS.",
      ),
    ];
  } finally {
    redis.disconnect();
  }
}
