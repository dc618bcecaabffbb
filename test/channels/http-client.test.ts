import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer, request as tlsRequest } from "node:https";
import { connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { createHttpClient, type HttpClient, type HttpReply } from "../../src/channels/http-client.ts";
import { createResettableAgent } from "../../src/channels/resettable-agent.ts";
import { eventually } from "./connector-context.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.unstubAllEnvs();
});

async function listening<
  T extends { listen: Server["listen"]; close: Server["close"]; address: Server["address"] },
>(server: T): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  closers.push(() => server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const http = (handler: RequestListener): Promise<number> => listening(createServer(handler));

function clientOf(port: number, more: Partial<Parameters<typeof createHttpClient>[0]> = {}) {
  const baseUrl = new URL(`http://127.0.0.1:${port}/`);
  const client = createHttpClient({
    baseUrl,
    timeoutMs: 1_000,
    concurrencyMax: 4,
    now: () => new Date(),
    ...more,
  });
  closers.push(() => client.close());
  const send = (path = "", body = "{}"): Promise<HttpReply> =>
    client.send({
      method: "POST",
      url: new URL(path, baseUrl),
      body,
      headers: { "Content-Type": "application/json" },
    });
  return { client, send, baseUrl };
}

test("at the time limit the connection is reset before the caller knows", async () => {
  const ended: (string | undefined)[] = [];
  const port = await http((req) => {
    req.socket.on("error", (err: Error & { code?: string }) => ended.push(err.code));
  });
  const reply = await clientOf(port).send();
  expect(reply).toEqual({ kind: "ambiguous", code: "timeout" });
  await eventually(() => expect(ended).toEqual(["ECONNRESET"]));
});

test("a drip of bytes does not stretch the limit", async () => {
  const port = await http((_req, res) => {
    res.writeHead(200);
    const drip = setInterval(() => res.write("x"), 20);
    res.on("close", () => clearInterval(drip));
  });
  const reply = await clientOf(port).send();
  expect(reply).toEqual({ kind: "ambiguous", code: "timeout" });
});

test("nobody listening is certain, a reset after the request is not", async () => {
  const server = createTcpServer((socket) => {
    socket.once("data", () => socket.resetAndDestroy());
  });
  const port = await listening(server as unknown as Server);
  expect(await clientOf(port).send()).toEqual({ kind: "ambiguous", code: "connection_reset" });
  const gone = createServer();
  const gonePort = await listening(gone);
  await new Promise<void>((resolve) => gone.close(() => resolve()));
  closers.pop();
  expect(await clientOf(gonePort).send()).toEqual({ kind: "not_sent", code: "connection_refused" });
});

test("a name that does not exist is certain", async () => {
  const baseUrl = new URL("https://provider.invalid/");
  const client = createHttpClient({ baseUrl, timeoutMs: 5_000, concurrencyMax: 1, now: () => new Date() });
  closers.push(() => client.close());
  expect(await client.send({ method: "GET", url: baseUrl })).toMatchObject({ kind: "not_sent" });
});

test("redirects are not followed, proxies from the environment not asked", async () => {
  let elsewhere = 0;
  const other = await http((_req, res) => {
    elsewhere += 1;
    res.end("elsewhere");
  });
  vi.stubEnv("http_proxy", `http://127.0.0.1:${other}/`);
  vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${other}/`);
  const port = await http((_req, res) =>
    res.writeHead(302, { location: `http://127.0.0.1:${other}/` }).end(),
  );
  expect(await clientOf(port).send()).toMatchObject({ kind: "response", status: 302 });
  expect(elsewhere).toBe(0);
});

test("an answer beyond a mebibyte is not read to its end", async () => {
  const port = await http((_req, res) => {
    res.on("error", () => undefined);
    for (let block = 0; block < 64; block += 1) res.write(Buffer.alloc(65_536));
    res.end();
  });
  expect(await clientOf(port, { timeoutMs: 5_000 }).send()).toMatchObject({ kind: "ambiguous" });
});

test("plain HTTP beyond loopback and other origins are refused", async () => {
  const far = new URL("http://provider.example/");
  expect(() =>
    createHttpClient({ baseUrl: far, timeoutMs: 1, concurrencyMax: 1, now: () => new Date() }),
  ).toThrow(TypeError);
  const { client } = clientOf(1);
  expect(await client.send({ method: "GET", url: new URL("http://127.0.0.1:2/") })).toEqual({
    kind: "not_sent",
    code: "foreign_origin",
  });
});

test("no more calls at once than agreed, and the wait for a turn is not the provider's", async () => {
  let open = 0;
  let most = 0;
  const port = await http((_req, res) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      res.end("{}");
    }, 100);
  });
  const { send } = clientOf(port, { concurrencyMax: 2 });
  const replies = await Promise.all(Array.from({ length: 12 }, () => send()));
  expect(replies.every((reply) => reply.kind === "response")).toBe(true);
  expect(most).toBe(2);
});

test("after failures in a row nothing is tried, then one probe decides", async () => {
  let nowMs = Date.parse("2026-11-24T00:00:00Z");
  let calls = 0;
  let healthy = false;
  const port = await http((_req: IncomingMessage, res: ServerResponse) => {
    calls += 1;
    if (healthy) res.end("{}");
    else res.writeHead(503).end("down");
  });
  const { send } = clientOf(port, {
    now: () => new Date(nowMs),
    breaker: { failuresMax: 3, openMs: 10_000 },
  });
  for (let attempt = 0; attempt < 3; attempt += 1) expect(await send()).toMatchObject({ status: 503 });
  expect(await send()).toEqual({
    kind: "not_sent",
    code: "circuit_open",
    retryAt: new Date("2026-11-24T00:00:10Z"),
  });
  expect(calls).toBe(3);
  nowMs += 10_000;
  expect(await send()).toMatchObject({ status: 503 });
  expect(await send()).toMatchObject({ code: "circuit_open" });
  nowMs += 10_000;
  healthy = true;
  expect(await send()).toMatchObject({ status: 200 });
  expect(await send()).toMatchObject({ status: 200 });
  expect(calls).toBe(6);
});

test("an idle connection is given up before a server would", async () => {
  const sockets = new Set<Socket>();
  const server = createServer((_req, res) => res.end("{}"));
  server.keepAliveTimeout = 60_000;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const port = await listening(server);
  const { send } = clientOf(port);
  await send();
  await send();
  expect(sockets.size).toBe(1);
  await eventually(() => expect(sockets.size).toBe(0));
});

test("under TLS too the peer sees a reset, and a stranger's certificate ends before anything is sent", async () => {
  const { key, cert } = selfSigned();
  const ended: (string | undefined)[] = [];
  let requests = 0;
  const server = createTlsServer({ key, cert }, () => {
    requests += 1;
  });
  const tlsPort = await listening(server as unknown as Server);
  // A plain relay before it: what ends there is the TCP connection, without TLS smoothing it over.
  const relay = createTcpServer((near) => {
    const far = connectTcp(tlsPort, "127.0.0.1");
    near.pipe(far).pipe(near);
    far.on("error", () => undefined);
    near.on("error", (err: Error & { code?: string }) => {
      ended.push(err.code);
      far.destroy();
    });
  });
  const port = await listening(relay as unknown as Server);
  const agent = createResettableAgent({ secure: true, socketsMax: 1 });
  closers.push(() => agent.destroy());
  const req = tlsRequest({
    host: "127.0.0.1",
    port,
    agent: agent.agent,
    rejectUnauthorized: false,
    method: "POST",
  });
  req.on("error", () => undefined);
  const socket = await new Promise<Socket>((resolve) => req.on("socket", resolve));
  req.end("{}");
  await eventually(() => expect(requests).toBe(1));
  agent.cut(socket);
  await eventually(() => expect(ended).toContain("ECONNRESET"));

  const baseUrl = new URL(`https://127.0.0.1:${port}/`);
  const client: HttpClient = createHttpClient({
    baseUrl,
    timeoutMs: 2_000,
    concurrencyMax: 1,
    now: () => new Date(),
  });
  closers.push(() => client.close());
  expect(await client.send({ method: "POST", url: baseUrl, body: "{}" })).toEqual({
    kind: "not_sent",
    code: "tls_failure",
  });
  expect(requests).toBe(1);
});

function selfSigned(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "tls-"));
  const key = join(folder, "key.pem");
  const cert = join(folder, "cert.pem");
  const subject = ["-subj", "/CN=127.0.0.1", "-days", "1", "-nodes"];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-keyout",
      key,
      "-out",
      cert,
      ...subject,
    ],
    { stdio: "ignore" },
  );
  const made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
}
