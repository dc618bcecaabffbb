import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { openHouse } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import type { Caller, Guard } from "../../src/guard/guard.ts";
import { startEmbeddedPostgres } from "../../src/postgres/embedded.ts";
import { sandboxCredentials } from "../../src/sandbox/credentials.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { startRedis } from "../support/redis.ts";
import { sandboxNow } from "../support/sandbox-clock.ts";
import { declaration } from "../support/test-customer.ts";
import { dataFolder, serverEnvironment } from "../support/test-service.ts";
import { until } from "../support/until.ts";
import { faultPoints } from "./fault-points.ts";
import { type FaultProxy, resets, startFaultProxy, swallows } from "./fault-proxy.ts";
import { emptyFigures, type FaultFigures, judgeSlice, type SliceRecord } from "./fault-verdict.ts";
import { type FaultWorker, startFaultWorker } from "./fault-workers.ts";
import { providerRecord } from "./provider-record.ts";
import { seededRandom } from "./seeded-random.ts";

export type FaultOptions = {
  readonly seed: number;
  /** It ends when both are reached, or when its time is over. */
  readonly withdrawals: number;
  readonly faults: number;
  readonly secondsMax: number;
};

const admin: Caller = { keyId: "faults", customerId: null, scopes: ["admin"], mode: "live", requestId: "f" };
const recipientsEach = 500;
const lanes = 2;
const leavingAtOnce = 5;
/** Shorter than the time after which a withdrawal is answered `pending`. */
const stoppedMsMax = 700;

/**
 * Campaigns on a provider that drops repeated keys (eSMS) and on one that does not (Viber), half of whose people
 * withdraw meanwhile, while workers are stopped and killed at named points, connections break, and the stores are
 * stopped, killed and emptied. Everything runs on loopback and ends with the slice.
 */
export async function runFaultSlice(options: FaultOptions): Promise<FaultFigures> {
  const random = seededRandom(options.seed);
  const figures = emptyFigures(options.seed);
  const record: SliceRecord = {
    provider: providerRecord(),
    callsByKey: new Map(),
    phones: [],
    tried: new Set(),
    acknowledged: [],
  };
  const dataDir = await dataFolder();
  const startPostgres = () =>
    startEmbeddedPostgres({ dataDir, settings: { fsync: "off", max_connections: "200" } });
  const closers: (() => Promise<unknown>)[] = [() => rm(dataDir, { recursive: true, force: true })];
  try {
    let postgres = await startPostgres();
    closers.push(() => postgres.stop());
    const databaseUrl = postgres.connectionString;
    const redis = await startRedis();
    closers.push(() => redis.stop());
    const sandbox = await startSandbox({
      now: sandboxNow,
      latencyMs: 15,
      recordsMax: 100,
      onCall(call) {
        record.provider.onCall(call);
        if (call.key !== "") record.callsByKey.set(call.key, (record.callsByKey.get(call.key) ?? 0) + 1);
      },
    });
    closers.push(() => sandbox.stop());
    const proxies = {
      esms: await startFaultProxy(Number(new URL(sandbox.urls.esms).port)),
      viber: await startFaultProxy(Number(new URL(sandbox.urls.viber).port)),
    };
    closers.push(
      () => proxies.esms.stop(),
      () => proxies.viber.stop(),
    );
    const env = {
      ...serverEnvironment(databaseUrl, redis.url, dataDir),
      SANDBOX_CLOCK: sandboxNow().toISOString(),
      PUBLIC_URL: "https://guard.invalid",
    };
    const silent = (): void => undefined;
    const log = { debug: silent, info: silent, warn: silent, error: silent };
    const house = await openHouse(readConfig({ ...env, ROLE: "api" }), log, {
      sharingLog: () => Promise.resolve(new Uint8Array(0)),
    });
    closers.push(() => house.close());
    await addProcessors(house.guard, sandbox.urls, proxies);
    // The database may be stopped while a worker starts: it ends, and is started again, as a supervisor would.
    const startWorker = async (attemptsLeft = 5): Promise<FaultWorker> => {
      try {
        return await startFaultWorker({ ...env, SANDBOX_CLOCK: sandboxNow().toISOString() });
      } catch (err) {
        if (attemptsLeft === 0) throw err;
        return startWorker(attemptsLeft - 1);
      }
    };
    const workers: FaultWorker[] = await Promise.all([startWorker(), startWorker()]);
    closers.push(() => Promise.all(workers.map((worker) => worker.kill())));

    const startedAt = performance.now();
    const enough = (): boolean =>
      performance.now() - startedAt > options.secondsMax * 1_000 ||
      (record.acknowledged.length >= options.withdrawals && total() >= options.faults);
    const total = (): number => Object.values(figures.faults).reduce((sum, count) => sum + count, 0);
    const count = (name: string): void => {
      figures.faults[name] = (figures.faults[name] ?? 0) + 1;
    };
    const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

    /** Stops or kills one worker at a time at a named point; the other one goes on. */
    const strikeWorkers = async (): Promise<void> => {
      for (let turn = 0; !enough(); turn += 1) {
        const at = turn % workers.length;
        const point = of(faultPoints);
        const signal = random() < 0.04 ? "SIGKILL" : "SIGSTOP";
        const happened = await workers[at]?.strike({ point, signal }, 1_500);
        if (happened === "stopped") {
          await delay(20 + random() * (random() < 0.15 ? stoppedMsMax : 120));
          workers[at]?.goOn();
        }
        if (happened === "killed") workers[at] = await startWorker();
        if (happened !== null) count(`${signal} ${point}`);
      }
    };
    const strikeNetwork = async (proxy: FaultProxy): Promise<void> => {
      while (!enough()) {
        // A black hole holds a connection until its time is over: few of them.
        const fault = random() < 0.15 ? of(swallows) : of(resets);
        if (await proxy.strike(fault, 2_000)) count(fault);
        // Apart, so that the circuit breaker, which leaves messages queued, does not stay open all the time.
        await delay(20 + random() * 60);
      }
    };
    const strikeStores = async (): Promise<void> => {
      while (!enough()) {
        await delay(4_000 + random() * 5_000);
        const luck = random();
        if (luck < 0.6) {
          await redis.flushall();
          count("FLUSHALL");
        } else if (luck < 0.8) {
          await redis.kill9();
          await redis.restart();
          count("Redis SIGKILL");
        } else {
          // What `pg_ctl -m immediate stop` sends.
          process.kill(postgres.pid, "SIGQUIT");
          const { pid } = postgres;
          await until("the database is gone", () => !isAlive(pid));
          postgres = await startPostgres();
          count("PostgreSQL immediate stop");
        }
      }
    };
    let rounds = 0;
    const campaigns = async (): Promise<void> => {
      while (!enough()) await runRound(rounds++);
    };
    /** One customer, one campaign; every second recipient withdraws while it is sent. */
    const runRound = async (round: number): Promise<void> => {
      const channel = round % 3 === 2 ? "viber" : "sms";
      const phones = Array.from(
        { length: recipientsEach },
        (_, at) => `090${String(1_000_000 + round * recipientsEach + at)}`,
      );
      try {
        const caller = await newCustomer(house.guard, `${options.seed}-${round}`);
        await house.guard.recordContacts(caller, {
          declaration: consentTo(channel),
          contacts: phones.map((phone) => ({ phone })),
        });
        const created = await house.guard.submitCampaign(caller, campaignTo(channel, phones));
        record.phones.push({ campaignId: created.id, phones });
        const leaving = phones.filter(() => random() < 0.4);
        await Promise.all(
          Array.from({ length: leavingAtOnce }, async () => {
            for (let phone = leaving.pop(); phone !== undefined && !enough(); phone = leaving.pop()) {
              await leave(caller, phone);
              await delay(random() * 60);
            }
          }),
        );
      } catch {
        // The database was just stopped: this customer has nothing under way that anybody promised.
        await delay(200);
      }
    };
    const leave = async (caller: Caller, phone: string): Promise<void> => {
      record.tried.add(phone);
      const askedAt = performance.now();
      try {
        const answer = await house.guard.withdraw(caller, { phone, source: "hotline" });
        if (answer.status === "effective") {
          record.acknowledged.push({ phone, atMs: performance.now(), tookMs: performance.now() - askedAt });
        } else figures.pending += 1;
      } catch {
        await delay(50);
      }
    };

    await Promise.all([
      strikeWorkers(),
      strikeNetwork(proxies.esms),
      strikeNetwork(proxies.viber),
      strikeStores(),
      ...Array.from({ length: lanes }, campaigns),
    ]);
    figures.seconds = Math.round((performance.now() - startedAt) / 1_000);
    // The faults have ended: a worker that reaches a point which was armed before stays stopped no longer.
    const waking = setInterval(() => {
      for (const worker of workers) worker.goOn();
    }, 300);
    return await judgeSlice(databaseUrl, record, figures).finally(() => clearInterval(waking));
  } finally {
    for (const closer of closers.reverse()) await closer();
  }
}

async function addProcessors(
  guard: Guard,
  urls: { readonly esms: string; readonly viber: string },
  proxies: { readonly esms: FaultProxy; readonly viber: FaultProxy },
): Promise<void> {
  const through = (url: string, proxy: FaultProxy): string => {
    const changed = new URL(url);
    changed.port = String(proxy.port);
    return changed.href;
  };
  const terms = {
    name: "Test",
    legalName: "Cong ty Test",
    country: "VN",
    contract: { reference: "HD-01", validFrom: "2026-01-01", validUntil: "2027-12-31" },
    purposes: ["advertising" as const],
    fields: ["phone", "name", "text"],
    transferDossier: { firstTransferAt: "2026-10-01T00:00:00Z", filedAt: "2026-10-15T00:00:00Z" },
  };
  // Time limits that the HTTP contract does not offer, so that a black hole does not hold up the whole slice.
  const limits = { timeoutMs: 3_000, concurrencyMax: 24 };
  const esms = { kind: "esms" as const, url: through(urls.esms, proxies.esms), ...sandboxCredentials.esms };
  const viber = { kind: "viber" as const, url: through(urls.viber, proxies.viber), serviceId: "4242" };
  await guard.putProcessor(admin, "p-sms", { ...terms, channel: "sms", connector: { ...esms, ...limits } });
  await guard.putProcessor(admin, "p-viber", {
    ...terms,
    channel: "viber",
    connector: { ...viber, ...limits },
  });
}

async function newCustomer(guard: Guard, name: string): Promise<Caller> {
  const { id } = await guard.createCustomer(admin, {
    name: `Khach ${name}`,
    legalName: `Cong ty ${name}`,
    country: "VN",
    senders: [
      { channel: "sms", id: "SACHVIET" },
      { channel: "viber", id: "SACHVIET" },
    ],
  });
  const caller: Caller = { ...admin, customerId: id, scopes: ["contacts", "campaigns", "consents"] };
  const { version } = await guard.currentPolicy();
  await guard.acceptPolicy(caller, { version, acceptedBy: "Nguyen Van A" });
  return caller;
}

function consentTo(channel: "sms" | "viber") {
  const { consent } = declaration;
  return {
    basis: declaration.basis,
    purposes: [...declaration.purposes],
    channels: [channel],
    consent: { ...consent, evidence: consent.evidence.map((one) => ({ ...one })) },
  };
}

function campaignTo(channel: "sms" | "viber", phones: readonly string[]) {
  return {
    name: "faults",
    channel,
    purpose: "advertising" as const,
    processor: `p-${channel}`,
    sender: "SACHVIET",
    content: { text: "[QC] Sach Viet: giam 30% den 30/11. Tu choi: soan TC gui 8079" },
    recipients: { list: phones.map((phone) => ({ phone })) },
  } as Parameters<Guard["submitCampaign"]>[1];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
