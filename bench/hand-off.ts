// Messages a second from a campaign's approval to its last outcome, beside the same pipeline without a guard
// (BullMQ on the same Redis, axios, the same number of calls at once), and how long withdrawals take meanwhile.
// Run: node --import tsx bench/hand-off.ts [messages] [rounds]
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker as Thread } from "node:worker_threads";
import axios from "axios";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { openHouse } from "../src/compose.ts";
import { readConfig } from "../src/config.ts";
import type { Caller } from "../src/guard/guard.ts";
import { formatSignerKey, generateSignerKey } from "../src/ledger/note-key.ts";
import { startTestPostgres } from "../test/support/postgres.ts";
import { startRedis } from "../test/support/redis.ts";
import { declaration } from "../test/support/test-customer.ts";
import { until } from "../test/support/until.ts";

const latencyMs = 20;
const callsAtOnce = 64;
const count = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 2);
const phones = Array.from({ length: count }, (_, at) => `0913${String(100_000 + at)}`);
const text = (name: string): string =>
  `[QC] Sach Viet: Chao ${name}, giam 30% sach thieu nhi den 30/11. Tu choi: soan TC gui 8079`;

type Measured = { readonly rate: number; readonly withdrawalsMs: readonly number[] };

/** A provider that takes everything after its latency; a thread of its own, so that it takes no one's turn. */
const providerProgram = `
  const { createServer } = require("node:http");
  const { parentPort } = require("node:worker_threads");
  let number = 0;
  const server = createServer((req, res) => {
    req.resume();
    setTimeout(() => {
      number += 1;
      res.writeHead(200, { "content-type": "application/json" });
      res.end('{"CodeResult":"100","CountRegenerate":0,"SMSID":"bench' + number + '"}');
    }, ${latencyMs});
  });
  server.keepAliveTimeout = 60000;
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

await main();

async function main(): Promise<void> {
  const thread = new Thread(providerProgram, { eval: true });
  const port = await new Promise<number>((resolve) => thread.once("message", resolve));
  const provider = `http://127.0.0.1:${port}/`;
  const folder = await mkdtemp(join(tmpdir(), "sg-bench-"));
  const postgres = await startTestPostgres(folder);
  const redis = await startRedis();
  const best = { plain: 0, guarded: 0 };
  try {
    const guarded = await openGuarded(postgres.url, redis.url, folder, provider);
    for (let round = 0; round < rounds; round += 1) {
      best.plain = Math.max(best.plain, await runPlain(redis.url, provider));
      best.guarded = Math.max(best.guarded, (await guarded.run(false)).rate);
      const line = `round ${round + 1}: unguarded ${Math.round(best.plain)}/s, guarded ${Math.round(best.guarded)}/s`;
      process.stdout.write(`${line}, ratio ${(best.guarded / best.plain).toFixed(2)}\n`);
    }
    const under = await guarded.run(true);
    const sorted = [...under.withdrawalsMs].sort((a, b) => a - b);
    const at = (share: number): string =>
      (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(1);
    process.stdout.write(
      `${sorted.length} withdrawals meanwhile: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${Math.round(under.rate)}/s)\n`,
    );
    await guarded.close();
  } finally {
    await redis.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
    await thread.terminate();
  }
}

async function runPlain(redisUrl: string, provider: string): Promise<number> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue("plain", { connection });
  const opts = { removeOnComplete: true, removeOnFail: true, attempts: 5 };
  const client = axios.create({ httpAgent: new Agent({ keepAlive: true, maxSockets: callsAtOnce }) });
  let sent = 0;
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  for (let from = 0; from < count; from += 500) {
    await queue.addBulk(
      phones.slice(from, from + 500).map((phone, at) => ({
        name: "send",
        data: { phone, text: text(`Ban ${from + at}`) },
        opts,
      })),
    );
  }
  const worker = new Worker<{ phone: string; text: string }>(
    "plain",
    async (job) => {
      const body = {
        ApiKey: "a",
        SecretKey: "b",
        Phone: job.data.phone,
        Content: job.data.text,
        Brandname: "SACHVIET",
      };
      await client.post(`${provider}MainService.svc/json/SendMultipleMessage_V4_post_json/`, {
        ...body,
        SmsType: "2",
        IsUnicode: "0",
        RequestId: job.id,
      });
      sent += 1;
    },
    { connection, concurrency: callsAtOnce },
  );
  await until("all are sent", () => sent >= count, 300_000);
  const rate = (count * 1_000) / (performance.now() - startedAt);
  process.stdout.write(`  unguarded: ${cpuOf(cpu)}\n`);
  await worker.close();
  await queue.close();
  connection.disconnect();
  return rate;
}

async function openGuarded(databaseUrl: string, redisUrl: string, folder: string, provider: string) {
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    DATA_DIR: folder,
    SANDBOX: "1",
    SANDBOX_CLOCK: "2026-11-25T10:00:00+07:00",
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    LEDGER_KEY: formatSignerKey(generateSignerKey("subscriber-guard.local/ledger", randomBytes)),
  });
  const complain = (fields: Readonly<Record<string, unknown>>, told: string): void => {
    process.stderr.write(`${told} ${String(fields["err"])}\n`);
  };
  const log = { info: () => undefined, debug: () => undefined, warn: complain, error: complain };
  const house = await openHouse(config, log, { sharingLog: () => Promise.resolve(new Uint8Array(0)) });
  const { guard } = house;
  const admin: Caller = {
    keyId: "bench",
    customerId: null,
    scopes: ["admin"],
    mode: "live",
    requestId: "bench",
  };
  await guard.putProcessor(admin, "bench-sms", {
    name: "Bench",
    legalName: "Bench",
    country: "VN",
    channel: "sms",
    connector: { kind: "esms", url: provider, apiKey: "a", secretKey: "b" },
    contract: { reference: "HD-01", validFrom: "2026-01-01", validUntil: "2027-12-31" },
    purposes: ["advertising"],
    fields: ["phone", "name", "text"],
  });
  return {
    /** A customer of its own for each run: caps and refusals of the run before would change the work. */
    async run(withWithdrawals: boolean): Promise<Measured> {
      const { id } = await guard.createCustomer(admin, {
        name: "Sach Viet",
        legalName: "Cong ty Sach Viet",
        country: "VN",
        senders: [{ channel: "sms", id: "SACHVIET" }],
      });
      const caller: Caller = { ...admin, customerId: id, scopes: ["contacts", "campaigns", "consents"] };
      const { version } = await guard.currentPolicy();
      await guard.acceptPolicy(caller, { version, acceptedBy: "bench" });
      for (let from = 0; from < count; from += 5_000) {
        const contacts = phones
          .slice(from, from + 5_000)
          .map((phone, at) => ({ phone, name: `Ban ${from + at}` }));
        await guard.recordContacts(caller, { declaration: writable(), contacts });
      }
      const startedAt = performance.now();
      const campaign = await guard.submitCampaign(caller, {
        name: "bench",
        channel: "sms",
        purpose: "advertising",
        processor: "bench-sms",
        sender: "SACHVIET",
        content: { text: text("{{name}}") },
        recipients: { list: phones.map((phone) => ({ phone })) },
      });
      const decidedAt = performance.now();
      const cpu = process.cpuUsage();
      let running = true;
      const withdrawing = withWithdrawals ? withdrawEach(guard, caller, () => running) : Promise.resolve([]);
      await until(
        "the campaign has ended",
        async () => (await guard.getCampaign(caller, campaign.id)).status === "completed",
        300_000,
      );
      const endedAt = performance.now();
      running = false;
      const decidedMs = Math.round(decidedAt - startedAt);
      process.stdout.write(
        `  decided in ${decidedMs} ms, handed off in ${Math.round(endedAt - decidedAt)} ms; ${cpuOf(cpu)}\n`,
      );
      return { rate: (count * 1_000) / (endedAt - decidedAt), withdrawalsMs: await withdrawing };
    },
    close: () => house.close(),
  };
}

/** This process's share, which other work on the machine changes less than it changes the time. */
function cpuOf(since: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(since);
  return `${((user + system) / 1_000 / count).toFixed(3)} ms of CPU a message`;
}

/** One after the other, of people whose turn may be just now. */
async function withdrawEach(
  guard: Awaited<ReturnType<typeof openHouse>>["guard"],
  caller: Caller,
  isRunning: () => boolean,
): Promise<readonly number[]> {
  const tookMs: number[] = [];
  for (let at = 0; isRunning() && at < 1_000; at += 1) {
    const phone = phones[(at * 7_919) % count] ?? "";
    const startedAt = performance.now();
    await guard.withdraw(caller, { phone, source: "bench" });
    tookMs.push(performance.now() - startedAt);
  }
  return tookMs;
}

function writable() {
  const { consent } = declaration;
  const evidence = consent.evidence.map((one) => ({ ...one }));
  return {
    basis: declaration.basis,
    purposes: [...declaration.purposes],
    channels: [...declaration.channels],
    consent: { ...consent, evidence },
  };
}
