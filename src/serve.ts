import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import type { Express } from "express";
import type { Cluster, Redis } from "ioredis";
import { Registry } from "prom-client";
import { type House, openHouse } from "./compose.ts";
import type { Config } from "./config.ts";
import { createConsole } from "./console/create-console.ts";
import { openIdProvider } from "./console/openid.ts";
import { rememberAnswers } from "./guard/remember-answers.ts";
import { firstSignInToken } from "./guard/staff.ts";
import { createApi } from "./http/api.ts";
import type { Logger } from "./http/log.ts";
import { requestState } from "./http/request-state.ts";
import { createHttpServer } from "./http/server.ts";
import { createInstruments } from "./instruments.ts";
import { createMetrics } from "./metrics.ts";
import { packageVersion } from "./package-root.ts";
import { connectRedis } from "./queue/connect-redis.ts";
import { pdfReports } from "./reports/pdf-reports.ts";
import { createValidators, type Validators } from "./schema/validate.ts";

export type Service = {
  readonly house: House;
  readonly address: string;
  readonly port: number;
  /** One-time link into the console, for the welcome; null where none is made. */
  readonly signInLink: string | null;
  /** Stops taking requests, ends what is under way, records it, closes everything. */
  close(): Promise<void>;
};

/** The house with its HTTP face, not yet listening. */
export async function openService(
  config: Config,
  log: Logger,
): Promise<{ readonly house: House; readonly app: Express; readonly validators: Validators }> {
  const registry = new Registry();
  // Loaded only where they are asked for: OpenTelemetry costs a fifth of a second at start.
  const tracing =
    config.traces === "off"
      ? null
      : (await import("./tracing/start-tracing.ts")).startTracing(packageVersion(), config.traces);
  const house = await openHouse(config, log, pdfReports(), createInstruments(registry, tracing));
  const { world, guard } = house;
  const validators = createValidators();
  const metrics = createMetrics(world, registry);
  const limiter = config.redisUrl === null ? null : rateLimitRedis(config.redisUrl, log);
  const app = createApi({
    guard,
    validators,
    idempotency: rememberAnswers(world),
    logger: log,
    publicUrl: config.publicUrl,
    newId: () => world.entropy.id(world.clock.now()),
    nowMs: () => performance.now(),
    metrics: { read: () => metrics.read(), token: config.metricsToken },
    observe: (...request) => metrics.observeRequest(...request),
    redis: limiter,
    ...(config.rateLimitPerMinute === null
      ? {}
      : { rateLimits: { perKey: config.rateLimitPerMinute, perAddress: config.rateLimitPerMinute } }),
    trustProxy: config.trustProxy === 0 ? false : config.trustProxy,
    ...(tracing === null ? {} : { trace: tracing.requests }),
    console: createConsole({
      world,
      ...(config.openId === null ? {} : { provider: openIdProvider(config.openId) }),
      nameRoute: (res, route) => {
        requestState(res).route = route;
      },
    }),
  });
  house.onClose(() => limiter?.disconnect());
  return { house, app, validators };
}

/** The service of this process. A worker alone answers probes and metrics on the same port. */
export async function serve(config: Config, log: Logger): Promise<Service> {
  const { house, app } = await openService(config, log);
  const server = createHttpServer(app);
  try {
    server.listen(config.port, config.host);
    await once(server, "listening");
  } catch (err) {
    await house.close();
    throw err;
  }
  const { port } = server.address() as AddressInfo;
  house.callBackTo(`http://${config.host === "0.0.0.0" ? "127.0.0.1" : config.host}:${port}`);
  const address = `http://${config.host}:${port}`;
  // Beside the embedded store its owner sits at the machine; on servers only the first person in needs it.
  const token =
    config.role === "worker" ? null : await firstSignInToken(house.world, config.databaseUrl === null);
  return {
    house,
    port,
    address,
    signInLink: token === null ? null : `${address}/console/sign-in?link=${token}`,
    async close() {
      await closeServer(server);
      await house.close();
    },
  };
}

/** It fails fast: counting is no reason to wait. */
function rateLimitRedis(url: string, log: Logger): Redis | Cluster {
  return connectRedis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false }, (err) =>
    log.warn({ err }, "the rate limiter's Redis cannot be reached"),
  );
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const hard = setTimeout(() => server.closeAllConnections(), 15_000);
  await closed;
  clearTimeout(hard);
}
