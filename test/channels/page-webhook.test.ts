import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createConnector } from "../../src/channels/create-connector.ts";
import { pageWebhookCodes } from "../../src/channels/page-webhook-codes.ts";
import type { Connector, HandOff } from "../../src/guard/ports/connector.ts";
import { sandboxCredentials } from "../../src/sandbox/credentials.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { contextOf, handOffOf } from "./connector-context.ts";

let sandbox: Sandbox;
const opened: Connector[] = [];

beforeEach(async () => {
  sandbox = await startSandbox({ now: () => new Date() });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connector) => connector.close()));
  await sandbox.stop();
});

function publisher(url: string, timeoutMs = 2_000): Connector {
  const connector = createConnector(
    "page-webhook",
    contextOf({ url, ...sandboxCredentials.pages, timeoutMs }),
  );
  opened.push(connector);
  return connector;
}

function page(pageId = "page-1"): HandOff {
  const html = "<!doctype html><title>Đăng ký</title>";
  const digest = `sha-256:${createHash("sha256").update(html).digest("hex")}`;
  return handOffOf({
    phone: "",
    sender: "",
    content: { channel: "page", approvalId: "approval-1", pageId, url: "https://a.vn/p", digest, html },
  });
}

test("the request is a Standard Webhooks request by their own library", async () => {
  const seen: { headers: Record<string, string>; body: string }[] = [];
  const server = await receiver((headers, body) => seen.push({ headers, body }));
  const handOff = page();
  expect(await publisher(urlOf(server)).handOff([handOff])).toMatchObject([
    { state: "sent", code: "http_204" },
  ]);
  server.close();
  const [call] = seen;
  if (call === undefined) throw new Error("nothing arrived");
  const verifier = new Webhook(sandboxCredentials.pages.secret);
  expect(verifier.verify(call.body, call.headers)).toMatchObject({
    type: "page.publish",
    data: { approvalId: "approval-1", pageId: "page-1", url: "https://a.vn/p" },
  });
  expect(call.headers["webhook-id"]).toBe(handOff.providerKey);
  expect(() => verifier.verify(`${call.body} `, call.headers)).toThrow();
  expect(() =>
    new Webhook("whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXItMzItYnl0ZXM=").verify(call.body, call.headers),
  ).toThrow();
});

test("the simulated publisher publishes the approved bytes once", async () => {
  const connector = publisher(sandbox.urls.pages);
  const handOff = page();
  expect(await connector.handOff([handOff])).toMatchObject([{ state: "sent" }]);
  expect(await connector.handOff([handOff])).toMatchObject([{ state: "sent" }]);
  expect(sandbox.records.counts("pages")).toEqual({ accepted: 1, duplicate: 1 });
  const altered: HandOff = {
    ...page(),
    content: { ...page().content, html: "<p>other</p>" } as HandOff["content"],
  };
  expect(await connector.handOff([altered])).toMatchObject([
    { state: "rejected", action: "dead", code: "http_422" },
  ]);
});

test.each(Object.entries(pageWebhookCodes))("status %s calls for its action", async (status, row) => {
  sandbox.answerNext("pages", { kind: "reply", status: Number(status), body: status === "204" ? "" : "{}" });
  const [outcome] = await publisher(sandbox.urls.pages).handOff([page()]);
  expect(outcome?.action).toBe(row.action);
  expect(outcome?.code).toBe(`http_${status}`);
});

test("a publisher that took the page without an answer gets it again under the same id", async () => {
  const connector = publisher(sandbox.urls.pages, 1_000);
  const handOff = page("page-999000010");
  expect(await connector.handOff([handOff])).toMatchObject([{ state: "unknown", code: "timeout" }]);
  expect(await connector.handOff([handOff])).toMatchObject([{ state: "sent" }]);
  expect(sandbox.records.counts("pages")).toEqual({ accepted: 1, duplicate: 1 });
});

test("a redirect is not followed", async () => {
  let elsewhere = 0;
  const target = await receiver(() => {
    elsewhere += 1;
  });
  const server = createServer((_req, res) => res.writeHead(307, { location: urlOf(target) }).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  expect(await publisher(urlOf(server)).handOff([page()])).toMatchObject([
    { state: "rejected", action: "hold", code: "http_307" },
  ]);
  expect(elsewhere).toBe(0);
  server.close();
  target.close();
});

function receiver(onCall: (headers: Record<string, string>, body: string) => void): Promise<Server> {
  const server = createServer((req, res) => {
    let body = "";
    req.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    req.on("end", () => {
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(req.headers))
        if (typeof value === "string") headers[name] = value;
      onCall(headers, body);
      res.writeHead(204).end();
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
}
