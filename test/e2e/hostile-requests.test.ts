import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiAnswer, pick, textAt } from "../support/api-client.ts";
import {
  addCustomer,
  addKey,
  addProcessor,
  campaignTo,
  declaration,
  type TestCustomer,
} from "../support/test-customer.ts";
import { embeddedBackend, type TestService } from "../support/test-service.ts";
import { tableCounts } from "./table-counts.ts";

/** Each of them is answered with the contract's status and code, and leaves no trace in any table. */
describe("Hostile requests", { timeout: 120_000 }, () => {
  let service: TestService;
  let customer: TestCustomer;
  let other: TestCustomer;
  let campaign: string;
  let before: Readonly<Record<string, number>>;
  const contacts = [{ phone: "0912000001" }];

  beforeAll(async () => {
    service = await embeddedBackend.start();
    await addProcessor(service, "test-sms");
    customer = await addCustomer(service);
    other = await addCustomer(service);
    await service.api("POST", "/v1/contacts", { key: customer.key, body: { declaration, contacts } });
    const created = await service.api("POST", "/v1/campaigns", {
      key: customer.key,
      body: campaignTo(["0912000001"], "test-sms", { sendAt: "2026-11-25T20:00:00+07:00" }),
      headers: { "Idempotency-Key": "first" },
    });
    campaign = textAt(created.json, "id");
    before = await tableCounts(service);
  }, 240_000);
  afterAll(async () => {
    await service?.stop();
  }, 120_000);

  const refused = async (answer: ApiAnswer, status: number, code: string): Promise<void> => {
    expect([answer.status, pick(answer.json, "code"), pick(answer.json, "status")]).toEqual([
      status,
      code,
      status,
    ]);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.text).not.toMatch(/at .*\.[jt]s:\d+|stack/);
    expect(await tableCounts(service)).toEqual(before);
  };
  const json = { "Content-Type": "application/json" };
  const writers = [
    ["POST", "/v1/contacts"],
    ["POST", "/v1/consents"],
    ["POST", "/v1/withdrawals"],
    ["POST", "/v1/campaigns"],
    ["POST", "/v1/landing-pages/publish"],
    ["POST", "/v1/sharing-log/search"],
    ["POST", "/v1/policy-acceptances"],
  ] as const;
  const send = (path: string, more: object, key = customer.key) =>
    service.api("POST", path, {
      key,
      ...more,
      headers: {
        ...json,
        "Idempotency-Key": `hostile ${path} ${Math.random()}`,
        "X-Lookup-Reason": "subscriber asks who",
      },
    });

  it.each(writers)("%s %s: a body that is not JSON", async (_method, path) => {
    await refused(await send(path, { raw: '{"phone": "0912' }), 400, "malformed_json");
  });

  it.each(writers)("%s %s: the wrong type, with its place", async (_method, path) => {
    const answer = await send(path, { body: [1, 2, 3] });
    expect(pick(answer.json, "errors", 0)).toMatchObject({
      pointer: expect.any(String),
      code: expect.any(String),
    });
    await refused(answer, 400, "invalid_request");
  });

  it.each(writers)("%s %s: a member that nobody knows", async (_method, path) => {
    const answer = await send(path, { body: { unknownMember: true } });
    await refused(answer, 400, "invalid_request");
  });

  it("every fault of a body is told, each with its JSON pointer", async () => {
    const body = {
      declaration: { ...declaration, channels: ["fax"] },
      contacts: [{ phone: 912000001, extra: 1 }],
    };
    const answer = await send("/v1/contacts", { body });
    const pointers = (pick(answer.json, "errors") as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(["/declaration/channels/0", "/contacts/0/phone"]));
    await refused(answer, 400, "invalid_request");
  });

  it("a body of 20 MB", async () => {
    const raw = Buffer.alloc(20 * 1024 * 1024, 32);
    await refused(await send("/v1/withdrawals", { raw }), 413, "body_too_large");
  });

  it("a prototype smuggled in as data", async () => {
    const raw = '{"phone":"0912000001","source":"x","__proto__":{"admin":true}}';
    await refused(await send("/v1/withdrawals", { raw }), 400, "invalid_request");
  });

  it("a body of a kind that is not spoken here", async () => {
    const answer = await service.api("POST", "/v1/withdrawals", {
      key: customer.key,
      raw: "phone=0912000001",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    await refused(answer, 415, "unsupported_media_type");
  });

  it("a key that is missing, unknown, or misspelt", async () => {
    const body = { phone: "0912000001", source: "hotline" };
    await refused(await service.api("POST", "/v1/withdrawals", { body }), 401, "unauthenticated");
    await refused(await send("/v1/withdrawals", { body }, `${customer.key}0`), 401, "unauthenticated");
  });

  it("a key without the scope", async () => {
    const key = await addKey(service, customer.id, { scopes: ["ledger"] });
    before = await tableCounts(service);
    const body = { phone: "0912000001", source: "hotline" };
    await refused(await send("/v1/withdrawals", { body }, key), 403, "scope_missing");
    await refused(await send("/v1/contacts", { body: { declaration, contacts } }, key), 403, "scope_missing");
    await refused(
      await send("/v1/campaigns", { body: campaignTo(["0912000001"], "test-sms") }, key),
      403,
      "scope_missing",
    );
    await refused(await send("/v1/customers", { body: {} }, key), 403, "scope_missing");
  });

  it("the id of another customer's campaign", async () => {
    await refused(await send(`/v1/campaigns/${campaign}/cancel`, {}, other.key), 404, "not_found");
    const read = await service.api("GET", `/v1/campaigns/${campaign}`, { key: customer.key });
    expect(read.json).toMatchObject({ status: "held" });
  });

  it("an id that is none", async () => {
    for (const id of ["1", "%00", "..%2f..", "'; drop table campaign; --", "a".repeat(5_000)]) {
      const answer = await service.api("GET", `/v1/campaigns/${id}`, { key: customer.key });
      expect(answer.status, id.slice(0, 20)).toBeOneOf([400, 404, 414, 431]);
    }
    expect(await tableCounts(service)).toEqual(before);
  });

  it("a reused idempotency key", async () => {
    const answer = await service.api("POST", "/v1/campaigns", {
      key: customer.key,
      body: campaignTo(["0912000001"], "test-sms"),
      headers: { "Idempotency-Key": "first" },
    });
    await refused(answer, 422, "idempotency_key_reused");
  });

  it("an idempotency key that is none", async () => {
    for (const given of ["", "x".repeat(256)]) {
      const answer = await service.api("POST", "/v1/campaigns", {
        key: customer.key,
        body: campaignTo(["0912000001"], "test-sms"),
        headers: { "Idempotency-Key": given },
      });
      await refused(answer, 400, "idempotency_key_missing");
    }
  });

  it("a callback that proves nothing", async () => {
    const paths = [
      "/v1/inbound/test-sms/receipts?SMSID=1&SendStatus=5",
      "/v1/inbound/test-sms/messages?sender=84912000001&content=TC",
    ];
    for (const path of paths) await refused(await service.api("GET", path), 401, "unauthenticated");
    await refused(
      await service.api("POST", "/v1/inbound/nobody/receipts", { body: {} }),
      401,
      "unauthenticated",
    );
  });

  it("two equal submissions at once make one campaign", async () => {
    const body = campaignTo(["0912000001"], "test-sms", { sendAt: "2026-11-25T20:00:00+07:00" });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        service.api("POST", "/v1/campaigns", {
          key: customer.key,
          body,
          headers: { "Idempotency-Key": "at once" },
        }),
      ),
    );
    const made = new Set(answers.filter(({ status }) => status === 202).map(({ json }) => pick(json, "id")));
    expect(made.size).toBe(1);
    for (const { status } of answers) expect(status).toBeOneOf([202, 409]);
    const after = await tableCounts(service);
    expect(after["campaign"]).toBe((before["campaign"] ?? 0) + 1);
  });
});
