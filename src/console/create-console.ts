import { fileURLToPath } from "node:url";
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from "express";
import { errorMessages } from "../domain/error-messages.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { StaffRow } from "../guard/ports/staff-records.ts";
import { sessionOf } from "../guard/staff-sessions.ts";
import type { World } from "../guard/world.ts";
import { accessOf, type ConsoleRoute, consoleRoutes, type RouteName } from "./access.ts";
import { readAssets } from "./assets.ts";
import { pageLanguage } from "./language.ts";
import type { OpenIdProvider } from "./openid.ts";
import type { Handler, Reply, StaffVisit, Visit } from "./page.ts";
import { nonceOf, pageHeaders } from "./page-headers.ts";
import { campaign, campaigns, recipient } from "./pages/campaigns.ts";
import { importIn, imports } from "./pages/imports.ts";
import { exportLookUp, lookUp, lookUpForm, proof, reveal } from "./pages/look-up.ts";
import { overviewPage, statePage } from "./pages/overview.ts";
import { ledger, processor, processors, registers } from "./pages/registers.ts";
import { decide, review, reviews } from "./pages/reviews.ts";
import { leave, signIn, signInPage } from "./pages/sign-in.ts";
import { beginElsewhere, returnFromElsewhere } from "./pages/sign-in-elsewhere.ts";
import { disable, invite, staff } from "./pages/staff.ts";
import { createRender, type PageContext, type Render } from "./render.ts";
import { isSameOrigin } from "./same-origin.ts";
import { cookieForm, readSession } from "./session-cookie.ts";

export type ConsoleDependencies = {
  readonly world: World;
  /** Staff may sign in there as well; absent: by link alone. */
  readonly provider?: OpenIdProvider;
  /** Tells the access log the pattern of the route; a path could hold what must not be logged. */
  readonly nameRoute?: (res: Response, route: string) => void;
};

/** Beside dist and src alike. */
const viewsDir = fileURLToPath(new URL("../../views", import.meta.url));

/**
 * The pages for staff, to be mounted at /console. Each route of the table in access.ts is mounted with the check of
 * that table before its handler; nothing else is served.
 */
export function createConsole(deps: ConsoleDependencies): RequestHandler {
  const render = createRender(viewsDir);
  const assets = readAssets(viewsDir);
  const asset: Handler<Visit> = (visit) => {
    const file = assets.get(visit.parameter("name"));
    if (file === undefined) throw new GuardError("not_found", "no such file");
    // Pages name them without a version, so a browser asks again after an update.
    visit.res.setHeader("Cache-Control", "public, max-age=300");
    return { file };
  };
  const open = { signInPage, signIn, beginElsewhere, returnFromElsewhere, asset };
  const closed = {
    signOut: leave(false),
    signOutEverywhere: leave(true),
    overview: overviewPage,
    workState: statePage,
    lookUpForm,
    lookUp,
    exportLookUp,
    reveal,
    proof,
    campaigns,
    campaign,
    recipient,
    reviews,
    review,
    decideReview: decide,
    imports,
    import: importIn("import"),
    importProgress: importIn("import-progress"),
    processors,
    processor,
    registers,
    ledger,
    staff,
    invite,
    disable,
  } satisfies Record<Exclude<RouteName, keyof typeof open>, Handler<StaffVisit>>;

  const router = express.Router({ caseSensitive: true });
  router.use(...pageHeaders());
  const mount = (
    name: RouteName,
    run: (visit: Visit, route: ConsoleRoute) => Promise<Reply> | Reply,
  ): void => {
    const route: ConsoleRoute = consoleRoutes[name];
    router[route.method](route.path, ...bodyReader(route), async (req, res, next) => {
      try {
        deps.nameRoute?.(res, `/console${route.path === "/" ? "" : route.path}`);
        if (route.method === "post" && !isSameOrigin(req)) return refuseCrossSite(req, res, render);
        const visit = visitOf(deps, req, res);
        sendReply(visit, await run(visit, route), render);
      } catch (err) {
        next(err);
      }
    });
  };
  for (const [name, handler] of entries(open)) mount(name, (visit) => handler(visit));
  for (const [name, handler] of entries(closed)) {
    mount(name, (visit, route) => guarded(visit, route, handler));
  }
  router.use(() => {
    throw new GuardError("not_found", "no such page");
  });
  router.use(errorPages(deps.world, render));
  return router satisfies Router;
}

async function guarded(visit: Visit, route: ConsoleRoute, handler: Handler<StaffVisit>): Promise<Reply> {
  const { world, req, res } = visit;
  const form = cookieForm(req, world.publicUrl);
  const token = form === null ? null : readSession(req, form.name);
  const staffRow = token === null ? null : await sessionOf(world, token, route.byTimer !== true);
  const access = accessOf(route, staffRow?.role ?? null);
  if (token === null || staffRow === null || access === "sign_in") {
    // A part of an open page cannot show a sign-in page within it.
    if (route.byTimer === true) res.setHeader("HX-Redirect", "/console/sign-in");
    if (route.method === "get" && route.byTimer !== true) return { redirect: "/console/sign-in" };
    return {
      view: "sign-in",
      status: 401,
      data: { link: null, fault: null, elsewhere: visit.provider !== null },
    };
  }
  setStaff(res, staffRow);
  if (access === "forbidden") {
    return {
      view: "error",
      status: 403,
      data: { title: "error.forbidden", text: "error.forbiddenText", problem: null },
    };
  }
  const requestId = String(res.getHeader("X-Request-Id") ?? "");
  const caller = {
    keyId: staffRow.id,
    customerId: null,
    scopes: ["ledger"],
    mode: "live",
    requestId,
  } as const;
  return handler({ ...visit, staff: staffRow, token, caller });
}

function bodyReader(route: ConsoleRoute): RequestHandler[] {
  return route.method === "post"
    ? [express.urlencoded({ extended: false, limit: "16kb", parameterLimit: 20 })]
    : [];
}

function visitOf({ world, provider }: ConsoleDependencies, req: Request, res: Response): Visit {
  const body: unknown = req.body;
  const fields = typeof body === "object" && body !== null ? Object.entries(body) : [];
  return {
    world,
    req,
    res,
    language: pageLanguage(req, res),
    provider: provider ?? null,
    form: Object.fromEntries(
      fields.filter((field): field is [string, string] => typeof field[1] === "string"),
    ),
    query(name) {
      const value = req.query[name];
      return typeof value === "string" && value !== "" ? value : null;
    },
    parameter(name) {
      const value = req.params[name];
      return typeof value === "string" ? value : "";
    },
  };
}

const staffKey = "consoleStaff";

function setStaff(res: Response, row: StaffRow): void {
  (res.locals as Record<string, unknown>)[staffKey] = row;
}

function contextOf(req: Request, res: Response): PageContext {
  const row = (res.locals as Record<string, unknown>)[staffKey] as StaffRow | undefined;
  return { language: pageLanguage(req, res), nonce: nonceOf(res), staff: row ?? null, path: req.path };
}

function sendReply(visit: Visit, reply: Reply, render: Render): void {
  const { req, res } = visit;
  if ("redirect" in reply) {
    res.redirect(303, reply.redirect);
  } else if ("json" in reply) {
    res.json(reply.json);
  } else if ("file" in reply) {
    if (reply.file.fileName !== undefined) res.attachment(reply.file.fileName);
    res.type(reply.file.mediaType).send(reply.file.bytes);
  } else {
    const page = render(reply.view, contextOf(req, res), reply.data);
    res
      .status(reply.status ?? 200)
      .type("html")
      .send(page);
  }
}

function refuseCrossSite(req: Request, res: Response, render: Render): void {
  const data = { title: "error.crossSite", text: "error.crossSiteText", problem: null };
  res
    .status(403)
    .type("html")
    .send(render("error", contextOf(req, res), data));
}

/** Faults as pages that people can read; what they say comes from the code alone. */
function errorPages(world: World, render: Render): ErrorRequestHandler {
  return (err: unknown, req, res, next) => {
    if (res.headersSent) return next(err);
    const error = err instanceof GuardError ? err : bodyFault(err);
    const requestId = String(res.getHeader("X-Request-Id") ?? "");
    if (error.status >= 500) world.log.error({ err, requestId }, "a page of the console failed");
    if (error.retryAfterS !== undefined) res.setHeader("Retry-After", String(error.retryAfterS));
    const context = contextOf(req, res);
    const { title, detail, next: then } = errorMessages[error.code];
    const { language } = context;
    const problem = {
      code: error.code,
      title: title[language],
      detail: detail[language],
      next: then[language],
      requestId,
    };
    res
      .status(error.status)
      .type("html")
      .send(render("error", context, { title: null, text: null, problem }));
  };
}

/** What Express's own reader of forms refuses is the sender's fault. */
function bodyFault(err: unknown): GuardError {
  const status: unknown = err instanceof Error && "status" in err ? err.status : undefined;
  if (status === 413) return new GuardError("body_too_large", "a form is too large", { cause: err });
  if (status === 415) return new GuardError("unsupported_media_type", "not a form", { cause: err });
  if (typeof status === "number" && status < 500) {
    return new GuardError("invalid_request", "a form that cannot be read", { cause: err });
  }
  return new GuardError("internal_error", "a page failed", { cause: err });
}

function entries<Name extends string, Value>(record: Readonly<Record<Name, Value>>): [Name, Value][] {
  return Object.entries(record) as [Name, Value][];
}
