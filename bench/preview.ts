// The guard's share of a preview for one recipient: the same request against the service and against bare Express
// (its JSON reader and one answer), on loopback, one after the other.
// Run: node --import tsx bench/preview.ts [requests]

import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { readConfig } from "../src/config.ts";
import { createLogger } from "../src/http/log.ts";
import { serve } from "../src/serve.ts";
import { apiClient } from "../test/support/api-client.ts";
import { startTestPostgres } from "../test/support/postgres.ts";
import { startRedis } from "../test/support/redis.ts";
import { addCustomer, campaignTo, declaration } from "../test/support/test-customer.ts";
import { serverEnvironment } from "../test/support/test-service.ts";

const count = Number(process.argv[2] ?? 1_000);
const folder = await mkdtemp(join(tmpdir(), "sg-bench-"));
const postgres = await startTestPostgres(folder);
const redis = await startRedis();
try {
  const env = serverEnvironment(postgres.url, redis.url, folder);
  const config = readConfig({
    ...env,
    PORT: "0",
    SANDBOX_CLOCK: "2026-11-25T12:00:00+07:00",
    LOG_LEVEL: "warn",
  });
  const service = await serve(config, createLogger("warn"));
  const { sandbox } = service.house;
  if (sandbox === null) throw new Error("the sandbox is off");
  const api = apiClient(service.address);
  const customer = await addCustomer({ api, adminKey: env["ADMIN_API_KEY"] ?? "", provider: sandbox });
  const contacts = [{ phone: "0912000001", name: "An" }];
  await api("POST", "/v1/contacts", { key: customer.key, body: { declaration, contacts } });
  const body = campaignTo(["0912000001"], "sandbox-sms");
  const answer = await api("POST", "/v1/campaigns/preview", { key: customer.key, body });
  if (answer.status !== 200) throw new Error(answer.text);

  const app = express();
  app.use(express.json());
  app.post("/v1/campaigns/preview", (_req, res) => {
    res.json(answer.json);
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const bare = apiClient(`http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`);

  const ask = (client: typeof api) => client("POST", "/v1/campaigns/preview", { key: customer.key, body });
  await measure(50, () => ask(bare));
  await measure(50, () => ask(api));
  const alone = await measure(count, () => ask(bare));
  const guarded = await measure(count, () => ask(api));
  for (const [name, one] of [
    ["bare Express", alone],
    ["guard", guarded],
  ] as const)
    process.stdout.write(`${name}: p50 ${one.p50.toFixed(2)} ms, p99 ${one.p99.toFixed(2)} ms\n`);
  process.stdout.write(`the guard's share: p50 ${(guarded.p50 - alone.p50).toFixed(2)} ms\n`);
  server.close();
  server.closeAllConnections();
  await service.close();
} finally {
  await redis.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(times: number, request: () => Promise<unknown>) {
  const tookMs: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const startedAt = performance.now();
    await request();
    tookMs.push(performance.now() - startedAt);
  }
  tookMs.sort((a, b) => a - b);
  const at = (share: number): number => tookMs[Math.floor(times * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
