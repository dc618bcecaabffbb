import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import helmet from "helmet";
import { GuardError } from "../domain/guard-error.ts";
import type { Guard } from "../guard/guard.ts";
import type { Validators } from "../schema/validate.ts";
import { accessLog, type ObserveRequest } from "./access-log.ts";
import { json, sendAnswer } from "./answer.ts";
import { apiRoutes } from "./api-routes.ts";
import { documentationRoutes } from "./documentation.ts";
import type { IdempotencyStore } from "./idempotency.ts";
import { createJsonBodyReader } from "./json-body.ts";
import { languageOf } from "./language.ts";
import type { Logger } from "./log.ts";
import { openApiDocument } from "./openapi.ts";
import { problemAnswer } from "./problem.ts";
import type { PublicRoute } from "./public-route.ts";
import { createLimiters, type Limiters, type RateLimits, rateLimitsDefault } from "./rate-limit.ts";
import type { RedisEval } from "./redis-rate-store.ts";
import { requestId } from "./request-id.ts";
import { requestState } from "./request-state.ts";
import type { Route } from "./route.ts";
import { inboundHandler, inboundPaths } from "./routes/inbound.ts";
import { ledgerFileRoutes } from "./routes/ledger-files.ts";
import { type Metrics, operationsRoutes } from "./routes/operations.ts";
import { policyTextRoutes } from "./routes/policy-text.ts";
import { logFailure, serveRoute } from "./serve-route.ts";

export type ApiDependencies = {
  readonly guard: Guard;
  readonly validators: Validators;
  readonly idempotency: IdempotencyStore;
  readonly logger: Logger;
  readonly publicUrl: string;
  /** A fresh X-Request-Id. */
  readonly newId: () => string;
  /** A monotonic clock for durations, in milliseconds. */
  readonly nowMs: () => number;
  readonly metrics: Metrics;
  readonly observe: ObserveRequest;
  /** Shared counters; null: in this process. */
  readonly redis: RedisEval | null;
  readonly rateLimits?: RateLimits;
  /** Express's "trust proxy"; false unless a proxy that sets X-Forwarded-For stands before the service. */
  readonly trustProxy?: boolean | number | string;
  /** Mounted at /console; brings its own sessions and headers. */
  readonly console?: RequestHandler;
  /** Everything of a request happens within it. */
  readonly trace?: RequestHandler;
};

/** The whole HTTP face. The order of the lines is the order of handling. */
export function createApi(deps: ApiDependencies): Express {
  const { guard, validators, logger, publicUrl } = deps;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  app.set("trust proxy", deps.trustProxy ?? false);

  app.use(requestId(deps.newId));
  if (deps.trace !== undefined) app.use(deps.trace);
  app.use(accessLog(logger, deps.nowMs, deps.observe));
  app.use(securityHeaders());
  app.use("/v1", noStore);

  const limiters = createLimiters(deps.rateLimits ?? rateLimitsDefault, deps.redis);
  for (const path of inboundPaths) {
    const kind = path.endsWith("receipts") ? "receipts" : "messages";
    // Some providers sign nothing and are known by a secret in the path alone.
    app.get(`${path}{/:secret}`, inboundHandler(guard, kind, limiters.unmetered));
    app.post(`${path}{/:secret}`, inboundHandler(guard, kind, limiters.unmetered));
    app.all(`${path}{/:secret}`, methodNotAllowed(["GET", "POST"], limiters));
  }

  const routes = apiRoutes(guard, validators);
  const serving = {
    authenticate: (secret: string, id: string) => guard.authenticate(secret, id),
    limiters,
    validators,
    readJson: createJsonBodyReader(),
    idempotency: deps.idempotency,
    logger,
    publicUrl,
  };
  mountByPath(app, limiters, routes, (route) => serveRoute(route, serving));

  const published: PublicRoute[] = [
    ...ledgerFileRoutes(guard),
    ...policyTextRoutes(guard),
    ...operationsRoutes(guard, deps.metrics),
  ];
  published.push(...documentationRoutes(routes, published));
  const document = openApiDocument(routes, published, publicUrl);
  mountByPath(app, limiters, [...published, openApiRoute(document)], (route) => servePublic(route, limiters));

  if (deps.console !== undefined) app.use("/console", told(limiters), deps.console);
  app.use(notFound(limiters));
  app.use(problemHandler(logger, publicUrl));
  return app;
}

function mountByPath<R extends Pick<Route | PublicRoute, "method" | "path">>(
  app: Express,
  limiters: Limiters,
  routes: readonly R[],
  handler: (route: R) => RequestHandler,
): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const same = routes.filter((route) => route.path === path);
    for (const route of same) app[route.method](path, handler(route));
    app.all(
      path,
      methodNotAllowed(
        same.map((route) => route.method.toUpperCase()),
        limiters,
      ),
    );
  }
}

/** The console counts for itself who signs in; its answers tell of the limit like all others. */
function told(limiters: Limiters): RequestHandler {
  return async (req, res, next) => {
    try {
      await limiters.unmetered(req, res);
      next();
    } catch (error) {
      next(error);
    }
  };
}

function servePublic(route: PublicRoute, limiters: Limiters): RequestHandler {
  return async (req, res, next) => {
    try {
      requestState(res).route = route.path;
      await (route.unlimited === true ? limiters.unmetered(req, res) : limiters.byAddress(req, res));
      await sendAnswer(res, await route.handle(req));
    } catch (error) {
      next(error);
    }
  };
}

function openApiRoute(document: unknown): PublicRoute {
  return {
    method: "get",
    path: "/openapi.json",
    tag: "Documentation",
    summary: "The machine-readable form of this contract",
    answers: [],
    handle: () => Promise.resolve(json(200, document)),
  };
}

function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
    },
    crossOriginResourcePolicy: { policy: "same-origin" },
    referrerPolicy: { policy: "no-referrer" },
  });
}

const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader("Cache-Control", "no-store");
  next();
};

function methodNotAllowed(methods: readonly string[], limiters: Limiters): RequestHandler {
  const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : [])].join(", ");
  return async (req, res, next) => {
    try {
      res.setHeader("Allow", allow);
      await limiters.byAddress(req, res);
      next(new GuardError("method_not_allowed", `allowed: ${allow}`));
    } catch (error) {
      next(error);
    }
  };
}

function notFound(limiters: Limiters): RequestHandler {
  return async (req, res, next) => {
    try {
      await limiters.byAddress(req, res);
      next(new GuardError("not_found", "no such path"));
    } catch (error) {
      next(error);
    }
  };
}

function problemHandler(logger: Logger, publicUrl: string): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const { requestId: id, route } = requestState(res);
    logFailure(logger, error, id, route);
    if (res.headersSent) {
      // A stream that failed midway must not look complete.
      res.destroy();
      return;
    }
    sendAnswer(res, problemAnswer(error, { language: languageOf(req), requestId: id, publicUrl })).catch(
      next,
    );
  };
}
