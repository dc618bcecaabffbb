import { rm } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import { openHouse } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { sweepOutbox } from "../../src/guard/relay-outbox.ts";
import { sandboxCredentials } from "../../src/sandbox/credentials.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { startRedisCluster } from "../support/redis-cluster.ts";
import { startRedisSentinel } from "../support/redis-sentinel.ts";
import { sandboxNow } from "../support/sandbox-clock.ts";
import { declaration } from "../support/test-customer.ts";
import { createTestDatabase } from "../support/test-database.ts";
import { dataFolder, serverEnvironment } from "../support/test-service.ts";
import { until } from "../support/until.ts";
import { providerRecord } from "./provider-record.ts";

const admin: Caller = { keyId: "test", customerId: null, scopes: ["admin"], mode: "live", requestId: "test" };
const phones = Array.from({ length: 1_000 }, (_, at) => `0916${String(200_000 + at)}`);
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const closer of closers.reverse()) await closer();
  closers.length = 0;
}, 120_000);

/** Sends to everybody, does something to Redis in the middle, and waits for the end. */
async function campaignThrough(
  redisUrl: string,
  inTheMiddle: () => Promise<void>,
): Promise<ReturnType<typeof providerRecord>> {
  const database = await createTestDatabase();
  closers.push(() => database.drop());
  const dataDir = await dataFolder();
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  const record = providerRecord();
  const provider = await startSandbox({ now: sandboxNow, latencyMs: 30, onCall: record.onCall });
  closers.push(() => provider.stop());
  const config = readConfig({
    ...serverEnvironment(database.url, redisUrl, dataDir),
    SANDBOX_CLOCK: sandboxNow().toISOString(),
    PUBLIC_URL: "https://guard.invalid",
  });
  const silent = (): void => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const house = await openHouse(config, log, { sharingLog: () => Promise.resolve(new Uint8Array(0)) });
  closers.push(() => house.close());
  const { guard } = house;
  const slowly = { concurrencyMax: 4 };
  await guard.putProcessor(admin, "test-sms", {
    name: "Test SMS",
    legalName: "Cong ty SMS",
    country: "VN",
    channel: "sms",
    connector: { kind: "esms", url: provider.urls.esms, ...sandboxCredentials.esms, ...slowly },
    contract: { reference: "HD-01", validFrom: "2026-01-01", validUntil: "2027-12-31" },
    purposes: ["advertising"],
    fields: ["phone", "name", "text"],
  });
  const { id } = await guard.createCustomer(admin, {
    name: "Sach Viet",
    legalName: "Cong ty Sach Viet",
    country: "VN",
    senders: [{ channel: "sms", id: "SACHVIET" }],
  });
  const caller: Caller = { ...admin, customerId: id, scopes: ["contacts", "campaigns"] };
  const { version } = await guard.currentPolicy();
  await guard.acceptPolicy(caller, { version, acceptedBy: "Nguyen Van A" });
  const { consent } = declaration;
  await guard.recordContacts(caller, {
    declaration: {
      basis: declaration.basis,
      purposes: [...declaration.purposes],
      channels: [...declaration.channels],
      consent: { ...consent, evidence: consent.evidence.map((one) => ({ ...one })) },
    },
    contacts: phones.map((phone, at) => ({ phone, name: `Ban ${at}` })),
  });
  const campaign = await guard.submitCampaign(caller, {
    name: "failover",
    channel: "sms",
    purpose: "advertising",
    processor: "test-sms",
    sender: "SACHVIET",
    content: { text: "[QC] Sach Viet: Chao {{name}}, giam 30% den 30/11. Tu choi: soan TC gui 8079" },
    recipients: { list: phones.map((phone) => ({ phone })) },
  });
  await until("some are sent", () => record.total() >= phones.length / 10, 60_000);
  await inTheMiddle();
  expect(record.total()).toBeLessThan(phones.length);
  // The service waits half a minute before it takes a job for lost.
  const impatient = setInterval(
    () => void sweepOutbox(house.world, { lostAfterMs: 2_000 }).catch(() => undefined),
    1_000,
  );
  closers.push(async () => clearInterval(impatient));
  await until(
    "the campaign has ended",
    async () => (await guard.getCampaign(caller, campaign.id)).status === "completed",
    150_000,
  );
  return record;
}

test("a Sentinel failover under a partition loses no message and doubles none", {
  timeout: 240_000,
}, async () => {
  const sentinel = await startRedisSentinel();
  closers.push(() => sentinel.stop());
  const record = await campaignThrough(sentinel.url, async () => {
    const cutOff = await sentinel.master();
    // It is still there and believes itself the master, but nobody reaches it.
    process.kill(cutOff.pid, "SIGSTOP");
    await until("another one is master", async () => (await sentinel.master()) !== cutOff, 40_000);
    process.kill(cutOff.pid, "SIGCONT");
  });
  expect(phones.filter((phone) => record.effects(phone) !== 1)).toEqual([]);
});

test("a Cluster of three masters carries a campaign, and may be emptied in the middle of it", {
  timeout: 240_000,
}, async () => {
  const cluster = await startRedisCluster();
  closers.push(() => cluster.stop());
  const record = await campaignThrough(cluster.url, () => cluster.flushall());
  expect(phones.filter((phone) => record.effects(phone) !== 1)).toEqual([]);
});
