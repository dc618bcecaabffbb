import type { Request, Response } from "express";
import { ipKeyGenerator, type Options, rateLimit, type Store } from "express-rate-limit";
import { GuardError } from "../domain/guard-error.ts";
import { type RedisEval, redisRateStore } from "./redis-rate-store.ts";
import { requestState } from "./request-state.ts";
import { runMiddleware } from "./run-middleware.ts";

export type RateLimits = {
  /** Requests a minute of one key. */
  readonly perKey: number;
  /** Requests a minute of one address that carry no valid key. */
  readonly perAddress: number;
};

export const rateLimitsDefault: RateLimits = { perKey: 6000, perAddress: 300 };

/**
 * Counts one request and sets the RateLimit headers (draft-ietf-httpapi-ratelimit-headers-08).
 * Rejects with `rate_limited`, or with `limiter_unavailable` where the counter cannot be reached.
 */
export type Limit = (req: Request, res: Response) => Promise<void>;

export type Limiters = {
  readonly byKey: Limit;
  readonly byAddress: Limit;
  /** For questions without side effect: headers, but a limit that nobody reaches. */
  readonly unmetered: Limit;
};

/** In the process's memory, or in Redis where several processes share one count. */
export function createLimiters(limits: RateLimits, redis: RedisEval | null): Limiters {
  const store = (name: string): Store | undefined =>
    redis === null ? undefined : redisRateStore(redis, `subscriber-guard:rate:${name}:`);
  const keyOf = (_req: Request, res: Response) => requestState(res).caller?.keyId ?? "none";
  return {
    byKey: limit("key", limits.perKey, keyOf, store("key")),
    byAddress: limit("address", limits.perAddress, (req) => ipKeyGenerator(req.ip ?? ""), store("address")),
    unmetered: limit("unmetered", 1_000_000_000, keyOf, undefined),
  };
}

function limit(
  identifier: string,
  perMinute: number,
  keyGenerator: Options["keyGenerator"],
  store: Store | undefined,
): Limit {
  const middleware = rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    identifier,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    keyGenerator,
    ...(store === undefined ? {} : { store }),
    // Fails closed; routes that must stay open say so themselves.
    passOnStoreError: false,
    handler: (_req, res, next) => {
      const retryAfterS = Number(res.getHeader("Retry-After") ?? 60);
      next(new GuardError("rate_limited", `over ${perMinute} a minute`, { retryAfterS }));
    },
    // The proxy is trusted or not by configuration; guessing from headers would only log.
    validate: false,
  });
  return async (req, res) => {
    try {
      await runMiddleware(middleware, req, res);
    } catch (error) {
      if (error instanceof GuardError) throw error;
      throw new GuardError("limiter_unavailable", "requests cannot be counted", { cause: error });
    }
  };
}
