import type { Request, RequestHandler, Response } from "express";
import { GuardError } from "../domain/guard-error.ts";
import type { Parser, Validators } from "../schema/validate.ts";
import { type Answer, sendAnswer } from "./answer.ts";
import { type AuthenticateKey, authenticate } from "./authenticate.ts";
import { answerOnce, fingerprintOf, type IdempotencyStore, idempotencyKey } from "./idempotency.ts";
import { type JsonBody, type ReadJsonBody, requireMediaType } from "./json-body.ts";
import { languageOf } from "./language.ts";
import type { Logger } from "./log.ts";
import { readMultipart } from "./multipart.ts";
import { problemAnswer } from "./problem.ts";
import type { Limiters } from "./rate-limit.ts";
import { requestState } from "./request-state.ts";
import { requireScope } from "./require-scope.ts";
import { parametersOf, type Route } from "./route.ts";

export type ServeDependencies = {
  readonly authenticate: AuthenticateKey;
  readonly limiters: Limiters;
  readonly validators: Validators;
  readonly readJson: ReadJsonBody;
  readonly idempotency: IdempotencyStore;
  readonly logger: Logger;
  readonly publicUrl: string;
};

/** One route as Express sees it. The order of the lines is the order of handling. */
export function serveRoute(route: Route, deps: ServeDependencies): RequestHandler {
  const parseBody = route.body === null ? null : deps.validators.parser(route.body);
  const parseQuery = deps.validators.textParser(route.query ?? "NoQuery");
  const parseId = deps.validators.parser("Id");
  const names = parametersOf(route.path);

  const answer = async (req: Request, res: Response): Promise<Answer> => {
    const state = requestState(res);
    state.route = route.path;
    state.caller = await authenticated(req, res, state.requestId);
    const { caller } = state;
    await counted(req, res);
    requireScope(caller, route.scopes);
    const language = languageOf(req);
    const params = Object.fromEntries(names.map((name) => [name, parameter(parseId, req.params[name])]));
    const query = parseQuery(withPlusSigns({ ...req.query }), language);
    const key =
      route.method === "post"
        ? idempotencyKey(req.get("Idempotency-Key"), route.idempotency ?? "accepted")
        : null;
    const body = await bodyOf(req, res);
    const input = {
      caller,
      // The values that the parsers passed are the types that the route's titles name.
      body: parseBody === null ? null : parseBody(body.value, language),
      query: route.query === null ? null : query,
      params,
      language,
      request: req,
      get gone() {
        return goneSignal(res);
      },
    };
    const work = async () => route.handle(input);
    if (key === null) return work();
    return answerOnce(
      {
        store: deps.idempotency,
        scope: caller.customerId ?? `key:${caller.keyId}`,
        key,
        fingerprint: fingerprintOf(req.method, req.originalUrl, body.digest),
        ...(route.rawBody === undefined
          ? {}
          : { upload: { taken: () => state.uploadDigest(), read: () => readUpload(req, res) } }),
        answerOf: (error) => {
          logFailure(deps.logger, error, state.requestId, route.path);
          return problemAnswer(error, { language, requestId: state.requestId, publicUrl: deps.publicUrl });
        },
        onUnkept: (err) =>
          deps.logger.error({ err, requestId: state.requestId, route: route.path }, "answer not kept"),
      },
      work,
    );
  };

  const authenticated = async (req: Request, res: Response, requestId: string) => {
    try {
      return await authenticate(req, requestId, deps.authenticate);
    } catch (error) {
      // Only failures count against the address: a busy customer behind one address is not an attack.
      if (error instanceof GuardError && error.code === "unauthenticated")
        await deps.limiters.byAddress(req, res);
      throw error;
    }
  };

  const counted = async (req: Request, res: Response) => {
    try {
      await (route.unmetered === true ? deps.limiters.unmetered : deps.limiters.byKey)(req, res);
    } catch (error) {
      const uncounted = error instanceof GuardError && error.code === "limiter_unavailable";
      if (!uncounted || route.openWithoutLimiter !== true) throw error;
      deps.logger.warn({ err: error, route: route.path }, "taken without being counted");
    }
  };

  const bodyOf = async (req: Request, res: Response): Promise<JsonBody> => {
    if (route.body !== null) return deps.readJson(req, res);
    if (route.rawBody !== undefined) requireMediaType(req, route.rawBody.mediaTypes);
    // A streamed body cannot be hashed before it is read: its length tells most changed files apart at once, and
    // what it held is compared when there is an answer to repeat.
    return { value: null, digest: `length:${req.get("Content-Length") ?? ""}` };
  };

  return async (req, res, next) => {
    try {
      await sendAnswer(res, await answer(req, res));
    } catch (error) {
      next(error);
    }
  };
}

/** What is our fault is told to the operator with its causes; what is the caller's only by its code. */
export function logFailure(logger: Logger, error: unknown, requestId: string, route: string | null): void {
  const known = error instanceof GuardError;
  if (!known || error.status >= 500) logger.error({ err: error, requestId, route }, "request failed");
  else logger.debug({ code: error.code, requestId, route }, "request refused");
}

/** Reads an upload that is not worked on, only to know what it holds. */
async function readUpload(req: Request, res: Response): Promise<string | null> {
  const { file } = await readMultipart(req, { fileBytesMax: Number.POSITIVE_INFINITY, required: [] });
  for await (const _piece of file.bytes);
  return requestState(res).uploadDigest();
}

/** "+07:00" that was written into an address without being encoded arrives as " 07:00": it can mean nothing else. */
function withPlusSigns(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      name,
      typeof value === "string"
        ? value.replace(/^(\d{4}-\d\d-\d\dT[\d:.]{5,20}) (?=\d\d:\d\d$)/, "$1+")
        : value,
    ]),
  );
}

function parameter(parseId: Parser<string>, value: unknown): string {
  try {
    return parseId(value);
  } catch (error) {
    throw new GuardError("not_found", "a path segment has no form of an identifier", { cause: error });
  }
}

function goneSignal(res: Response): AbortSignal {
  const controller = new AbortController();
  res.once("close", () => controller.abort());
  return controller.signal;
}
