import express, { type ErrorRequestHandler } from "express";
import request from "supertest";
import { expect, it } from "vitest";
import type { CampaignRequest } from "../../src/domain/contract.gen.ts";
import { GuardError } from "../../src/domain/guard-error.ts";
import type { Caller, Guard } from "../../src/guard/guard.ts";
import { campaignMiddleware, landingPageMiddleware } from "../../src/http/middleware.ts";
import { createValidators } from "../../src/schema/validate.ts";
import { campaign, fakeGuard } from "./fake-guard.ts";

const validators = createValidators();
const decision = {
  verdict: "allow",
  counts: { allow: 1, hold: 0, review: 0, deny: 0 },
  reasons: [],
  findings: [],
  message: { parts: 1, encoding: "GSM-7", characters: 10 },
} as const;
const submitted = { id: "campaign-1", status: "sending", decision } as const;

function application(parts: Partial<Guard>, map: (req: express.Request) => CampaignRequest = () => campaign) {
  const errors: unknown[] = [];
  const deps = {
    guard: fakeGuard(parts),
    validators,
    publicUrl: "https://guard.example",
    newId: () => "id-1",
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (fields: object) => errors.push(fields),
    },
  };
  const caller = () => ({
    keyId: "embedded",
    customerId: "customer-1",
    scopes: ["campaigns"] as const,
    mode: "live" as const,
  });
  const app = express();
  app.post("/send", campaignMiddleware(deps, { map, caller }), (req, res) => {
    res.json(req.guard.decision);
  });
  const page = { pageId: "p", url: "https://a.vn/", html: "<p>", processor: "pages", advertiser: "A" };
  app.post("/publish", landingPageMiddleware(deps, { map: () => page, caller }), (req, res) => {
    res.json(req.guard.page);
  });
  const reached: ErrorRequestHandler = (_error, _req, res, _next) => {
    res.status(200).send("the application let it pass");
  };
  app.use(reached);
  return { app, errors };
}

it("passes a taken campaign on with its decision, without a body parser before it", async () => {
  let seen: { caller: Caller; input: CampaignRequest } | undefined;
  const { app } = application({
    submitCampaign: (caller, input) => {
      seen = { caller, input };
      return Promise.resolve(submitted);
    },
  });
  const res = await request(app).post("/send").send("not read by anybody");
  expect([res.status, res.body]).toEqual([200, decision]);
  expect(seen).toMatchObject({ caller: { customerId: "customer-1", requestId: "id-1" }, input: campaign });
});

it("answers a refusal itself, in the caller's language, and lets nothing pass", async () => {
  const { app } = application({
    submitCampaign: () => Promise.reject(new GuardError("campaign_denied", "x")),
  });
  const res = await request(app).post("/send").set("Accept-Language", "vi");
  expect([res.status, res.body.code, res.body.title]).toEqual([
    422,
    "campaign_denied",
    "Chiến dịch bị từ chối",
  ]);
  expect(res.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  expect(res.headers["x-request-id"]).toBe("id-1");
});

it("checks what the application maps like a body over HTTP", async () => {
  const wrong = { ...campaign, channel: "fax" } as unknown as CampaignRequest;
  const { app } = application({}, () => wrong);
  const res = await request(app).post("/send");
  expect(res.body).toMatchObject({ code: "invalid_request", errors: [{ pointer: "/channel" }] });
});

it("fails closed, with a line in the log, when the mapping throws", async () => {
  const { app, errors } = application({}, () => {
    throw new Error("no such user");
  });
  const res = await request(app).post("/send");
  expect([res.status, res.body.code]).toEqual([500, "internal_error"]);
  expect(res.text).not.toContain("no such user");
  expect(errors).toHaveLength(1);
});

it("passes an approved page on", async () => {
  const approval = { approvalId: "a", digest: `sha-256:${"0".repeat(64)}`, noticeToken: null, findings: [] };
  const { app } = application({ publishPage: () => Promise.resolve(approval) });
  expect((await request(app).post("/publish")).body).toEqual(approval);
});
