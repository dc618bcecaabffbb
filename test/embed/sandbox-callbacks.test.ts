import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, expect, test } from "vitest";
import { createGuard } from "../../src/index.ts";
import { formatSignerKey, generateSignerKey } from "../../src/ledger/note-key.ts";
import { apiClient, pick, textAt } from "../support/api-client.ts";
import { sandboxNow } from "../support/sandbox-clock.ts";
import { declaration } from "../support/test-customer.ts";
import { createTestDatabase } from "../support/test-database.ts";
import { dataFolder, query } from "../support/test-service.ts";
import { until } from "../support/until.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const closer of closers.reverse()) await closer();
  closers.length = 0;
}, 60_000);

test("an embedded sandbox sends receipts and replies to where the application listens", {
  timeout: 300_000,
}, async () => {
  const database = await createTestDatabase();
  closers.push(() => database.drop());
  const dataDir = await dataFolder();
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  const adminApiKey = randomBytes(24).toString("hex");
  const guard = await createGuard({
    databaseUrl: database.url,
    dataDir,
    adminApiKey,
    sandbox: true,
    sandboxClock: sandboxNow().toISOString(),
    encryptionKey: randomBytes(32).toString("base64"),
    ledgerKey: formatSignerKey(
      generateSignerKey("subscriber-guard.local/ledger", (count) => randomBytes(count)),
    ),
    logLevel: "silent",
  });
  closers.push(() => guard.close());
  const server = express().use(guard.api).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  guard.listensAt(`${base}/`);

  const call = apiClient(base);
  const admin = { key: adminApiKey };
  const senders = [{ channel: "sms", id: "SACHVIET" }];
  const customer = { name: "Sach Viet", legalName: "Sach Viet", country: "VN", senders };
  const created = await call("POST", "/v1/customers", { ...admin, body: customer });
  const keys = `/v1/customers/${textAt(created.json, "id")}/keys`;
  const scopes = ["contacts", "consents", "campaigns"];
  const made = await call("POST", keys, { ...admin, body: { scopes, mode: "live" } });
  const own = { key: textAt(made.json, "key") };
  const policy = await call("GET", "/v1/policy", own);
  const acceptance = { version: textAt(policy.json, "version"), acceptedBy: "Nguyen Van A" };
  await call("POST", "/v1/policy-acceptances", { ...own, body: acceptance });
  // The simulator answers "TC" from this number, after its receipt.
  const phone = "+84999000030";
  await call("POST", "/v1/contacts", { ...own, body: { declaration, contacts: [{ phone, name: "Binh" }] } });
  const campaign = await call("POST", "/v1/campaigns", {
    ...own,
    headers: { "Idempotency-Key": "embedded" },
    body: {
      name: "embedded",
      channel: "sms",
      purpose: "advertising",
      processor: "sandbox-sms",
      sender: "SACHVIET",
      content: { text: "[QC] Sach Viet: giam 30% den 30/11. Tu choi: soan TC gui 8079" },
      recipients: { list: [{ phone }] },
    },
  });
  expect(campaign.status).toBe(202);
  await until(
    "the receipt has come back",
    async () => {
      const view = await call("GET", `/v1/campaigns/${textAt(campaign.json, "id")}`, own);
      return pick(view.json, "delivery", "delivered") === 1;
    },
    120_000,
  );
  const messages = () =>
    query(database.url, async (client) => {
      const sql = `select c.purpose, m.state from guard.message m join guard.campaign c on c.id = m.campaign_id`;
      return (await client.query<{ purpose: string; state: string }>(`${sql} order by m.id`)).rows;
    });
  // The word has come back too: it is a refusal now, and has been confirmed once (Decree 91/2020 Art. 16).
  await until(
    "the refusal is confirmed",
    async () =>
      (await messages()).some((row) => row.purpose === "customer_care" && row.state === "handed_off"),
    120_000,
  );
  expect(await messages()).toHaveLength(2);
});
