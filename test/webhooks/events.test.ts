import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GuardError } from "../../src/domain/guard-error.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { webhookEvents } from "../../src/guard/ports/webhook-records.ts";
import { LedgerRefusal } from "../../src/guard/sequence.ts";
import { tellIntegrityFailure } from "../../src/guard/tell-integrity.ts";
import { addContacts, dayMs, hourMs, openTestHouse, send, type TestHouse } from "../support/guard-world.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

type Event = { readonly type: string; readonly timestamp: string; readonly data: Record<string, unknown> };

let house: TestHouse;
let receiver: Receiver;
let caller: Caller;
let endpointId: string;
let secret: string;
let block = 0;

beforeAll(async () => {
  house = await openTestHouse();
}, 120_000);
afterAll(() => house.close());

beforeEach(async () => {
  receiver = await startReceiver();
  caller = {
    ...(await house.newCustomer()),
    scopes: ["contacts", "consents", "campaigns", "pages", "ledger"],
  };
  const created = await house.guard.createWebhookEndpoint(caller, {
    url: receiver.url,
    events: [...webhookEvents],
  });
  endpointId = created.id;
  secret = created.secret;
  block++;
  return () => receiver.close();
});

/** Verified by the foreign library; this house's clock stands still, so the receiver's is set to it. */
function events(): readonly Event[] {
  return receiver.received.map(({ body, headers }) => {
    const stamp = Number(headers["webhook-timestamp"]) * 1_000;
    const realNow = Date.now;
    Date.now = () => stamp;
    try {
      return new Webhook(secret).verify(body, headers) as Event;
    } finally {
      Date.now = realNow;
    }
  });
}
const ofType = (type: string): readonly Event[] => events().filter((event) => event.type === type);
const phones = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `09${String(block).padStart(4, "0")}${String(1000 + at)}`);
const deliveries = async () =>
  (await house.guard.listWebhookDeliveries(caller, endpointId, null, { limit: 100, cursor: null })).items;

describe("what customers are told", () => {
  it("a campaign's decision, its refusals and its hand-offs, by ids alone", { timeout: 60_000 }, async () => {
    const known = phones(3);
    await addContacts(house, caller, known);
    const stranger = "0987654321";
    const { id } = await send(house, caller, [...known, stranger]);
    await house.work();

    const [decided] = ofType("campaign.decided");
    expect(decided?.data).toMatchObject({
      campaignId: id,
      verdict: "partial",
      counts: { allow: 3, deny: 1 },
    });
    expect(ofType("message.refused").map((event) => event.data)).toEqual([
      {
        campaignId: id,
        messages: [expect.objectContaining({ index: 3, code: "contact_unknown", decidedBy: "law" })],
      },
    ]);
    const [shared] = ofType("sharing.recorded");
    expect(shared?.data["records"]).toHaveLength(3);
    expect(shared?.data["records"]).toContainEqual(
      expect.objectContaining({ kind: "hand_off", processorId: "p-sms", campaignId: id, channel: "sms" }),
    );
    const everything = receiver.received.map(({ body }) => body).join("\n");
    for (const phone of [...known, stranger]) expect(everything).not.toContain(phone.slice(1));
    expect(everything).not.toContain("*");
  });

  it("a consent given and taken back", { timeout: 60_000 }, async () => {
    const [phone = ""] = phones(1);
    await addContacts(house, caller, [phone]);
    await house.guard.withdraw(caller, { phone, source: "hotline" });
    house.clock.advance(1_000);
    await house.guard.recordConsents(caller, {
      items: [
        {
          phone,
          channel: "sms",
          purpose: "advertising",
          status: "granted",
          method: "web_form",
          collectedAt: house.clock.now().toISOString(),
          noticeVersion: "2026-04",
          contentClass: "books",
          frequency: { max: 3, per: "day" },
          source: "https://sachviet.example/dang-ky",
          evidence: [{ kind: "form_submission", sha256: "a".repeat(64) }],
        },
      ],
    });
    await house.work();
    const { subscriberId } = await house.guard.lookUpSubscriber(caller, { phone });
    const changes = ofType("consent.changed").flatMap((event) => event.data["changes"] as object[]);
    expect(changes).toEqual([
      { subscriberId, channel: null, purpose: null, status: "withdrawn" },
      { subscriberId, channel: "sms", purpose: "advertising", status: "granted" },
    ]);
  });

  it("a message that was let through and is refused when it is due", { timeout: 60_000 }, async () => {
    const [phone = ""] = phones(1);
    await addContacts(house, caller, [phone]);
    const sendAt = new Date(house.clock.now().getTime() + hourMs).toISOString();
    const { id } = await send(house, caller, [phone], { sendAt });
    await house.guard.withdraw(caller, { phone, source: "hotline" });
    house.clock.advance(2 * hourMs);
    await house.work();
    const refused = ofType("message.refused");
    expect(refused).toHaveLength(1);
    expect(refused[0]?.data).toMatchObject({
      campaignId: id,
      messages: [{ index: 0, decidedBy: "subject" }],
    });
    house.clock.advance(-2 * hourMs);
  });

  it("a review that waits for a person", { timeout: 60_000 }, async () => {
    const [phone = ""] = phones(1);
    await addContacts(house, caller, [phone]);
    const text = "[QC] Chua Phuoc Lam kinh moi Phat tu du le Vu Lan ngay ram. Tu choi: soan TC gui 8079";
    const refusal = await send(house, caller, [phone], { content: { text } }).catch((err: unknown) => err);
    if (!(refusal instanceof GuardError)) throw new Error("nobody has to look at it");
    expect(refusal.code).toBe("review_needed");
    await house.work();
    expect(ofType("review.opened").map((event) => event.data)).toEqual([
      expect.objectContaining({ kind: "campaign", reviewId: refusal.extensions["reviewId"] }),
    ]);
  });

  it("that the ledger does not hold, once for a failure that is found again and again", async () => {
    house.clock.advance(dayMs);
    await tellIntegrityFailure(house.world, new LedgerRefusal("it is an older copy"));
    await tellIntegrityFailure(house.world, new LedgerRefusal("it is an older copy"));
    await tellIntegrityFailure(house.world, new Error("the network"));
    await house.work();
    expect(ofType("integrity.failed").map((event) => event.data)).toEqual([
      { origin: "test.example/log", detail: "it is an older copy" },
    ]);
  });

  it("nothing of what was rolled back", async () => {
    await expect(
      house.world.store.transaction("*", async (tx) => {
        const { tellEvents } = await import("../../src/guard/tell-events.ts");
        await tellEvents(house.world, tx, caller.customerId, [{ type: "consent.changed", data: {} }]);
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    await house.work();
    expect(receiver.received).toHaveLength(0);
    expect(await deliveries()).toHaveLength(0);
  });
});

describe("delivery", () => {
  const withdrawOne = async (): Promise<void> => {
    await house.guard.withdraw(caller, { phone: phones(1)[0] ?? "", source: "hotline" });
    await house.work();
  };

  it("is tried again after growing pauses, under the same id, until it arrives", async () => {
    receiver.answerWith((_req, res) => void res.writeHead(500).end());
    await withdrawOne();
    expect(await deliveries()).toMatchObject([{ state: "pending", attempts: 1, lastCode: "500" }]);
    house.clock.advance(4_000);
    await house.work();
    expect(receiver.received).toHaveLength(1);
    house.clock.advance(2_000);
    await house.work();
    expect(receiver.received).toHaveLength(2);
    receiver.answerWith((_req, res) => void res.writeHead(200).end("thanks"));
    house.clock.advance(5 * 60_000);
    await house.work();
    expect(await deliveries()).toMatchObject([{ state: "delivered", attempts: 3, lastCode: "200" }]);
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(1);
    house.clock.advance(dayMs);
    await house.work();
    expect(receiver.received).toHaveLength(3);
  });

  it("ends with the last attempt, and the customer can have it sent again", async () => {
    receiver.answerWith((_req, res) => void res.writeHead(503).end());
    await withdrawOne();
    for (let attempt = 0; attempt < 12; attempt++) {
      house.clock.advance(dayMs / 2);
      await house.work();
    }
    const [failed] = await deliveries();
    expect(failed).toMatchObject({ state: "failed" });
    receiver.answerWith((_req, res) => void res.writeHead(204).end());
    await house.guard.changeWebhookEndpoint(caller, endpointId, { status: "active" });
    const before = receiver.received.length;
    await house.guard.resendWebhook(caller, endpointId, failed?.id ?? "");
    await house.work();
    expect(receiver.received).toHaveLength(before + 1);
    expect(await deliveries()).toMatchObject([{ state: "delivered", eventId: failed?.eventId }]);
    expect(receiver.received.at(-1)?.headers["webhook-id"]).toBe(failed?.eventId);
  });

  it("stops for an endpoint that nothing has reached for five days, or that answers 410", async () => {
    receiver.answerWith((_req, res) => void res.writeHead(500).end());
    await withdrawOne();
    house.clock.advance(5 * dayMs);
    await house.work();
    const list = () => house.guard.listWebhookEndpoints(caller, { limit: 10, cursor: null });
    expect((await list()).items).toMatchObject([{ status: "disabled" }]);
    const attempts = receiver.received.length;
    await withdrawOne();
    expect(receiver.received).toHaveLength(attempts);
    await expect(
      house.guard.resendWebhook(caller, endpointId, (await deliveries())[0]?.id ?? ""),
    ).rejects.toMatchObject({ code: "conflict" });

    await house.guard.changeWebhookEndpoint(caller, endpointId, { status: "active" });
    receiver.answerWith((_req, res) => void res.writeHead(410).end());
    await withdrawOne();
    expect((await list()).items).toMatchObject([{ status: "disabled" }]);
  });

  it("is signed by both secrets for a day after a rotation", async () => {
    const old = secret;
    secret = (await house.guard.rotateWebhookSecret(caller, endpointId)).secret;
    expect(secret).not.toBe(old);
    await withdrawOne();
    expect(events()).toHaveLength(1);
    secret = old;
    expect(events()).toHaveLength(1);
    house.clock.advance(dayMs + 1_000);
    await withdrawOne();
    expect(() => events()).toThrow();
  });

  it("leaves neither secrets in the store nor numbers in the jobs", async () => {
    await withdrawOne();
    const stored = await house.world.store.transaction("*", (tx) =>
      tx.webhooks.endpoint(caller.customerId ?? "", endpointId),
    );
    expect(stored?.secretCipher.toString("latin1")).not.toContain(secret.slice(6));
    expect(
      JSON.stringify(await house.guard.listWebhookEndpoints(caller, { limit: 9, cursor: null })),
    ).not.toContain("whsec_");
  });
});

describe("who may hear what", () => {
  it("is told nothing that its key may not ask for", async () => {
    const narrow: Caller = { ...caller, scopes: ["contacts"] };
    for (const type of webhookEvents)
      await expect(
        house.guard.createWebhookEndpoint(narrow, { url: receiver.url, events: [type] }),
        type,
      ).rejects.toMatchObject({ code: "scope_missing" });
    // Nor may it turn somebody else's stream to itself.
    await expect(
      house.guard.changeWebhookEndpoint(narrow, endpointId, { url: `${receiver.url}/mine` }),
    ).rejects.toMatchObject({ code: "scope_missing" });
    await expect(house.guard.rotateWebhookSecret(narrow, endpointId)).rejects.toMatchObject({
      code: "scope_missing",
    });
  });

  it("never reaches another customer's endpoints and deliveries", async () => {
    await house.guard.withdraw(caller, { phone: phones(1)[0] ?? "", source: "hotline" });
    await house.work();
    const [delivery] = await deliveries();
    const other: Caller = { ...(await house.newCustomer()), scopes: caller.scopes };
    const g = house.guard;
    await expect(g.rotateWebhookSecret(other, endpointId)).rejects.toMatchObject({ code: "not_found" });
    await expect(g.deleteWebhookEndpoint(other, endpointId)).rejects.toMatchObject({ code: "not_found" });
    await expect(g.resendWebhook(other, endpointId, delivery?.id ?? "")).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(
      g.listWebhookDeliveries(other, endpointId, null, { limit: 5, cursor: null }),
    ).rejects.toMatchObject({ code: "not_found" });
    const platform: Caller = { ...caller, customerId: null, scopes: ["admin"] };
    await expect(
      g.createWebhookEndpoint(platform, { url: receiver.url, events: ["consent.changed"] }),
    ).rejects.toMatchObject({ code: "scope_missing" });
  });

  it("refuses private addresses, more than twenty endpoints, and forgets what is deleted", async () => {
    await expect(
      house.guard.createWebhookEndpoint(caller, {
        url: "https://169.254.169.254/",
        events: ["consent.changed"],
      }),
    ).rejects.toMatchObject({ code: "invalid_request" });
    for (let at = 1; at < 20; at++)
      await house.guard.createWebhookEndpoint(caller, { url: receiver.url, events: ["consent.changed"] });
    await expect(
      house.guard.createWebhookEndpoint(caller, { url: receiver.url, events: ["consent.changed"] }),
    ).rejects.toMatchObject({ code: "conflict" });
    await house.guard.deleteWebhookEndpoint(caller, endpointId);
    await expect(house.guard.deleteWebhookEndpoint(caller, endpointId)).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
