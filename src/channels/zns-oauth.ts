import { createHash } from "node:crypto";
import type { ConnectorContext, ProviderAction } from "../guard/ports/connector.ts";
import type { HttpClient } from "./http-client.ts";
import { asText, parseJsonObject } from "./json-reply.ts";

export type ZnsOauthSettings = {
  readonly oauthUrl: URL;
  readonly appId: string;
  readonly appSecret: string;
  /** The first refresh token, or a new one after Zalo refused the last. */
  readonly refreshToken: string;
};

export type AccessToken =
  | { readonly token: string }
  | { readonly token: undefined; readonly code: string; readonly action: ProviderAction };

/** Gives the OA's access token; `rejected` is one that Zalo has just refused (-124). */
export type ZnsOauth = { accessToken(rejected?: string): Promise<AccessToken> };

type Pair = { readonly accessToken: string; readonly refreshToken: string; readonly expiresAtMs: number };

// Refreshed a little before its end, so that no call starts with a token that dies on the way.
const marginMs = 5 * 60_000;
const saveAttemptsMax = 3;

/**
 * Zalo's refresh token is single-use: whoever loses the answer to a refresh loses the OA until a person
 * authorises it again. So one refresh at a time for the processor, whatever process it runs in, and the new
 * pair is durable before its access token is used. A pair that could not be stored is kept and stored first
 * at the next try.
 */
export function createZnsOauth(
  settings: ZnsOauthSettings,
  http: HttpClient,
  context: ConnectorContext,
): ZnsOauth {
  const seed = createHash("sha256").update(settings.refreshToken).digest("hex");
  let cached: Pair | undefined;
  let unsaved: Pair | undefined;
  let underWay: Promise<AccessToken> | undefined;

  const isGood = (pair: Pair, rejected: string | undefined): boolean =>
    pair.accessToken !== "" &&
    pair.accessToken !== rejected &&
    pair.expiresAtMs - marginMs > context.now().getTime();

  async function renew(rejected: string | undefined): Promise<AccessToken> {
    try {
      return await context.tokens.exclusively(context.processorId, async (current, save) => {
        const keep = async (pair: Pair): Promise<void> => {
          unsaved = pair;
          await persist(pair, seed, save);
          unsaved = undefined;
          cached = pair;
        };
        if (unsaved !== undefined) await keep(unsaved);
        // Another process may have renewed it meanwhile; a stored pair counts only for the token it came from.
        const stored = cachedIfNewer(cached, readPair(current, seed));
        if (stored !== undefined && isGood(stored, rejected)) {
          cached = stored;
          return { token: stored.accessToken };
        }
        const answer = await refresh(stored?.refreshToken ?? settings.refreshToken);
        if (answer.pair === undefined) return { token: undefined, code: answer.code, action: answer.action };
        await keep(answer.pair);
        return { token: answer.pair.accessToken };
      });
    } catch {
      return { token: undefined, code: "token_store_unavailable", action: "backoff" };
    }
  }

  async function refresh(
    refreshToken: string,
  ): Promise<{ pair: Pair } | { pair: undefined; code: string; action: ProviderAction }> {
    const reply = await http.send({
      method: "POST",
      url: new URL("v4/oa/access_token", settings.oauthUrl),
      headers: { "Content-Type": "application/x-www-form-urlencoded", secret_key: settings.appSecret },
      body: new URLSearchParams({
        refresh_token: refreshToken,
        app_id: settings.appId,
        grant_type: "refresh_token",
      }).toString(),
    });
    if (reply.kind !== "response") return { pair: undefined, code: `oauth_${reply.code}`, action: "backoff" };
    const answer = parseJsonObject(reply.body);
    const accessToken = asText(answer?.["access_token"]);
    const nextRefreshToken = asText(answer?.["refresh_token"]);
    if (accessToken !== undefined && nextRefreshToken !== undefined) {
      const seconds = Number(asText(answer?.["expires_in"]) ?? "0");
      const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 3_600_000;
      return {
        pair: {
          accessToken,
          refreshToken: nextRefreshToken,
          expiresAtMs: context.now().getTime() + lifeMs,
        },
      };
    }
    const error = asText(answer?.["error"]);
    // Zalo answers HTTP 200 with an error; only a spoken error means that the token is lost.
    if (error !== undefined && /^-?\d{1,6}$/.test(error)) {
      return { pair: undefined, code: `oauth_${error}`, action: "hold" };
    }
    return { pair: undefined, code: "oauth_unreadable_response", action: "backoff" };
  }

  const renewOnce = (rejected: string | undefined): Promise<AccessToken> => {
    underWay ??= renew(rejected).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    async accessToken(rejected) {
      if (cached !== undefined && unsaved === undefined && isGood(cached, rejected))
        return { token: cached.accessToken };
      const shared = await renewOnce(rejected);
      // A renewal begun for somebody else may have found the rejected token still good.
      return shared.token !== undefined && shared.token === rejected ? renewOnce(rejected) : shared;
    },
  };
}

async function persist(
  pair: Pair,
  seed: string,
  save: (next: Record<string, string>) => Promise<void>,
): Promise<void> {
  const record = {
    accessToken: pair.accessToken,
    refreshToken: pair.refreshToken,
    expiresAt: String(pair.expiresAtMs),
    seed,
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await save(record);
      return;
    } catch (err) {
      if (attempt === saveAttemptsMax) throw err;
    }
  }
}

function readPair(record: Readonly<Record<string, string>>, seed: string): Pair | undefined {
  const { accessToken, refreshToken, expiresAt, seed: from } = record;
  if (accessToken === undefined || refreshToken === undefined || from !== seed) return undefined;
  const expiresAtMs = Number(expiresAt);
  return { accessToken, refreshToken, expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : 0 };
}

function cachedIfNewer(cached: Pair | undefined, stored: Pair | undefined): Pair | undefined {
  if (cached === undefined || stored === undefined) return stored ?? cached;
  return stored.expiresAtMs >= cached.expiresAtMs ? stored : cached;
}
