import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, openHouse } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import { guardOf } from "../../src/guard/create-guard.ts";
import type { Caller, Guard } from "../../src/guard/guard.ts";
import { createBullmqQueue } from "../../src/queue/bullmq-queue.ts";
import { sandboxCredentials } from "../../src/sandbox/credentials.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { startWorkers, type Workers } from "../../src/workers/start-workers.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { sandboxNow } from "../support/sandbox-clock.ts";
import { declaration } from "../support/test-customer.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { dataFolder, serverEnvironment } from "../support/test-service.ts";
import { until } from "../support/until.ts";
import { type Flaw, flawedWorld, flaws } from "./flawed-world.ts";
import { type ProviderRecord, providerRecord } from "./provider-record.ts";

const recipients = 400;
const admin: Caller = { keyId: "test", customerId: null, scopes: ["admin"], mode: "live", requestId: "test" };

/** One number of calls that break a promise; what must be 0, and must not be 0 with a wrong design. */
type Broken = { readonly afterWithdrawal: number; readonly underOldApproval: number };

/** `concurrencyMax` is a setting of the connector that the HTTP contract does not offer. */
function fewCalls<Settings extends object>(settings: Settings): Settings {
  return { ...settings, concurrencyMax: 4 };
}

describe("Withdrawals against hand-offs", { timeout: 180_000 }, () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let dataDir: string;
  let provider: Sandbox;
  let record: ProviderRecord;
  let house: House;
  let consumers: ReturnType<typeof createBullmqQueue>;
  let block = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    redis = await startRedis();
    dataDir = await dataFolder();
    record = providerRecord();
    provider = await startSandbox({ now: sandboxNow, latencyMs: 20, onCall: record.onCall });
    const config = readConfig({
      ...serverEnvironment(database.url, redis.url, dataDir),
      ROLE: "api",
      SANDBOX_CLOCK: sandboxNow().toISOString(),
      PUBLIC_URL: "https://guard.invalid",
    });
    const silent = () => undefined;
    const log = { debug: silent, info: silent, warn: silent, error: silent };
    house = await openHouse(config, log, { sharingLog: () => Promise.resolve(new Uint8Array(0)) });
    consumers = createBullmqQueue({ redisUrl: redis.url, prefix: "{guard}" });
    await house.guard.putProcessor(admin, "test-sms", {
      name: "Test SMS",
      legalName: "Cong ty SMS",
      country: "VN",
      channel: "sms",
      // Few calls at once, so that many permits wait for their turn: what a wrong design trips over.
      connector: fewCalls({ kind: "esms", url: provider.urls.esms, ...sandboxCredentials.esms }),
      contract: { reference: "HD-01", validFrom: "2026-01-01", validUntil: "2027-12-31" },
      purposes: ["advertising"],
      fields: ["phone", "name", "text"],
    });
  }, 240_000);

  afterAll(async () => {
    await house?.close();
    await consumers?.queue.close();
    await provider?.stop();
    await redis?.stop();
    await database?.drop();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  }, 120_000);

  it("keeps its promises where approvals, withdrawals and new consents meet", async () => {
    expect(await race(null)).toEqual({ afterWithdrawal: 0, underOldApproval: 0 });
  });

  it("keeps them where a worker's clock is behind that of the API", async () => {
    expect(await race(null, 8_000)).toEqual({ afterWithdrawal: 0, underOldApproval: 0 });
  });

  const shownBy: Readonly<Record<Flaw, keyof Broken>> = {
    "skip-wait": "afterWithdrawal",
    "close-by-timeout": "afterWithdrawal",
    "permit-without-epoch": "underOldApproval",
  };
  it.each(flaws)("would notice the wrong design %s", async (flaw) => {
    const broken = await race(flaw);
    expect(broken[shownBy[flaw]]).toBeGreaterThan(0);
  });

  async function race(flaw: Flaw | null, workerBehindMs = 0): Promise<Broken> {
    const world = flawedWorld(house.world, flaw);
    const { clock } = world;
    const now = () => new Date(clock.now().getTime() - workerBehindMs);
    const guard = guardOf(world);
    const caller = await newCustomer(guard);
    block += 1;
    const phones = Array.from(
      { length: recipients },
      (_, at) => `0914${String(block * 1_000 + at).padStart(6, "0")}`,
    );
    const contacts = phones.map((phone, at) => ({ phone, name: `Ban ${at}` }));
    await guard.recordContacts(caller, { declaration: writableDeclaration(), contacts });
    const workers: Workers = await startWorkers({ ...world, clock: { ...clock, now } }, consumers.consume);
    try {
      const acknowledged: { readonly phone: string; readonly atMs: number }[] = [];
      const leave = async (phone: string): Promise<void> => {
        const answer = await guard.withdraw(caller, { phone, source: "hotline" });
        if (answer.status === "effective") acknowledged.push({ phone, atMs: performance.now() });
      };
      // Approved for later; then all of them leave, and some come back.
      const waiting = phones.slice(0, 40);
      const held = await submit(guard, caller, waiting, new Date(sandboxNow().getTime() + 4_000));
      const renewed = waiting.slice(0, 20);
      for (const phone of renewed) await guard.withdraw(caller, { phone, source: "hotline" });
      for (const phone of waiting.slice(20)) await leave(phone);
      await grantAgain(guard, caller, renewed);

      const rest = phones.slice(40);
      const before = record.total();
      const sending = await submit(guard, caller, rest, null);
      await until("the first calls have come", () => record.total() > before, 60_000);
      const leaving = rest.filter((_, at) => at % 4 === 3);
      const one = async (): Promise<void> => {
        for (let phone = leaving.pop(); phone !== undefined; phone = leaving.pop()) await leave(phone);
      };
      await Promise.all([one(), one(), one(), one()]);
      for (const id of [sending, held]) {
        await until(
          "the campaigns have ended",
          async () => (await guard.getCampaign(caller, id)).status === "completed",
          90_000,
        );
      }
      expect(acknowledged.length).toBeGreaterThan(recipients / 8);
      return {
        afterWithdrawal: acknowledged.filter(({ phone, atMs }) => record.callsAfter(phone, atMs) > 0).length,
        underOldApproval: renewed.filter((phone) => record.effects(phone) > 0).length,
      };
    } finally {
      await workers.drain();
    }
  }

  async function newCustomer(guard: Guard): Promise<Caller> {
    const { id } = await guard.createCustomer(admin, {
      name: "Sach Viet",
      legalName: "Cong ty Sach Viet",
      country: "VN",
      senders: [{ channel: "sms", id: "SACHVIET" }],
    });
    const caller: Caller = { ...admin, customerId: id, scopes: ["contacts", "campaigns", "consents"] };
    const { version } = await guard.currentPolicy();
    await guard.acceptPolicy(caller, { version, acceptedBy: "Nguyen Van A" });
    return caller;
  }

  async function submit(
    guard: Guard,
    caller: Caller,
    to: readonly string[],
    at: Date | null,
  ): Promise<string> {
    const created = await guard.submitCampaign(caller, {
      name: "race",
      channel: "sms",
      purpose: "advertising",
      processor: "test-sms",
      sender: "SACHVIET",
      content: { text: "[QC] Sach Viet: Chao {{name}}, giam 30% den 30/11. Tu choi: soan TC gui 8079" },
      recipients: { list: to.map((phone) => ({ phone })) },
      ...(at === null ? {} : { sendAt: at.toISOString() }),
    });
    expect(created.decision?.counts.allow).toBe(to.length);
    return created.id;
  }

  async function grantAgain(guard: Guard, caller: Caller, to: readonly string[]): Promise<void> {
    const { consent } = writableDeclaration();
    await until("the new consents are later than the refusals", async () => {
      const collectedAt = sandboxNow().toISOString();
      const { results } = await guard.recordConsents(caller, {
        items: to.map((phone) => ({
          phone,
          channel: "sms",
          purpose: "advertising",
          status: "granted",
          ...consent,
          collectedAt,
        })),
      });
      return results.every((row) => row.codes.length === 0);
    });
  }
});

function writableDeclaration() {
  const { consent } = declaration;
  return {
    basis: declaration.basis,
    purposes: [...declaration.purposes],
    channels: [...declaration.channels],
    consent: { ...consent, evidence: consent.evidence.map((one) => ({ ...one })) },
  };
}
