import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmbeddedPostgres } from "../../src/postgres/embedded.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { apiClient, pick, textAt } from "../support/api-client.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { sandboxNow } from "../support/sandbox-clock.ts";
import { runProgram, type ServiceProcess, startServiceProcess } from "../support/service-process.ts";
import {
  addCustomer,
  addProcessor,
  campaignTo,
  declaration,
  type TestCustomer,
} from "../support/test-customer.ts";
import { dataFolder, query, serverEnvironment } from "../support/test-service.ts";
import { until } from "../support/until.ts";
import { providerRecord } from "./provider-record.ts";
import { seededRandom } from "./seeded-random.ts";

// For longer runs: FAULT_SEED, FAULT_RECIPIENTS, FAULT_ROUNDS.
const seed = Number(process.env["FAULT_SEED"] ?? 20_261_125);
const recipients = Number(process.env["FAULT_RECIPIENTS"] ?? 5_000);
const rounds = Number(process.env["FAULT_ROUNDS"] ?? 1);
/** How many of the recipients get one common text, which goes out in calls for many numbers. */
const together = Math.floor(recipients / 10);
/** An upper bound for machines that are busy with something else. */
const quietWithinMs = 600_000;

type Withdrawal = { readonly phone: string; readonly acknowledgedAtMs: number };
type MessageEnd = {
  readonly phone: string;
  readonly state: string;
  readonly code: string | null;
  readonly wasUnknown: boolean;
};

describe("Killing everything in the middle of a campaign", { timeout: 1_200_000 }, () => {
  const random = seededRandom(seed);
  const record = providerRecord();
  const withdrawals: Withdrawal[] = [];
  const faults: string[] = [];
  const phones = Array.from({ length: recipients }, (_, at) => `0913${String(100_000 + at)}`);
  let provider: Sandbox;
  let redis: TestRedis;
  let dataDir: string;
  let databaseUrl: string;
  let postgres: Awaited<ReturnType<typeof startEmbeddedPostgres>>;
  let env: Readonly<Record<string, string>>;
  let api: ServiceProcess;
  let customer: TestCustomer;
  const workers: ServiceProcess[] = [];
  const ids: string[] = [];
  let ends: readonly MessageEnd[] = [];

  const startPostgres = () =>
    // What was committed must survive the immediate stop, so only the disk itself is trusted without waiting.
    startEmbeddedPostgres({ dataDir, settings: { fsync: "off", max_connections: "200" } });
  const startWorker = () =>
    startServiceProcess({ ...env, ROLE: "worker", PUBLIC_URL: "https://guard.invalid" });
  const call = (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) => apiClient(api.base)(method, path, { key: customer.key, body, headers });

  const deeds: Readonly<Record<string, () => Promise<void>>> = {
    async worker() {
      const at = Math.floor(random() * workers.length);
      await workers[at]?.end("SIGKILL");
      workers[at] = await startWorker();
    },
    async bothWorkers() {
      await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
      workers[0] = await startWorker();
      workers[1] = await startWorker();
    },
    async api() {
      const port = Number(new URL(api.base).port);
      await api.end("SIGKILL");
      api = await startServiceProcess({ ...env, ROLE: "api" }, port);
    },
    async database() {
      // SIGQUIT is what `pg_ctl -m immediate` sends.
      process.kill(postgres.pid, "SIGQUIT");
      await until("the database is gone", () => !isAlive(postgres.pid));
      postgres = await startPostgres();
    },
    queue: () => redis.flushall(),
  };

  beforeAll(async () => {
    process.stdout.write(`faults: seed ${seed}, ${recipients} recipients, ${rounds} round(s)\n`);
    dataDir = await dataFolder();
    postgres = await startPostgres();
    databaseUrl = postgres.connectionString;
    redis = await startRedis();
    provider = await startSandbox({
      now: sandboxNow,
      latencyMs: 20,
      recordsMax: 1_000,
      onCall: record.onCall,
    });
    env = { ...serverEnvironment(databaseUrl, redis.url, dataDir), LOG_LEVEL: "warn" };
    api = await startServiceProcess({ ...env, ROLE: "api" });
    const installed = { api: apiClient(api.base), adminKey: env["ADMIN_API_KEY"] ?? "", provider };
    await addProcessor(installed, "test-sms");
    customer = await addCustomer(installed);
    for (let from = 0; from < phones.length; from += 2_500) {
      const contacts = phones
        .slice(from, from + 2_500)
        .map((phone, at) => ({ phone, name: `Ban ${from + at}` }));
      const answer = await call("POST", "/v1/contacts", { declaration, contacts });
      expect(pick(answer.json, "counts", "accepted")).toBe(contacts.length);
    }
    workers.push(await startWorker(), await startWorker());
  }, 600_000);

  afterAll(async () => {
    await Promise.all([api?.end("SIGKILL"), ...workers.map((worker) => worker.end("SIGKILL"))]);
    await provider?.stop();
    await redis?.stop();
    await postgres?.stop();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  }, 120_000);

  it("the campaign runs to its end through all of it", async () => {
    const submit = async (to: readonly string[], text: string) => {
      const body = campaignTo(to, "test-sms", { content: { text } });
      const created = await call("POST", "/v1/campaigns", body, { "Idempotency-Key": `faults ${to.length}` });
      expect(pick(created.json, "decision", "counts", "allow")).toBe(to.length);
      ids.push(textAt(created.json, "id"));
    };
    const rest = " giam 30% sach thieu nhi den 30/11. Tu choi: soan TC gui 8079";
    await submit(phones.slice(together), `[QC] Sach Viet: Chao {{name}},${rest}`);
    await submit(phones.slice(0, together), `[QC] Sach Viet: Chao ban,${rest}`);

    const running = { still: true };
    const withdrawing = withdrawAtRandom(() => running.still);
    const plan = Array.from({ length: rounds }, () => [
      "worker",
      "queue",
      "database",
      "bothWorkers",
      "api",
      "worker",
    ]).flat();
    const startedAt = record.total();
    for (const [at, name] of plan.entries()) {
      const due = startedAt + Math.floor(((at + 0.5 + random() * 0.5) / (plan.length + 1)) * recipients);
      const waitedSince = performance.now();
      // Between two recoveries nothing may be sent for a while; the next fault comes all the same.
      await until(
        "enough was sent for the next fault",
        () => record.total() >= due || performance.now() - waitedSince > 15_000,
        20_000,
      );
      faults.push(`${name} at ${record.total()}`);
      await deeds[name]?.();
    }
    await until("nothing is under way any more", async () => (await unfinished()) === 0, quietWithinMs);
    running.still = false;
    await withdrawing;
    ends = await messageEnds();
    const states = [...new Set(ends.map((end) => end.state))].map(
      (state) => `${state} ${ends.filter((end) => end.state === state).length}`,
    );
    process.stdout.write(
      `faults: ${faults.join(", ")}; ${states.join(", ")}; ${withdrawals.length} withdrawals\n`,
    );
  });

  it("each recipient got at most one message, and exactly one where the service says that it was handed off", () => {
    expect(ends).toHaveLength(recipients);
    expect(phones.filter((phone) => record.effects(phone) > 1)).toEqual([]);
    for (const end of ends) {
      expect(["handed_off", "suppressed", "unknown"], end.state).toContain(end.state);
      const effects = record.effects(end.phone);
      if (end.state === "handed_off") expect(effects).toBe(1);
      if (end.state === "suppressed" && !end.wasUnknown) expect(effects).toBe(0);
    }
  });

  it("nobody is lost: who has not withdrawn was handed off, or is shown as unknown", () => {
    const withdrawn = new Set(withdrawals.map(({ phone }) => phone));
    for (const end of ends) {
      if (!withdrawn.has(end.phone) && !tried.has(end.phone))
        expect(["handed_off", "unknown"], end.code ?? "no code").toContain(end.state);
    }
    expect(ends.filter((end) => end.state === "handed_off").length).toBeGreaterThan(recipients * 0.5);
  });

  it("no call came after a withdrawal had been answered", () => {
    expect(withdrawals.length).toBeGreaterThan(20);
    const broken = withdrawals.filter(
      ({ phone, acknowledgedAtMs }) => record.callsAfter(phone, acknowledgedAtMs) > 0,
    );
    expect(broken).toEqual([]);
  });

  it("every hand-off in the ledger has exactly one outcome", async () => {
    for (const campaignId of ids) {
      const handOffs = await countByMessage(campaignId, "hand_off");
      const outcomes = await countByMessage(campaignId, "outcome");
      expect(handOffs.size).toBeGreaterThan(0);
      expect([...outcomes].sort()).toEqual([...handOffs].sort());
    }
  });

  it("the ledger verifies from inside and outside", async () => {
    const verify = (args: readonly string[]) => runProgram("src/bin/cli.ts", ["verify-ledger", ...args], env);
    await until(
      "all records are signed",
      async () => {
        const size = (await call("GET", "/readyz")).json;
        return pick(size, "checks", "ledgerPending") === 0;
      },
      60_000,
    );
    expect((await verify(["--url", api.base])).output).toContain("The ledger is whole.");
    expect((await verify(["--database-url", databaseUrl])).output).toContain("The ledger is whole.");
  });

  /** Numbers of withdrawals whose answer was lost in a fault: nothing is promised about them, either way. */
  const tried = new Set<string>();

  async function withdrawAtRandom(isRunning: () => boolean): Promise<void> {
    const left = [...phones];
    while (isRunning() && withdrawals.length < recipients / 10) {
      const [phone] = left.splice(Math.floor(random() * left.length), 1);
      if (phone === undefined) return;
      tried.add(phone);
      try {
        const answer = await call("POST", "/v1/withdrawals", { phone, source: "hotline" });
        if (answer.status === 200) withdrawals.push({ phone, acknowledgedAtMs: performance.now() });
      } catch {
        // The API or its database was just killed: no answer, no promise.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async function unfinished(): Promise<number> {
    return query(databaseUrl, async (client) => {
      const rows = await client.query<{ count: number }>(
        `select (select count(*)::int from message where state in ('held', 'waiting', 'open'))
           + (select count(*)::int from intent where state = 'open')
           + (select count(*)::int from message m join campaign c on c.id = m.campaign_id
              where m.state = 'unknown' and c.id = $1) as count`,
        [ids[0]],
      );
      return rows.rows[0]?.count ?? 1;
    }).catch(() => 1);
  }

  async function messageEnds(): Promise<readonly MessageEnd[]> {
    return query(databaseUrl, async (client) => {
      const rows = await client.query<{
        campaign: string;
        position: number;
        state: string;
        code: string | null;
        wasUnknown: boolean;
      }>(
        `select m.campaign_id as campaign, m.position, m.state, m.code,
           exists (select from intent i where i.message_id = m.id and i.state = 'unknown') as "wasUnknown"
         from message m order by m.campaign_id, m.position`,
      );
      return rows.rows.map((row) => ({
        phone: phones[row.position + (row.campaign === ids[0] ? together : 0)] ?? "",
        state: row.state,
        code: row.code,
        wasUnknown: row.wasUnknown,
      }));
    });
  }

  async function countByMessage(campaignId: string, kind: string): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    let cursor: unknown;
    do {
      const body = { campaignId, kind, limit: 1_000, ...(typeof cursor === "string" ? { cursor } : {}) };
      const page = await call("POST", "/v1/sharing-log/search", body, {
        "X-Lookup-Reason": "count hand-offs",
      });
      for (const item of Object(page.json).items) {
        const id = textAt(item, "decisionId");
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      cursor = pick(page.json, "nextCursor");
    } while (typeof cursor === "string");
    return counts;
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
