import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { apiClient, pick, textAt } from "../support/api-client.ts";
import { sandboxNow } from "../support/sandbox-clock.ts";
import { type ServiceProcess, startServiceProcess } from "../support/service-process.ts";
import { addCustomer, addProcessor, campaignTo, declaration } from "../support/test-customer.ts";
import { dataFolder } from "../support/test-service.ts";
import { until } from "../support/until.ts";

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
type ReceivedSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
};

const digits = "938271604";
const outside = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

/** What OTLP's JSON says, from a collector of the test's own. */
function spansIn(bodies: readonly string[]): readonly ReceivedSpan[] {
  type Export = { resourceSpans: { scopeSpans: { spans: ReceivedSpan[] }[] }[] };
  return bodies.flatMap((body) =>
    (JSON.parse(body) as Export).resourceSpans.flatMap((each) =>
      each.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
}

const said = (span: ReceivedSpan | undefined, key: string): unknown => {
  const value = span?.attributes.find((attribute) => attribute.key === key)?.value;
  return value === undefined ? undefined : Object.values(value)[0];
};

describe("traces", { timeout: 120_000 }, () => {
  const bodies: string[] = [];
  const headers: unknown[] = [];
  let collector: Server;
  let service: ServiceProcess;
  let provider: Sandbox;
  let dataDir: string;
  let campaignId = "";

  beforeAll(async () => {
    collector = createServer((req, res) => {
      headers.push([req.method, req.url, req.headers["x-collector-key"]]);
      text(req).then(
        (body) => {
          bodies.push(body);
          res.setHeader("Content-Type", "application/json").end("{}");
        },
        () => res.destroy(),
      );
    });
    await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
    const { port } = collector.address() as AddressInfo;
    dataDir = await dataFolder();
    provider = await startSandbox({ now: sandboxNow });
    service = await startServiceProcess({
      DATA_DIR: dataDir,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-collector-key=k1",
      OTEL_SERVICE_NAME: "guard-under-test",
      OTEL_BSP_SCHEDULE_DELAY: "200",
    });
    await walk();
    await service.end("SIGTERM");
  }, 240_000);
  afterAll(async () => {
    await service?.end("SIGTERM");
    await provider?.stop();
    collector?.close();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  async function walk(): Promise<void> {
    const api = apiClient(service.base);
    const adminKey = /sg_live_[0-9A-Za-z]+/.exec(service.output())?.[0] ?? "";
    const installed = { api, adminKey, provider };
    await addProcessor(installed, "test-sms");
    const { key } = await addCustomer(installed);
    const contacts = [{ phone: `0${digits}`, name: "Canary Nguyen" }];
    await api("POST", "/v1/contacts", { key, body: { declaration, contacts } });
    const created = await api("POST", "/v1/campaigns", {
      key,
      body: campaignTo([`0${digits}`], "test-sms", { sendAt: undefined }),
      headers: {
        "Idempotency-Key": `0${digits}`,
        "X-Request-Id": `0${digits}`,
        traceparent: `00-${outside.traceId}-${outside.spanId}-01`,
        tracestate: `vendor=0${digits}`,
        baggage: `phone=0${digits}`,
      },
    });
    campaignId = textAt(created.json, "id");
    await until(
      "the campaign has ended",
      async () => {
        const view = await api("GET", `/v1/campaigns/${campaignId}`, { key });
        return pick(view.json, "status") === "completed";
      },
      60_000,
    );
    await api("POST", "/v1/withdrawals", { key, body: { phone: `0${digits}`, source: "hotline" } });
    await api("GET", `/v1/campaigns/0${digits}?phone=0${digits}`, { key });
    await api("GET", `/v1/nowhere/0${digits}`, { key });
    await api("POST", "/v1/withdrawals", { key, raw: `{"phone":"0${digits}"` });
  }

  const spans = (): readonly ReceivedSpan[] => spansIn(bodies);
  const named = (name: string): ReceivedSpan | undefined => spans().find((span) => span.name === name);

  it("reach the collector as the environment says", () => {
    expect(headers[0]).toEqual(["POST", "/v1/traces", "k1"]);
    expect(bodies[0]).toContain("guard-under-test");
  });

  it("a request continues its caller's trace, and its decision lies within it", () => {
    const request = named("POST /v1/campaigns");
    expect(request).toMatchObject({ traceId: outside.traceId, parentSpanId: outside.spanId });
    expect(said(request, "http.response.status_code")).toBe(202);
    const decision = named("decision");
    expect(decision).toMatchObject({ traceId: outside.traceId, parentSpanId: request?.spanId });
    expect(said(decision, "guard.campaign.id")).toBe(campaignId);
  });

  it("a job's trace holds permit, provider call and outcome", () => {
    const process = named("process deliver");
    expect(process).toBeDefined();
    const within = spans().filter((span) => span.traceId === process?.traceId);
    const names = within.map((span) => span.name);
    expect(names).toEqual(expect.arrayContaining(["addBulk deliver", "permit", "provider sms", "outcome"]));
    const call = within.find((span) => span.name === "provider sms");
    expect([said(call, "guard.connector"), said(call, "guard.sent")]).toEqual(["esms", 1]);
    for (const name of ["permit", "outcome"])
      expect(
        said(
          within.find((span) => span.name === name),
          "guard.campaign.id",
        ),
      ).toBe(campaignId);
  });

  it("are named by patterns, not by what callers wrote", () => {
    expect(named("GET /v1/campaigns/:id") ?? named("GET /v1/campaigns/:campaignId")).toBeDefined();
    expect(named("GET unmatched")).toBeDefined();
  });

  it("hold no number and no name of a person", () => {
    const sent = bodies.join("\n");
    for (const form of [digits, `84${digits}`, "Canary", Buffer.from(`0${digits}`).toString("base64")])
      expect(sent).not.toContain(form);
  });

  it("say nothing of a worker that only looks for work", () => {
    const names = new Set(spans().map((span) => span.name));
    expect([...names].filter((name) => /getNextJob|extendLocks|stalled/i.test(name))).toEqual([]);
  });
});
