import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSignerKey, type VerifierKey } from "../../src/ledger/note-key.ts";
import { verifyProof } from "../../src/ledger/proof.ts";
import { listAt, pick, textAt } from "../support/api-client.ts";
import { runProgram, startServiceProcess } from "../support/service-process.ts";
import {
  acceptPolicy,
  addCustomer,
  addKey,
  addProcessor,
  advertisingText,
  campaignTo,
  declaration,
  numbers,
  type TestCustomer,
} from "../support/test-customer.ts";
import { ledgerOrigin, query, type TestBackend, type TestService } from "../support/test-service.ts";
import { until } from "../support/until.ts";
import { tableCounts } from "./table-counts.ts";

/** The main job, step by step, as the contract describes it: the same for every installation. */
export function mainPathContract(backend: TestBackend): void {
  describe(`The main path on ${backend.name}`, { timeout: 240_000 }, () => {
    let service: TestService;
    let customer: TestCustomer;
    let other: TestCustomer;
    const processor = "test-sms";
    let keys = 0;
    const submit = (phones: readonly string[], more: Readonly<Record<string, unknown>> = {}) =>
      service.api("POST", "/v1/campaigns", {
        key: customer.key,
        body: campaignTo(phones, processor, more),
        headers: { "Idempotency-Key": `key-${++keys}` },
      });
    const upload = (contacts: readonly object[], key = customer.key) =>
      service.api("POST", "/v1/contacts", { key, body: { declaration, contacts } });
    const search = (body: object, key = customer.key) =>
      service.api("POST", "/v1/sharing-log/search", {
        key,
        body,
        headers: { "X-Lookup-Reason": "subscriber asks who" },
      });
    const campaignEnds = async (id: string): Promise<unknown> => {
      let view: unknown;
      await until(
        `campaign ${id} has ended`,
        async () => {
          view = (await service.api("GET", `/v1/campaigns/${id}`, { key: customer.key })).json;
          return pick(view, "status") === "completed";
        },
        90_000,
      );
      return view;
    };
    const received = (phone: string) =>
      service.provider.records
        .calls("esms")
        .filter((call) => call.phone === phone && call.outcome === "accepted");

    beforeAll(async () => {
      service = await backend.start();
      await addProcessor(service, processor);
      customer = await addCustomer(service, { accepts: false });
      other = await addCustomer(service, { name: "Nha Sach Khac" });
    }, 240_000);
    afterAll(async () => {
      await service?.stop();
    }, 120_000);

    it("takes nothing from a customer that has not accepted the policy, and says so", async () => {
      const answer = await upload([{ phone: "0912000001" }]);
      expect(answer.status).toBe(403);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(answer.json).toMatchObject({ code: "policy_not_accepted", status: 403, retriable: false });
      expect((await submit(["0912000001"])).json).toMatchObject({ code: "policy_not_accepted" });
      await acceptPolicy(service, customer.key);
      expect((await upload([{ phone: "0912000001" }])).status).toBe(200);
    });

    it("tells the outcome of each contact in the order sent", async () => {
      await upload([{ phone: "0912000002", name: "Binh" }]);
      const answer = await upload([
        { phone: "+84 912 000 010", name: "An", correlationId: "crm-1" },
        { phone: "0912 000 002", name: "Binh Minh" },
        { phone: "0912000010" },
        { phone: "123" },
        { name: "Khong So" },
        { phone: "0912000011", birthDate: "2018-05-05" },
        { phone: "0912000012", consentedAt: "2030-01-01T00:00:00Z" },
        { phone: "0912000013", attributes: { religion: "x" } },
      ]);
      expect(answer.status).toBe(200);
      const results = listAt(answer.json, "results");
      expect(results.map((row) => [pick(row, "status"), pick(row, "codes", 0, "code")])).toEqual([
        ["accepted", undefined],
        ["updated", undefined],
        ["duplicate", undefined],
        ["rejected", "number_invalid"],
        ["rejected", "phone_missing"],
        ["quarantined", "minor_without_guardian"],
        ["rejected", "consent_in_future"],
        ["quarantined", "sensitive_field"],
      ]);
      expect(results[0]).toMatchObject({ index: 0, correlationId: "crm-1", contactId: expect.any(String) });
      expect(pick(results[3], "codes", 0, "fix")).toMatchObject({
        vi: expect.any(String),
        en: expect.any(String),
      });
    });

    it("refuses a declaration that proves too little, with the code of what is missing", async () => {
      const { evidence: _evidence, ...unproved } = declaration.consent;
      const { frequency: _frequency, ...unbounded } = declaration.consent;
      const codeOf = async (changed: object) => {
        const body = { declaration: changed, contacts: [{ phone: "0912000020" }] };
        const answer = await service.api("POST", "/v1/contacts", { key: customer.key, body });
        return [answer.status, pick(answer.json, "code")];
      };
      expect(await codeOf({ ...declaration, consent: unproved })).toEqual([400, "evidence_missing"]);
      expect(await codeOf({ ...declaration, consent: unbounded })).toEqual([400, "consent_scope_incomplete"]);
      expect(await codeOf({ basis: "contract", purposes: ["advertising"], channels: ["sms"] })).toEqual([
        400,
        "basis_not_valid_for_purpose",
      ]);
    });

    it("previews who may be messaged and why not, at any moment, and records nothing", async () => {
      const before = await tableCounts(service);
      const body = campaignTo(["0912000010", "0912000099", "12"], processor);
      const ask = (at: string) =>
        service.api("POST", `/v1/campaigns/preview${at}`, { key: customer.key, body });
      const now = await ask("?explain=true");
      expect(now.status).toBe(200);
      expect(now.json).toMatchObject({
        verdict: "partial",
        counts: { allow: 1, hold: 0, review: 0, deny: 2 },
      });
      const rows = listAt(now.json, "recipients");
      expect(rows.map((row) => [pick(row, "verdict"), pick(row, "code")])).toEqual([
        ["allow", null],
        ["deny", "contact_unknown"],
        ["deny", "number_invalid"],
      ]);
      expect(pick(rows[0], "phone")).toBe("+84 91 *** ** 10");
      expect(JSON.stringify(now.json)).toContain("quiet-hours");
      const night = await ask(`?at=${encodeURIComponent("2026-11-25T23:30:00+07:00")}`);
      expect(night.json).toMatchObject({ verdict: "hold" });
      expect(pick(night.json, "recipients", 0)).toMatchObject({
        verdict: "hold",
        code: "quiet_hours",
        notBefore: expect.any(String),
      });
      expect(await tableCounts(service)).toEqual(before);
    });

    it("sends an approved campaign through the queue and shows what became of it", async () => {
      const answer = await submit(["0912000010", "0912000002", "0912000099"]);
      expect(answer.status).toBe(202);
      expect(answer.json).toMatchObject({
        id: expect.any(String),
        status: "sending",
        decision: { verdict: "partial", counts: { allow: 2, hold: 0, review: 0, deny: 1 } },
      });
      const id = textAt(answer.json, "id");
      expect(answer.headers.get("location")).toBe(`/v1/campaigns/${id}`);
      await campaignEnds(id);
      await until(
        "both are delivered",
        async () => {
          const view = await service.api("GET", `/v1/campaigns/${id}`, { key: customer.key });
          return pick(view.json, "delivery", "delivered") === 2;
        },
        60_000,
      );
      const view = await service.api("GET", `/v1/campaigns/${id}`, { key: customer.key });
      expect(view.json).toMatchObject({
        delivery: { queued: 0, handedOff: 0, delivered: 2, failed: 0, suppressed: 0, unknown: 0 },
      });
      expect(received("0912000010").map((call) => call.text)).toEqual([advertisingText]);

      const list = (filter: string) =>
        service.api("GET", `/v1/campaigns/${id}/recipients${filter}`, { key: customer.key });
      const first = await list("?limit=2");
      expect(listAt(first.json, "items")).toHaveLength(2);
      const second = await list(`?limit=2&cursor=${encodeURIComponent(textAt(first.json, "nextCursor"))}`);
      expect(listAt(second.json, "items")).toHaveLength(1);
      expect(pick(second.json, "nextCursor")).toBeNull();
      const indexes = async (filter: string) =>
        listAt((await list(filter)).json, "items").map((item) => pick(item, "index"));
      expect(await indexes("?verdict=deny")).toEqual([2]);
      expect(await indexes("?code=contact_unknown")).toEqual([2]);
      expect(await indexes("?delivery=delivered")).toEqual([0, 1]);
      expect((await list("?cursor=nonsense")).status).toBe(400);
    });

    it("answers a repeated submission with the first answer and hands off once", async () => {
      const phone = "0912000030";
      await upload([{ phone }]);
      const send = (body: object, headers: Readonly<Record<string, string>>) =>
        service.api("POST", "/v1/campaigns", { key: customer.key, body, headers });
      const body = campaignTo([phone], processor);
      const first = await send(body, { "Idempotency-Key": "same" });
      const again = await send(body, { "Idempotency-Key": "same" });
      expect(again.status).toBe(202);
      expect(again.headers.get("idempotent-replay")).toBe("true");
      expect(first.headers.get("idempotent-replay")).toBeNull();
      expect(again.headers.get("location")).toBe(first.headers.get("location"));
      expect(again.json).toEqual(first.json);
      const otherBody = await send({ ...body, name: "Thang 12" }, { "Idempotency-Key": "same" });
      expect([otherBody.status, pick(otherBody.json, "code")]).toEqual([422, "idempotency_key_reused"]);
      const none = await send(body, {});
      expect([none.status, pick(none.json, "code")]).toEqual([400, "idempotency_key_missing"]);
      await campaignEnds(textAt(first.json, "id"));
      expect(received(phone)).toHaveLength(1);
    });

    it("refuses a campaign that nobody may get, with reasons and without a campaign", async () => {
      const answer = await submit(["0912000099"]);
      expect([answer.status, pick(answer.json, "code")]).toEqual([422, "campaign_denied"]);
      expect(answer.json).toMatchObject({
        reasons: [{ code: "contact_unknown", verdict: "deny", count: 1 }],
      });
    });

    it("hands nothing off for a campaign that was cancelled before its time", async () => {
      const phone = "0912000031";
      await upload([{ phone }]);
      const created = await submit([phone], { sendAt: "2026-11-25T20:00:00+07:00" });
      expect(created.json).toMatchObject({ status: "held" });
      const id = textAt(created.json, "id");
      const cancelled = await service.api("POST", `/v1/campaigns/${id}/cancel`, { key: customer.key });
      expect(cancelled.status).toBe(200);
      expect(cancelled.json).toMatchObject({ status: "cancelled", delivery: { queued: 0, suppressed: 1 } });
      expect(received(phone)).toHaveLength(0);
    });

    it("answers a withdrawal when it is in effect; only the person's new consent lifts it", async () => {
      const phone = "0912000040";
      await upload([{ phone }]);
      const answer = await service.api("POST", "/v1/withdrawals", {
        key: customer.key,
        body: { phone: "+84 912-000-040", source: "hotline" },
      });
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        id: expect.any(String),
        status: "effective",
        recordedAt: expect.any(String),
        effectiveAt: expect.any(String),
      });
      const id = textAt(answer.json, "id");
      const read = await service.api("GET", `/v1/withdrawals/${id}`, { key: customer.key });
      expect(read.json).toEqual(answer.json);
      const preview = async () =>
        pick(
          (
            await service.api("POST", "/v1/campaigns/preview", {
              key: customer.key,
              body: campaignTo([phone], processor),
            })
          ).json,
          "recipients",
          0,
        );
      expect(await preview()).toMatchObject({
        code: "opted_out",
        decidedBy: "subject",
        canBeOverruled: false,
      });

      const imported = await upload([{ phone }]);
      expect(pick(imported.json, "results", 0, "codes", 0, "code")).toBe("opted_out_kept");
      expect(await preview()).toMatchObject({ code: "opted_out" });

      const { consent } = declaration;
      const grant = (collectedAt: string) =>
        service.api("POST", "/v1/consents", {
          key: customer.key,
          body: {
            items: [
              { phone, channel: "sms", purpose: "advertising", status: "granted", ...consent, collectedAt },
            ],
          },
        });
      const tooOld = await grant("2026-05-01T09:00:00+07:00");
      expect(pick(tooOld.json, "results", 0, "codes", 0, "code")).toBe("opted_out_kept");
      expect(await preview()).toMatchObject({ verdict: "deny" });
      const asked = await query(service.databaseUrl, async (client) => {
        const rows = await client.query<{ at: Date }>("select max(recorded_at) as at from withdrawal");
        return rows.rows[0]?.at ?? new Date(0);
      });
      await until("the consent is later than the refusal", async () => {
        const later = new Date(asked.getTime() + 1_000).toISOString();
        return listAt((await grant(later)).json, "results", 0, "codes").length === 0;
      });
      expect(await preview()).toMatchObject({ verdict: "allow", code: null });
    });

    it("records the withdrawal of a number that it does not know, and refuses it when it is uploaded", async () => {
      const phone = "0912000041";
      const answer = await service.api("POST", "/v1/withdrawals", {
        key: customer.key,
        body: { phone, source: "hotline", channels: ["sms"], purposes: ["advertising"] },
      });
      expect(answer.status).toBe(200);
      expect(pick((await upload([{ phone }])).json, "results", 0, "codes", 0, "code")).toBe("opted_out_kept");
      expect((await submit([phone])).json).toMatchObject({ code: "campaign_denied" });
    });

    it("shows the customer's own view of one subscriber", async () => {
      const look = (key: string) =>
        service.api("POST", "/v1/subscribers/lookup", { key, body: { phone: "0912000010" } });
      const own = await look(customer.key);
      expect(own.json).toMatchObject({
        subscriberId: expect.any(String),
        permissions: [{ channel: "sms", purpose: "advertising", state: "granted", basis: "consent" }],
        refusals: [],
        lastHandOffs: [{ channel: "sms", processor: { id: processor, country: "VN" } }],
      });
      expect(own.text).not.toContain("912000010");
      expect((await look(other.key)).status).toBe(404);
    });

    describe("The sharing ledger", () => {
      it("says what was shared with whom, and proves it", async () => {
        const page = await search({ phone: "0912 000 010", kind: "hand_off" });
        expect(page.status).toBe(200);
        const [item] = listAt(page.json, "items");
        expect(item).toMatchObject({
          kind: "hand_off",
          customer: customer.id,
          subscriber: { phone: "+84 91 *** ** 10" },
          processor: { id: processor, name: "Test SMS", country: "VN" },
          channel: "sms",
          purpose: "advertising",
          basis: "consent",
          fields: expect.arrayContaining(["phone", "text"]),
        });
        let proof = await service.api("GET", textAt(item, "proof"), { key: customer.key });
        await until(
          "the record is under a signed checkpoint",
          async () => {
            proof = await service.api("GET", textAt(item, "proof"), { key: customer.key });
            return proof.status === 200;
          },
          30_000,
        );
        expect(proof.headers.get("content-type")).toContain("text/plain");
        const leaf = await query(service.databaseUrl, async (client) => {
          const rows = await client.query<{ leaf: Buffer }>(
            "select r.leaf from ledger_leaf l join ledger_record r on r.id = l.record_id where l.index = $1",
            [pick(item, "index")],
          );
          return rows.rows[0]?.leaf ?? Buffer.alloc(0);
        });
        expect(verifyProof(proof.text, leaf, verifierKey(service), ledgerOrigin)).toMatchObject({
          ok: true,
          index: BigInt(String(pick(item, "index"))),
        });
        const altered = Buffer.from(leaf);
        altered[0] = (altered[0] ?? 0) ^ 1;
        expect(verifyProof(proof.text, altered, verifierKey(service), ledgerOrigin).ok).toBe(false);
      });

      it("finds by campaign, processor and kind, page by page, newest first", async () => {
        const all = listAt((await search({ processorId: processor, limit: 1000 })).json, "items");
        expect(all.length).toBeGreaterThanOrEqual(6);
        const paged: unknown[] = [];
        let cursor: string | undefined;
        do {
          const page = await search({
            processorId: processor,
            limit: 4,
            ...(cursor === undefined ? {} : { cursor }),
          });
          paged.push(...listAt(page.json, "items"));
          const next = pick(page.json, "nextCursor");
          cursor = typeof next === "string" ? next : undefined;
        } while (cursor !== undefined);
        expect(paged.map((item) => pick(item, "index"))).toEqual(all.map((item) => pick(item, "index")));
        const times = all.map((item) => textAt(item, "recordedAt"));
        // Acts at the same moment may be committed in either order.
        for (const [at, time] of times.slice(1).entries())
          expect(Date.parse(time)).toBeLessThan(Date.parse(times[at] ?? "") + 1_000);
        const campaignId = textAt(all[0], "campaignId");
        const ofCampaign = listAt((await search({ campaignId, kind: "outcome" })).json, "items");
        expect(ofCampaign.length).toBeGreaterThan(0);
        for (const item of ofCampaign) expect(item).toMatchObject({ campaignId, kind: "outcome" });
        expect(
          listAt((await search({ phone: "0912000040", kind: "withdrawal" })).json, "items"),
        ).toHaveLength(1);
      });

      it("needs a reason, records the look-up itself, and exports the same as a table", async () => {
        const without = await service.api("POST", "/v1/sharing-log/search", { key: customer.key, body: {} });
        expect([without.status, pick(without.json, "code")]).toEqual([400, "lookup_reason_missing"]);
        const lookups = async () =>
          listAt((await search({ kind: "lookup", limit: 1000 })).json, "items").length;
        const before = await lookups();
        await search({ phone: "0912000010" });
        expect(await lookups()).toBe(before + 2);
        const csv = await service.api("POST", "/v1/sharing-log/search", {
          key: customer.key,
          body: { kind: "hand_off" },
          headers: { "X-Lookup-Reason": "subscriber asks who", Accept: "text/csv" },
        });
        expect(csv.headers.get("content-type")).toContain("text/csv");
        const handOffs = listAt((await search({ kind: "hand_off", limit: 1000 })).json, "items");
        expect(csv.text.trim().split("\n")).toHaveLength(handOffs.length + 1);
      });

      it("verifies from outside with the published tool", async () => {
        const key = service.env["LEDGER_KEY"];
        const result = await runProgram("src/bin/cli.ts", ["verify-ledger", "--url", service.base], {
          DATA_DIR: service.dataDir,
          ...(key === undefined ? {} : { LEDGER_KEY: key }),
        });
        expect(result.output).toContain("The ledger is whole.");
        expect(result.code).toBe(0);
        const inside = await runProgram(
          "src/bin/cli.ts",
          ["verify-ledger", "--database-url", service.databaseUrl],
          {
            DATA_DIR: service.dataDir,
            ...(key === undefined ? {} : { LEDGER_KEY: key }),
          },
        );
        expect(inside.output).toContain("The ledger is whole.");
        expect(inside.code).toBe(0);
      });
    });

    describe("Keys and customers", () => {
      it("lets a key do only what its scopes say", async () => {
        const key = await addKey(service, customer.id, { scopes: ["contacts"] });
        expect((await upload([{ phone: "0912000050" }], key)).status).toBe(200);
        for (const [method, path] of [
          ["POST", "/v1/campaigns/preview"],
          ["POST", "/v1/withdrawals"],
          ["POST", "/v1/sharing-log/search"],
          ["POST", "/v1/customers"],
          ["GET", "/v1/processors"],
        ] as const) {
          const answer = await service.api(method, path, { key, ...(method === "POST" ? { body: {} } : {}) });
          expect([path, answer.status, pick(answer.json, "code")]).toEqual([path, 403, "scope_missing"]);
        }
        for (const unknown of [undefined, "sg_live_nonsense", `${key.slice(0, -1)}x`]) {
          const answer = await service.api(
            "GET",
            "/v1/policy",
            unknown === undefined ? {} : { key: unknown },
          );
          expect([answer.status, pick(answer.json, "code")]).toEqual([401, "unauthenticated"]);
        }
      });

      it("treats everything of another customer as if it were not there", async () => {
        const campaign = textAt((await submit(["0912000010"])).json, "id");
        await campaignEnds(campaign);
        const withdrawal = textAt(
          (
            await service.api("POST", "/v1/withdrawals", {
              key: customer.key,
              body: { phone: "0912000060", source: "hotline" },
            })
          ).json,
          "id",
        );
        const [handOff] = listAt((await search({ campaignId: campaign })).json, "items");
        const subscriberId = textAt(handOff, "subscriber", "id");
        const unknown = "01890000-0000-7000-8000-000000000000";
        for (const [method, path] of [
          ["GET", "/v1/campaigns/{id}"],
          ["GET", "/v1/campaigns/{id}/recipients"],
          ["POST", "/v1/campaigns/{id}/cancel"],
          ["GET", "/v1/withdrawals/{id}"],
          ["GET", "/v1/contact-imports/{id}"],
          ["GET", "/v1/contact-imports/{id}/events"],
          ["GET", "/v1/contact-imports/{id}/errors"],
        ] as const) {
          const id = path.includes("withdrawals") ? withdrawal : campaign;
          const swapped = await service.api(method, path.replace("{id}", id), { key: other.key });
          const absent = await service.api(method, path.replace("{id}", unknown), { key: other.key });
          expect([path, swapped.status]).toEqual([path, 404]);
          expect(withoutRequestId(swapped.json)).toEqual(withoutRequestId(absent.json));
        }
        const proof = await service.api("GET", textAt(handOff, "proof"), { key: other.key });
        expect(proof.status).toBe(404);
        for (const body of [{ campaignId: campaign }, { subscriberId }, { phone: "0912000010" }]) {
          const page = await search(body, other.key);
          expect(listAt(page.json, "items").filter((item) => pick(item, "customer") !== other.id)).toEqual(
            [],
          );
          expect(listAt(page.json, "items").filter((item) => pick(item, "kind") !== "lookup")).toEqual([]);
        }
        const reviews = await service.api("GET", "/v1/reviews", { key: other.key });
        expect(listAt(reviews.json, "items")).toEqual([]);
        const imported = await service.api("POST", "/v1/campaigns/preview", {
          key: other.key,
          body: { ...campaignTo([], processor), recipients: { importId: campaign } },
        });
        expect(imported.status).toBe(404);
      });

      it("decides and records everything for a test key, but hands off to the sandbox only", async () => {
        const phone = "0912000070";
        await upload([{ phone }]);
        const key = await addKey(service, customer.id, { mode: "test" });
        expect(key).toMatch(/^sg_test_/);
        const created = await service.api("POST", "/v1/campaigns", {
          key,
          body: campaignTo([phone], processor),
          headers: { "Idempotency-Key": "test-mode" },
        });
        expect(created.status).toBe(202);
        await campaignEnds(textAt(created.json, "id"));
        const records = await search({ campaignId: textAt(created.json, "id") });
        expect(listAt(records.json, "items").map((item) => pick(item, "kind"))).toEqual(
          expect.arrayContaining(["hand_off", "outcome"]),
        );
        expect(received(phone)).toHaveLength(0);
      });
    });

    it("answers probes, metrics and its own documentation", async () => {
      expect((await service.api("GET", "/healthz")).status).toBe(200);
      expect((await service.api("GET", "/readyz")).json).toMatchObject({ ready: true });
      const metrics = await service.api("GET", "/metrics");
      expect(metrics.text).toContain("subscriber_guard_http_request_duration_seconds");
      expect((await service.api("GET", "/openapi.json")).json).toMatchObject({
        openapi: expect.stringMatching(/^3\.1/),
      });
      expect((await service.api("GET", "/docs")).status).toBe(200);
      expect((await service.api("GET", "/docs/errors/policy_not_accepted")).status).toBe(200);
      const vi = await service.api("GET", "/v1/nowhere", { headers: { "Accept-Language": "vi" } });
      expect(vi.json).toMatchObject({ code: "not_found", status: 404 });
      expect(vi.headers.get("x-request-id")).toBe(pick(vi.json, "requestId"));
    });

    describe("Ending and starting again", () => {
      it("refuses a second start on the data directory of a running one", async () => {
        if (backend.name !== "the embedded default") return;
        await expect(startServiceProcess({ DATA_DIR: service.dataDir })).rejects.toThrow(
          /in use|already|running/i,
        );
        expect((await service.api("GET", "/readyz")).status).toBe(200);
      });

      it("drains on SIGTERM, exits with 0, and keeps everything for the next start", async () => {
        const before = await service.api("GET", "/ledger/checkpoint");
        const counts = async () => {
          const { subscriber, campaign, message, intent } = await tableCounts(service);
          return { subscriber, campaign, message, intent };
        };
        const stored = await counts();
        const codes = await service.end("SIGTERM");
        expect(codes.every((code) => code === 0)).toBe(true);
        await service.startAgain();
        expect(await counts()).toEqual(stored);
        const after = await service.api("GET", "/ledger/checkpoint");
        expect(sizeOf(after.text)).toBeGreaterThanOrEqual(sizeOf(before.text));
        const answer = await service.api("POST", "/v1/campaigns/preview", {
          key: customer.key,
          body: campaignTo(["0912000040"], processor),
        });
        expect(answer.json).toMatchObject({ verdict: "allow" });
      });

      it("recovers by itself after kill -9, and finishes what had been approved", async () => {
        const phones = numbers("091210", 40);
        await upload(phones.map((phone) => ({ phone })));
        const id = textAt((await submit(phones)).json, "id");
        await service.end("SIGKILL");
        await service.startAgain();
        const view = await campaignEnds(id);
        const { handedOff, delivered, unknown, failed } = Object(pick(view, "delivery"));
        expect(handedOff + delivered + unknown).toBe(40);
        expect(failed).toBe(0);
        for (const phone of phones) expect(received(phone).length).toBeLessThanOrEqual(1);
      });
    });
  });

  function verifierKey(service: TestService): VerifierKey {
    const text = service.env["LEDGER_KEY"] ?? readFileSync(join(service.dataDir, "ledger.key"), "utf8");
    const signer = parseSignerKey(text.trim());
    if (signer === null) throw new Error("the installation has no ledger key");
    return signer.verifier;
  }

  function sizeOf(checkpoint: string): number {
    return Number(checkpoint.split("\n")[1]);
  }

  function withoutRequestId(json: unknown): object {
    return { ...Object(json), requestId: "" };
  }
}
