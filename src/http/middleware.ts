import type { IncomingMessage, ServerResponse } from "node:http";
import type { Request, RequestHandler } from "express";
import type {
  CampaignCreated,
  CampaignDecision,
  CampaignRequest,
  LandingPageApproval,
  LandingPageRequest,
} from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { Caller, Guard } from "../guard/guard.ts";
import type { Parser, Validators } from "../schema/validate.ts";
import { fingerprintOf, type IdempotencyStore, idempotencyKey } from "./idempotency.ts";
import { languageOf } from "./language.ts";
import type { Logger } from "./log.ts";
import { problemAnswer } from "./problem.ts";
import { logFailure } from "./serve-route.ts";

/** What the guard decided about the request that passed. */
export type GuardedRequest = {
  /** The campaign's decision, or the landing page's approval. */
  readonly decision: CampaignDecision | LandingPageApproval | null;
  readonly campaign?: CampaignCreated;
  readonly page?: LandingPageApproval;
};

declare global {
  namespace Express {
    interface Request {
      guard: GuardedRequest;
    }
  }
}

export type MiddlewareDependencies = {
  readonly guard: Pick<Guard, "submitCampaign" | "publishPage">;
  readonly validators: Validators;
  readonly publicUrl: string;
  readonly newId: () => string;
  readonly logger: Logger;
  /** Remembers what was decided under an Idempotency-Key; unset: nothing is remembered. */
  readonly idempotency?: IdempotencyStore;
};

export type MiddlewareOptions<Input> = {
  /** The contract's request from the application's own. What it returns is checked like a body over HTTP. */
  readonly map: (req: Request) => Input | Promise<Input>;
  /** On whose behalf; its requestId is filled in. */
  readonly caller: (req: Request) => Omit<Caller, "requestId"> | Promise<Omit<Caller, "requestId">>;
};

/** Passes on only when the campaign was taken (`req.guard.decision`); otherwise answers a problem document. */
export function campaignMiddleware(
  deps: MiddlewareDependencies,
  options: MiddlewareOptions<CampaignRequest>,
): RequestHandler {
  return guarded(deps, deps.validators.parser("CampaignRequest"), options, async (caller, input) => {
    const campaign = await deps.guard.submitCampaign(caller, input);
    return { decision: campaign.decision, campaign };
  });
}

/** Passes on only when the page was approved; the application publishes nothing but the approved bytes. */
export function landingPageMiddleware(
  deps: MiddlewareDependencies,
  options: MiddlewareOptions<LandingPageRequest>,
): RequestHandler {
  return guarded(deps, deps.validators.parser("LandingPageRequest"), options, async (caller, input) => {
    const page = await deps.guard.publishPage(caller, input);
    return { decision: page, page };
  });
}

function guarded<Input>(
  deps: MiddlewareDependencies,
  parse: Parser<Input>,
  options: MiddlewareOptions<Input>,
  decide: (caller: Caller, input: Input) => Promise<GuardedRequest>,
): RequestHandler {
  return (req, res, next) => {
    const requestId = deps.newId();
    const run = async (): Promise<void> => {
      const caller = { ...(await options.caller(req)), requestId };
      const input = parse(await options.map(req), languageOf(req));
      req.guard = await decideOnce(deps, req, caller, input, () => decide(caller, input));
    };
    // The guard's own errors are answered here, so that no handler of the application can let them pass.
    run().then(
      () => next(),
      (error: unknown) => {
        logFailure(deps.logger, error, requestId, null);
        answerProblem(deps, req, res, error, requestId);
      },
    );
  };
}

/**
 * A repeated request with its Idempotency-Key is the same campaign or page, and passes on with the first decision. What was
 * refused is decided anew: nothing of it has gone out.
 */
async function decideOnce(
  deps: MiddlewareDependencies,
  req: Request,
  caller: Caller,
  input: unknown,
  decide: () => Promise<GuardedRequest>,
): Promise<GuardedRequest> {
  const key = idempotencyKey(req.get("Idempotency-Key"), "accepted");
  const store = deps.idempotency;
  if (key === null || store === undefined) return decide();
  const scope = caller.customerId ?? `key:${caller.keyId}`;
  const begun = await store.begin(scope, key, fingerprintOf("middleware", "", JSON.stringify(input)));
  if (begun === "in_progress") throw new GuardError("idempotency_in_progress", "the first is still running");
  if (begun === "reused")
    throw new GuardError("idempotency_key_reused", "the key belongs to another request");
  if (begun !== "new") return JSON.parse(begun.replay.body) as GuardedRequest;
  try {
    const guarded = await decide();
    await store.complete(scope, key, { status: 200, headers: {}, body: JSON.stringify(guarded) });
    return guarded;
  } catch (error) {
    await store.abandon(scope, key);
    throw error;
  }
}

// Only what Node's own response has: the same in Express 4 and 5.
function answerProblem(
  deps: MiddlewareDependencies,
  req: IncomingMessage & Pick<Request, "acceptsLanguages">,
  res: ServerResponse,
  error: unknown,
  requestId: string,
): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const answer = problemAnswer(error, { language: languageOf(req), requestId, publicUrl: deps.publicUrl });
  res.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value);
  res.setHeader("X-Request-Id", requestId);
  res.end(answer.body.kind === "json" ? JSON.stringify(answer.body.value) : undefined);
}
