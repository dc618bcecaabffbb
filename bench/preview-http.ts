// What one preview of one recipient costs the server in processor time, beside bare Express answering the same
// bytes. Processor time and not throughput, so that other work on the machine does not decide the figure.
// npx tsx bench/preview-http.ts [requests]
import { fork } from "node:child_process";
import { Agent, createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import { rateLimit } from "express-rate-limit";
import helmet from "helmet";
import type { CampaignPreview, CampaignRequest } from "../src/domain/contract.gen.ts";
import type { Guard } from "../src/guard/guard.ts";
import { createApi } from "../src/http/api.ts";
import { createApiKey } from "../src/http/api-key.ts";
import { createHttpServer } from "../src/http/server.ts";
import { createValidators } from "../src/schema/validate.ts";

/** Marks the runs on the service's own server, which makes requests with Express's prototypes. */
const own = ", own server";
const requests = Number(process.argv[2] ?? 6000);
const key = createApiKey("live", new Uint8Array(32).fill(1));

const campaign: CampaignRequest = {
  name: "bench",
  channel: "sms",
  purpose: "transaction",
  processor: "sandbox-sms",
  sender: "UTOP",
  content: { text: "Đơn hàng của bạn đã được giao." },
  recipients: { list: [{ phone: "0901234567" }] },
};

const preview: CampaignPreview = {
  verdict: "allow",
  counts: { allow: 1, hold: 0, review: 0, deny: 0 },
  reasons: [],
  findings: [],
  message: { parts: 1, encoding: "UCS-2", characters: 30 },
  recipients: [
    {
      index: 0,
      phone: "+84 90 *** ** 67",
      verdict: "allow",
      code: null,
      rule: null,
      decidedBy: "law",
      canBeOverruled: false,
      remedy: [],
      citation: null,
    },
  ],
};

const servers: Readonly<Record<string, () => Express>> = {
  "bare Express 5": () => {
    const app = express();
    app.post("/v1/campaigns/preview", express.json(), (_req, res) => {
      res.json(preview);
    });
    return app;
  },
  "Express 5 + Ajv": () => withMiddleware([]),
  "Express 5 + Ajv + helmet + rate limit": () =>
    withMiddleware([helmet(), rateLimit({ limit: 1e9, standardHeaders: "draft-8", validate: false })]),
  "createApi, the guard answering at once": () =>
    createApi({
      guard: instantGuard(),
      validators: createValidators(),
      idempotency: { begin: () => never(), complete: () => never(), abandon: () => never() },
      logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      publicUrl: "http://127.0.0.1",
      newId: () => crypto.randomUUID(),
      nowMs: () => performance.now(),
      metrics: { read: () => never(), token: null },
      observe: nothing,
      redis: null,
    }),
};

function withMiddleware(middleware: express.RequestHandler[]): Express {
  const parse = createValidators().parser("CampaignRequest");
  const app = express();
  for (const one of middleware) app.use(one);
  app.post("/v1/campaigns/preview", express.json(), (req, res) => {
    parse(req.body);
    res.json(preview);
  });
  return app;
}

function instantGuard(): Guard {
  const caller = { keyId: "k", customerId: "c", scopes: ["campaigns"], mode: "live" } as const;
  const parts: Partial<Guard> = {
    authenticate: (_secret, requestId) => Promise.resolve({ ...caller, requestId }),
    previewCampaign: () => Promise.resolve(preview),
  };
  return parts as Guard;
}

function nothing(): void {
  // Diagnostics are no part of what is measured.
}

function never(): Promise<never> {
  return Promise.reject(new Error("not part of a preview"));
}

/** The child: serves until the parent goes, tells its processor time when asked. */
function serve(name: string): void {
  const [kind, app] = [name.endsWith(own), servers[name.replace(own, "")]?.() ?? express()];
  const server: Server = kind ? createHttpServer(app) : createServer(app);
  server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.on("message", () => process.send?.({ cpu: process.cpuUsage() }));
  process.on("disconnect", () => process.exit(0));
}

async function measure(name: string): Promise<number> {
  const child = fork(new URL(import.meta.url).pathname, ["--serve", name]);
  const next = <T>() =>
    new Promise<T>((resolve) => child.once("message", (message) => resolve(message as T)));
  const { port } = await next<{ port: number }>();
  const cpuUs = async (): Promise<number> => {
    child.send("cpu");
    const { cpu } = await next<{ cpu: NodeJS.CpuUsage }>();
    return cpu.user + cpu.system;
  };
  await load(port, 3000);
  const before = await cpuUs();
  await load(port, requests);
  const perRequestUs = ((await cpuUs()) - before) / requests;
  child.disconnect();
  return perRequestUs;
}

async function load(port: number, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const body = JSON.stringify(campaign);
  const headers = {
    Authorization: `Bearer ${key}`,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  };
  let left = count;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const options = { port, agent, method: "POST", path: "/v1/campaigns/preview", headers };
      const req = httpRequest(options, (res) => {
        if (res.statusCode !== 200) reject(new Error(`status ${res.statusCode}`));
        res.resume().once("end", resolve);
      });
      req.once("error", reject).end(body);
    });
  const run = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: 8 }, run));
  agent.destroy();
}

if (process.argv[2] === "--serve") serve(process.argv[3] ?? "");
else {
  let bareUs: number | undefined;
  for (const name of Object.keys(servers).flatMap((plain) => [plain, plain + own])) {
    const us = await measure(name);
    bareUs ??= us;
    const share = `${us >= bareUs ? "+" : ""}${Math.round((us / bareUs - 1) * 100)} %`;
    console.log(`${name.padEnd(64)} ${us.toFixed(0).padStart(5)} µs/request  ${share}`);
  }
}
