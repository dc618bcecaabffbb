import request from "supertest";
import { describe, expect, it } from "vitest";
import { GuardError } from "../../src/domain/guard-error.ts";
import { adminKey, campaign, customerKey, pagesKey, testApi } from "./fake-guard.ts";

const bearer = { Authorization: `Bearer ${customerKey}` };
const admin = { Authorization: `Bearer ${adminKey}` };
const created = { id: "campaign-1", status: "sending", decision: null } as const;
const lookup = "/v1/subscribers/lookup";

describe("problems", () => {
  it("are RFC 9457 documents with the request's id", async () => {
    const { api } = testApi();
    const res = await request(api).post(lookup).set(bearer).set("X-Request-Id", "trace.1").send({});
    expect(res.status).toBe(400);
    expect(res.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(res.headers["x-request-id"]).toBe("trace.1");
    expect(res.body).toEqual({
      type: "https://guard.example/docs/errors/invalid_request",
      title: "Invalid request",
      status: 400,
      detail: "The request does not follow its schema; errors names each fault.",
      code: "invalid_request",
      retriable: false,
      requestId: "trace.1",
      errors: [{ pointer: "/phone", code: "required", message: "This field is required." }],
    });
  });

  it("are Vietnamese where Accept-Language prefers it", async () => {
    const { api } = testApi();
    const ask = (language: string) =>
      request(api).post(lookup).set(bearer).set("Accept-Language", language).send({});
    const vietnamese = await ask("vi-VN,vi;q=0.9,en;q=0.8");
    expect(vietnamese.body).toMatchObject({ title: "Yêu cầu không hợp lệ", code: "invalid_request" });
    expect(vietnamese.body.errors[0].message).toBe("Thiếu trường bắt buộc.");
    expect(vietnamese.headers["content-language"]).toBe("vi");
    expect((await ask("en;q=0.9,vi;q=0.1")).body.title).toBe("Invalid request");
    expect((await ask("de")).body.title).toBe("Invalid request");
  });

  it("carry the reasons, findings and review of a refusal, and nothing else of it", async () => {
    const reasons = [{ code: "consent_missing", verdict: "deny", count: 1 }];
    const { api } = testApi({
      submitCampaign: () =>
        Promise.reject(
          new GuardError("campaign_denied", "operator's text", {
            extensions: { reasons, findings: [], secret: "no" },
          }),
        ),
    });
    const res = await request(api)
      .post("/v1/campaigns")
      .set(bearer)
      .set("Idempotency-Key", "a")
      .send(campaign);
    expect(res.status).toBe(422);
    expect(res.body).toMatchObject({ code: "campaign_denied", reasons, findings: [] });
    expect(res.text).not.toMatch(/operator|secret/);
  });

  it("tell nothing of what failed inside; the log does", async () => {
    const { api, lines } = testApi({
      lookUpSubscriber: () => Promise.reject(new Error("relation subscribers of 0901234567 is missing")),
    });
    const res = await request(api).post(lookup).set(bearer).send({ phone: "0901234567" });
    expect(res.status).toBe(500);
    expect(res.body).toMatchObject({ code: "internal_error", retriable: true });
    expect(res.text).not.toMatch(/relation|at .*\.ts|node_modules/);
    expect(lines.filter((line) => line.level === "error")).toHaveLength(1);
  });

  it("say when to come back if nothing can be recorded", async () => {
    const { api } = testApi({
      withdraw: () => Promise.reject(new GuardError("ledger_unavailable", "down", { retryAfterS: 2.1 })),
    });
    const body = { phone: "0901234567", source: "hotline" };
    const res = await request(api).post("/v1/withdrawals").set(bearer).send(body);
    expect(res.status).toBe(503);
    expect(res.headers["retry-after"]).toBe("3");
    expect(res.body.retriable).toBe(true);
  });
});

describe("bodies", () => {
  const { api } = testApi({ lookUpSubscriber: () => Promise.reject(new GuardError("not_found", "x")) });
  const post = (body: string | Buffer, type = "application/json") =>
    request(api).post(lookup).set(bearer).set("Content-Type", type).send(body);

  it.each(["{", "nonsense", "[1,", '{"phone":"\u0001"}', "\ufeff{}x"])(
    "that are not JSON are malformed_json: %j",
    async (body) => {
      const res = await post(body);
      expect([res.status, res.body.code]).toEqual([400, "malformed_json"]);
    },
  );

  it("of the wrong shape are invalid_request", async () => {
    for (const body of [
      "[]",
      "{}",
      "null",
      '"text"',
      '{"phone":1}',
      '{"phone":"1","more":1}',
      '{"phone":{"toString":1}}',
    ]) {
      const res = await post(body);
      expect([res.status, res.body.code], body).toEqual([400, "invalid_request"]);
    }
  });

  it("over the limit are body_too_large, packed or not", async () => {
    const res = await post(JSON.stringify({ phone: "0".repeat(20 * 1024 * 1024) }));
    expect([res.status, res.body.code]).toEqual([413, "body_too_large"]);
    const { gzipSync } = await import("node:zlib");
    const packed = gzipSync(JSON.stringify({ phone: "0".repeat(20 * 1024 * 1024) }));
    const bomb = await request(api)
      .post(lookup)
      .set(bearer)
      .set("Content-Type", "application/json")
      .set("Content-Encoding", "gzip")
      .serialize((body: Buffer) => body as unknown as string)
      .send(packed);
    expect([bomb.status, bomb.body.code]).toEqual([413, "body_too_large"]);
  });

  it("need the one media type and an encoding that is known", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
      const res = await post('{"phone":"0901234567"}', type);
      expect([res.status, res.body.code], type).toEqual([415, "unsupported_media_type"]);
    }
    const charset = await post('{"phone":"0901234567"}', "application/json; charset=koi8-r");
    expect(charset.status).toBe(415);
  });

  it("with U+0000 are refused before a store chokes on them", async () => {
    const res = await post('{"phone":"0901\\u0000234567"}');
    expect(res.body).toMatchObject({ code: "invalid_request", errors: [{ pointer: "/phone" }] });
    expect((await post('{"phone":"\\\\u0000"}')).body.code).toBe("not_found");
  });

  it("with half a surrogate pair or bytes that are no UTF-8 are refused, a whole pair passes", async () => {
    const half = await post('{"phone":"\\uD83D"}');
    expect(half.body).toMatchObject({ code: "invalid_request", errors: [{ pointer: "/phone" }] });
    expect((await post('{"\\ude00":1}')).body.code).toBe("invalid_request");
    expect((await post('{"phone":"\\ud83d\\ude00"}')).body.code).toBe("not_found");
    const latin1 = await request(api)
      .post(lookup)
      .set(bearer)
      .set("Content-Type", "application/json")
      .serialize((body: Buffer) => body as unknown as string)
      .send(Buffer.from('{"phone":"Nguy\xean"}', "latin1"));
    expect([latin1.status, latin1.body.code]).toEqual([400, "malformed_json"]);
  });

  it("cannot reach the prototype of anything", async () => {
    const { api: contacts } = testApi({
      recordContacts: () => Promise.reject(new Error("must not be called")),
    });
    const body = `{"declaration":{"basis":"contract","purposes":["transaction"],"channels":["sms"]},
      "contacts":[{"phone":"0901234567","attributes":{"__proto__":"x"}}]}`;
    const res = await request(contacts)
      .post("/v1/contacts")
      .set(bearer)
      .set("Content-Type", "application/json")
      .send(body);
    expect(res.body.code).toBe("invalid_request");
  });

  it("of ten thousand contacts pass", async () => {
    const result = {
      counts: { total: 0, accepted: 0, updated: 0, duplicate: 0, rejected: 0, quarantined: 0 },
      results: [],
    };
    let seen = 0;
    const { api: contacts } = testApi({
      recordContacts: (_caller, input) => {
        seen = input.contacts.length;
        return Promise.resolve(result);
      },
    });
    const attributes = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`a${index}`, "x".repeat(40)]),
    );
    const res = await request(contacts)
      .post("/v1/contacts")
      .set(bearer)
      .send({
        declaration: { basis: "contract", purposes: ["transaction"], channels: ["sms"] },
        contacts: Array.from({ length: 10_000 }, () => ({
          phone: "0901234567",
          name: "Nguyễn Văn A",
          attributes,
        })),
      });
    expect(res.status).toBe(200);
    expect(seen).toBe(10_000);
  });
});

describe("declarations", () => {
  const { api } = testApi();
  const post = (declaration: object) =>
    request(api)
      .post("/v1/contacts")
      .set(bearer)
      .send({ declaration, contacts: [{ phone: "0901234567" }] });
  const proof = {
    method: "web_form",
    collectedAt: "2026-01-31T09:00:00+07:00",
    noticeVersion: "1",
    source: "form",
    evidence: [{ kind: "url", uri: "https://example.vn/proof" }],
  };

  it.each([
    ["evidence_missing", { basis: "consent", purposes: ["customer_care"], channels: ["sms"] }],
    ["basis_not_valid_for_purpose", { basis: "contract", purposes: ["advertising"], channels: ["sms"] }],
    [
      "consent_scope_incomplete",
      { basis: "consent", purposes: ["advertising"], channels: ["sms"], consent: proof },
    ],
  ])("that lack their meaning are refused with %s", async (code, declaration) => {
    const res = await post(declaration);
    expect([res.status, res.body.code]).toEqual([400, code]);
    expect(res.body.errors[0].pointer).toMatch(/^\/declaration\//);
  });
});

describe("keys and scopes", () => {
  const { api } = testApi({ getCampaign: () => Promise.reject(new GuardError("not_found", "x")) });

  it.each([
    ["none", undefined],
    ["another scheme", "Basic YTpi"],
    ["an unknown one", `Bearer ${customerKey.slice(0, -1)}x`],
    ["an endless one", `Bearer ${"a".repeat(5000)}`],
    ["an empty one", "Bearer "],
  ])("refuse %s as unauthenticated", async (_name, header) => {
    const call = request(api).get("/v1/campaigns/c");
    const res = await (header === undefined ? call : call.set("Authorization", header));
    expect([res.status, res.body.code]).toEqual([401, "unauthenticated"]);
    expect(res.headers["www-authenticate"]).toBe("Bearer");
  });

  it("refuse a key without the scope, even the administrator's", async () => {
    for (const key of [pagesKey, adminKey]) {
      const res = await request(api).get("/v1/campaigns/c").set("Authorization", `Bearer ${key}`);
      expect([res.status, res.body.code]).toEqual([403, "scope_missing"]);
    }
    const res = await request(api).post("/v1/customers").set(bearer).send({});
    expect(res.body.code).toBe("scope_missing");
  });

  it("answer another customer's object, and a segment that is no identifier, alike", async () => {
    for (const id of ["someone-elses", "..%2f..%2fetc", "%20", "a".repeat(300)]) {
      const res = await request(api).get(`/v1/campaigns/${id}`).set(bearer);
      expect([res.status, res.body.code], id).toEqual([404, "not_found"]);
    }
  });
});

describe("the protocol", () => {
  const { api, lines } = testApi({ previewCampaign: () => Promise.reject(new GuardError("not_found", "x")) });

  it("answers 405 with Allow for a method that a path does not have, and 404 for no path", async () => {
    const res = await request(api).delete("/v1/campaigns").set(bearer);
    expect([res.status, res.body.code, res.headers["allow"]]).toEqual([405, "method_not_allowed", "POST"]);
    expect((await request(api).put("/healthz")).headers["allow"]).toBe("GET, HEAD");
    const none = await request(api).get("/v1/nothing").set(bearer);
    expect([none.status, none.body.code]).toEqual([404, "not_found"]);
  });

  it("takes a well-formed X-Request-Id and replaces any other", async () => {
    const ask = (id: string) => request(api).get("/healthz").set("X-Request-Id", id);
    expect((await ask("abc-123_X.9")).headers["x-request-id"]).toBe("abc-123_X.9");
    for (const id of ["a b", "<script>", "a".repeat(129), "-a", "a;b=c", "é"]) {
      expect((await ask(id)).headers["x-request-id"], id).toMatch(/^generated-\d+$/);
    }
  });

  it("refuses unknown, repeated and senseless query parameters", async () => {
    for (const query of [
      "at=yesterday",
      "at=2026-01-31T09:00:00",
      "explain=maybe",
      "at[]=1",
      "x=1",
      "explain=true&explain=true",
    ]) {
      const res = await request(api).post(`/v1/campaigns/preview?${query}`).set(bearer).send(campaign);
      expect([res.status, res.body.code], query).toEqual([400, "invalid_request"]);
    }
    // "+" that nobody encoded arrives as a space.
    for (const plus of ["%2B", "+"]) {
      const res = await request(api)
        .post(`/v1/campaigns/preview?at=2026-01-31T22:30:00${plus}07:00&explain=true`)
        .set(bearer)
        .send(campaign);
      expect(res.body.code).toBe("not_found");
    }
  });

  it("outlives a path that cannot be decoded", async () => {
    const res = await request(api).get("/v1/campaigns/%E0%A4%A").set(bearer);
    expect([res.status, res.body.code]).toEqual([400, "invalid_request"]);
  });

  it("keeps answers out of caches and hides what it runs on", async () => {
    const res = await request(api).post("/v1/campaigns/preview").set(bearer).send(campaign);
    expect(res.headers["cache-control"]).toBe("no-store");
    expect(res.headers["x-powered-by"]).toBeUndefined();
    expect(res.headers["x-content-type-options"]).toBe("nosniff");
    expect(res.headers["content-security-policy"]).toContain("default-src 'none'");
  });

  it("logs the pattern of a route and never its address", async () => {
    await request(api).get("/v1/campaigns/0901234567?cursor=0901234567").set(bearer);
    const line = lines.at(-1);
    expect(line?.fields).toMatchObject({ method: "GET", route: "/v1/campaigns/:campaignId", keyId: "key-1" });
    expect(JSON.stringify(lines)).not.toContain("0901234567");
  });
});

describe("idempotency", () => {
  const post = (api: ReturnType<typeof testApi>["api"], key: string, body: object = campaign) =>
    request(api).post("/v1/campaigns").set(bearer).set("Idempotency-Key", key).send(body);

  it("needs a printable key of at most 255 characters where sending is meant", async () => {
    const { api } = testApi();
    for (const res of [
      await request(api).post("/v1/campaigns").set(bearer).send(campaign),
      await post(api, "a".repeat(256)),
      await post(api, "é"),
    ]) {
      expect([res.status, res.body.code]).toEqual([400, "idempotency_key_missing"]);
    }
  });

  it("gives the first answer again, byte for byte, without doing it again", async () => {
    let calls = 0;
    const { api } = testApi({
      submitCampaign: () => Promise.resolve({ ...created, id: `campaign-${++calls}` }),
    });
    const first = await post(api, "key-a");
    const second = await post(api, "key-a");
    expect(first.status).toBe(202);
    expect(first.headers["idempotent-replay"]).toBeUndefined();
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(second.headers["location"]).toBe("/v1/campaigns/campaign-1");
    expect(second.headers["idempotent-replay"]).toBe("true");
    expect(calls).toBe(1);
  });

  it("repeats a refusal too", async () => {
    let calls = 0;
    const { api } = testApi({
      submitCampaign: () => {
        calls += 1;
        return Promise.reject(new GuardError("campaign_denied", "x"));
      },
    });
    const first = await post(api, "k");
    const second = await post(api, "k");
    expect([second.status, second.text, calls]).toEqual([422, first.text, 1]);
    expect(second.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  });

  it("refuses the key for another body", async () => {
    const { api } = testApi({ submitCampaign: () => Promise.resolve(created) });
    await post(api, "k");
    const res = await post(api, "k", { ...campaign, name: "other" });
    expect([res.status, res.body.code]).toEqual([422, "idempotency_key_reused"]);
  });

  it("tells a second request to wait while the first runs", async () => {
    let finish: (() => void) | undefined;
    let started: (() => void) | undefined;
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const { api } = testApi({
      submitCampaign: () =>
        new Promise((resolve) => {
          finish = () => resolve(created);
          started?.();
        }),
    });
    const first = post(api, "k").then((res) => res);
    await running;
    const second = await post(api, "k");
    expect([second.status, second.body.code]).toEqual([409, "idempotency_in_progress"]);
    expect(second.headers["retry-after"]).toBe("1");
    finish?.();
    expect((await first).status).toBe(202);
  });

  it("lets a request be tried again after a failure of ours", async () => {
    let calls = 0;
    const { api } = testApi({
      submitCampaign: () =>
        ++calls === 1
          ? Promise.reject(new GuardError("ledger_unavailable", "down"))
          : Promise.resolve(created),
    });
    expect((await post(api, "k")).status).toBe(503);
    expect((await post(api, "k")).status).toBe(202);
  });

  it("does nothing when it cannot know whether it was done already", async () => {
    let calls = 0;
    const { api } = testApi(
      {
        submitCampaign: () => {
          calls++;
          return Promise.resolve(created);
        },
      },
      {
        idempotency: {
          begin: () => Promise.reject(new Error("store down")),
          complete: () => Promise.resolve(),
          abandon: () => Promise.resolve(),
        },
      },
    );
    const res = await post(api, "k");
    expect([res.status, res.body.code, calls]).toEqual([503, "ledger_unavailable", 0]);
  });
});

describe("limits", () => {
  const limits = { perKey: 2, perAddress: 2 };

  it("show in the console's answers as well", async () => {
    const { api } = testApi({}, { console: (_req, res) => void res.send("page") });
    const res = await request(api).get("/console/");
    expect([res.text, typeof res.headers["ratelimit"]]).toEqual(["page", "string"]);
  });

  it("show in RateLimit headers and end in 429 with Retry-After", async () => {
    const { api } = testApi(
      { doNotCall: () => Promise.resolve({ snapshotAt: null, numbers: 0, stale: true }) },
      { rateLimits: limits },
    );
    const ask = () => request(api).get("/v1/do-not-call").set(admin);
    const first = await ask();
    expect(first.headers["ratelimit"]).toMatch(/r=1/);
    expect(first.headers["ratelimit-policy"]).toMatch(/q=2; w=60/);
    await ask();
    const third = await ask();
    expect([third.status, third.body.code]).toEqual([429, "rate_limited"]);
    expect(Number(third.headers["retry-after"])).toBeGreaterThan(0);
  });

  it("count an address that guesses keys", async () => {
    const { api } = testApi({}, { rateLimits: limits });
    const codes = [];
    for (let index = 0; index < 3; index += 1) codes.push((await request(api).get("/v1/policy")).body.code);
    expect(codes).toEqual(["unauthenticated", "unauthenticated", "rate_limited"]);
  });

  it("never hold up a preview", async () => {
    const { api } = testApi(
      { previewCampaign: () => Promise.reject(new GuardError("not_found", "x")) },
      { rateLimits: limits },
    );
    for (let index = 0; index < 5; index += 1) {
      const res = await request(api).post("/v1/campaigns/preview").set(bearer).send(campaign);
      expect(res.status).toBe(404);
      expect(res.headers["ratelimit"]).toBeDefined();
    }
  });

  it("fail closed for sending and open for withdrawing when Redis is down", async () => {
    const withdrawal = { id: "w", recordedAt: "2026-01-31T09:00:00Z", status: "effective" } as const;
    const { api } = testApi(
      { submitCampaign: () => Promise.resolve(created), withdraw: () => Promise.resolve(withdrawal) },
      { redis: { eval: () => Promise.reject(new Error("ECONNREFUSED")) } },
    );
    const send = await request(api)
      .post("/v1/campaigns")
      .set(bearer)
      .set("Idempotency-Key", "k")
      .send(campaign);
    expect([send.status, send.body.code]).toEqual([503, "limiter_unavailable"]);
    const body = { phone: "0901234567", source: "hotline" };
    expect((await request(api).post("/v1/withdrawals").set(bearer).send(body)).status).toBe(200);
  });

  it("do not wait for a Redis that does not answer", async () => {
    const { api } = testApi({}, { redis: { eval: () => new Promise(() => undefined) } });
    const res = await request(api).get("/v1/campaigns/c").set(bearer);
    expect([res.status, res.body.code]).toEqual([503, "limiter_unavailable"]);
  });
});

describe("withdrawals", () => {
  const body = { phone: "0901234567", source: "hotline" };

  it("answer 202 with where to ask while a hand-off may be under way", async () => {
    const { api } = testApi({
      withdraw: () => Promise.resolve({ id: "w1", recordedAt: "2026-01-31T09:00:00Z", status: "pending" }),
    });
    const res = await request(api).post("/v1/withdrawals").set(bearer).send(body);
    expect([res.status, res.headers["location"]]).toEqual([202, "/v1/withdrawals/w1"]);
  });
});
