import type { Request, RequestHandler } from "express";
import type { House } from "./compose.ts";
import { readConfig } from "./config.ts";
import type { CampaignRequest, LandingPageRequest } from "./domain/contract.gen.ts";
import { GuardError } from "./domain/guard-error.ts";
import type { Caller, Guard } from "./guard/guard.ts";
import { rememberAnswers } from "./guard/remember-answers.ts";
import { createLogger } from "./http/log.ts";
import { campaignMiddleware, landingPageMiddleware } from "./http/middleware.ts";
import { openService } from "./serve.ts";

export type { CampaignRequest, LandingPageRequest } from "./domain/contract.gen.ts";
export { type ErrorCode, GuardError } from "./domain/guard-error.ts";
export type { Caller, Guard } from "./guard/guard.ts";
export type { GuardedRequest } from "./http/middleware.ts";

/** The settings of the service under their names in code; what is left out is as for `npm start`. */
export type GuardOptions = {
  /** A PostgreSQL server (14 or newer); unset: an embedded one under `dataDir`. */
  readonly databaseUrl?: string;
  /** BullMQ and rate limits on Redis; unset: on PostgreSQL. */
  readonly redisUrl?: string;
  /** ".data" unless told. */
  readonly dataDir?: string;
  /** "all" unless told; "api" leaves deliveries to other processes. */
  readonly role?: "all" | "api";
  readonly adminApiKey?: string;
  /** 32 bytes in base64. */
  readonly encryptionKey?: string;
  /** A note signer key: PRIVATE+KEY+<name>+<id>+<base64>. */
  readonly ledgerKey?: string;
  readonly ledgerOrigin?: string;
  readonly publicUrl?: string;
  readonly sandbox?: boolean;
  /** RFC 3339; only with the sandbox. */
  readonly sandboxClock?: string;
  /** pino levels; "warn" unless told. */
  readonly logLevel?: string;
  /** Spans go to the OpenTelemetry provider that the application has registered. */
  readonly traces?: boolean;
  /** On whose behalf the middleware acts unless a mount says otherwise: a customer's API key. */
  readonly apiKey?: string;
};

export type MountOptions<Input> = {
  /** The contract's request, made from the application's own. It is checked as over HTTP. */
  readonly map: (req: Request) => Input | Promise<Input>;
  /** A customer's API key for this request; unset: the guard's `apiKey`, else the request's own Bearer token. */
  readonly apiKey?: (req: Request) => string | Promise<string>;
};

export type EmbeddedGuard = {
  /** Lets a request pass once its campaign was taken; `req.guard.decision` tells what was decided. */
  campaign(options: MountOptions<CampaignRequest>): RequestHandler;
  /** Lets a request pass once its page was approved; publish exactly the bytes that were. */
  landingPage(options: MountOptions<LandingPageRequest>): RequestHandler;
  /** The whole HTTP contract, to be mounted at the root of an application: `app.use(guard.api)`. */
  readonly api: RequestHandler;
  /** Every use case without HTTP. */
  readonly useCases: Guard;
  /** Shown once, at the first start on an empty store. */
  readonly newAdminKey: string | null;
  /**
   * Where the application serves `api`, such as "http://127.0.0.1:3000": the sandbox's providers call back there
   * with receipts and subscribers' words. Unless told they use `publicUrl`, if that was given.
   */
  listensAt(address: string): void;
  /** Running hand-offs end and are recorded, then everything is closed. */
  close(): Promise<void>;
};

/**
 * The guard inside an Express application (4 or 5): the same decisions, ledger and jobs as over HTTP.
 * Rejects with a message that names every wrong setting.
 */
export async function createGuard(options: GuardOptions = {}): Promise<EmbeddedGuard> {
  const config = {
    ...readConfig(environmentOf(options)),
    traces: options.traces === true ? ("application" as const) : ("off" as const),
  };
  const log = createLogger(config.logLevel);
  const { house, app, validators } = await openService(config, log);
  if (options.publicUrl !== undefined) house.callBackTo(config.publicUrl);
  const deps = {
    guard: house.guard,
    validators,
    publicUrl: config.publicUrl,
    newId: () => house.world.entropy.id(house.world.clock.now()),
    logger: log,
    idempotency: rememberAnswers(house.world),
  };
  const callerOf =
    <Input>(mount: MountOptions<Input>) =>
    (req: Request) =>
      caller(house, options, mount.apiKey, req);
  return {
    campaign: (mount) => campaignMiddleware(deps, { map: mount.map, caller: callerOf(mount) }),
    landingPage: (mount) => landingPageMiddleware(deps, { map: mount.map, caller: callerOf(mount) }),
    api: app,
    useCases: house.guard,
    newAdminKey: house.newAdminKey,
    listensAt: (address) => house.callBackTo(address.replace(/\/+$/, "")),
    close: () => house.close(),
  };
}

async function caller(
  house: House,
  options: GuardOptions,
  apiKey: ((req: Request) => string | Promise<string>) | undefined,
  req: Request,
): Promise<Omit<Caller, "requestId">> {
  const own = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? "")?.[1];
  const secret = apiKey === undefined ? (options.apiKey ?? own) : await apiKey(req);
  const found = secret === undefined ? null : await house.guard.authenticate(secret, "");
  if (found === null)
    throw new GuardError("unauthenticated", "the middleware has no valid API key to act by");
  return found;
}

function environmentOf(options: GuardOptions): Record<string, string | undefined> {
  return {
    DATABASE_URL: options.databaseUrl,
    REDIS_URL: options.redisUrl,
    DATA_DIR: options.dataDir,
    ROLE: options.role,
    ADMIN_API_KEY: options.adminApiKey,
    ENCRYPTION_KEY: options.encryptionKey,
    LEDGER_KEY: options.ledgerKey,
    LEDGER_ORIGIN: options.ledgerOrigin,
    PUBLIC_URL: options.publicUrl,
    SANDBOX: options.sandbox === undefined ? undefined : options.sandbox ? "1" : "0",
    SANDBOX_CLOCK: options.sandboxClock,
    LOG_LEVEL: options.logLevel ?? "warn",
  };
}
