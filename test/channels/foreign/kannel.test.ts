import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createConnector } from "../../../src/channels/create-connector.ts";
import type { Connector, InboundEvent, InboundRequest } from "../../../src/guard/ports/connector.ts";
import { sandboxCredentials } from "../../../src/sandbox/credentials.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { contextOf, handOffOf } from "../connector-context.ts";
import { type ForeignProcess, foreignTool, freePort, runForeign } from "./foreign-tools.ts";

const secret = "only-kannel-knows";
const folder = mkdtempSync(join(tmpdir(), "kannel-"));
const running: ForeignProcess[] = [];
const events: InboundEvent[] = [];
let service: Server | undefined;
let sandbox: Sandbox | undefined;
let viaFake: Connector;
let viaSandbox: Connector;
let fake: ForeignProcess;
let fakePort: number;
let sendsmsUrl: string;

beforeAll(async () => {
  const [bearerbox, smsbox, fakesmsc] = [
    foreignTool("bearerbox"),
    foreignTool("smsbox"),
    foreignTool("fakesmsc"),
  ];
  const [admin, box, sendsms, servicePort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  fakePort = await freePort();
  sandbox = await startSandbox({ now: () => new Date() });
  const config = join(folder, "k.conf");
  const baseUrl = `http://127.0.0.1:${servicePort}`;
  writeFileSync(
    config,
    configuration({ admin, box, sendsms, fakePort, smppPort: sandbox.smpp.port, baseUrl }),
  );
  const start = (path: string, args: readonly string[]): ForeignProcess => {
    const started = runForeign(path, args);
    running.push(started);
    return started;
  };
  start(bearerbox, [config]);
  await accepts(box);
  start(smsbox, [config]);
  await accepts(sendsms);
  fake = start(fakesmsc, ["-H", "127.0.0.1", "-r", String(fakePort), "-m", "0", "84901888484 8079 text x"]);
  sendsmsUrl = `http://127.0.0.1:${sendsms}/`;
  const made = (smsc: string): Connector => {
    const settings = { url: sendsmsUrl, username: "guard", password: "secret", smsc };
    return createConnector("kannel", contextOf(settings, { inbound: { baseUrl, secret } }));
  };
  viaFake = made("FAKE");
  viaSandbox = made("SIM");
  service = await serve(servicePort, viaFake);
  await vi.waitFor(() => expect(fake.output()).toMatch(/Connecting to/), 15_000);
});

afterAll(async () => {
  await viaFake.close();
  await viaSandbox.close();
  for (const one of running.reverse()) await one.stop();
  service?.closeAllConnections();
  service?.close();
  await sandbox?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("Kannel takes our message and its fake SMSC gets the letters that we sent", async () => {
  const handOff = handOffOf({ sender: "BRAND", content: { channel: "sms", text: "Mã OTP 686868 của bạn" } });
  expect(await viaFake.handOff([handOff])).toMatchObject([{ state: "sent", code: "http_202" }]);
  const octets = Buffer.from("Mã OTP 686868 của bạn", "utf16le").swap16();
  await vi.waitFor(
    () => expect(received(fake.output()).some((data) => data.equals(octets))).toBe(true),
    10_000,
  );
  await vi.waitFor(
    () => expect(receiptsFor(handOff.providerKey).map((event) => event.state)).toContain("accepted"),
    10_000,
  );
});

test("its refusal of a wrong password is understood", async () => {
  const settings = { url: sendsmsUrl, username: "guard", password: "wrong" };
  const stranger = createConnector("kannel", contextOf(settings));
  expect(await stranger.handOff([handOffOf()])).toMatchObject([
    { state: "rejected", action: "hold", code: "http_403" },
  ]);
  await stranger.close();
});

test("Kannel as an ESME binds to our simulated SMSC, and its report comes back to the message", async () => {
  const good = handOffOf({ sender: "BRAND", content: { channel: "sms", text: "Quà tặng ế ".repeat(12) } });
  const bad = handOffOf({
    sender: "BRAND",
    phone: "+84999000001",
    content: { channel: "sms", text: "Ma 1234" },
  });
  await vi.waitFor(
    async () => expect(await viaSandbox.handOff([good])).toMatchObject([{ state: "sent" }]),
    10_000,
  );
  await viaSandbox.handOff([bad]);
  await vi.waitFor(() => {
    expect(sandbox?.records.calls("smpp").map((call) => call.text)).toEqual(
      expect.arrayContaining(["Quà tặng ế ".repeat(12), "Ma 1234"]),
    );
    expect(receiptsFor(bad.providerKey)).toContainEqual(
      expect.objectContaining({ state: "failed", code: "err_027" }),
    );
    expect(receiptsFor(good.providerKey)).toContainEqual(expect.objectContaining({ state: "delivered" }));
  }, 20_000);
});

test("a subscriber's UCS-2 message comes through Kannel letter for letter", async () => {
  await fake.stop();
  const message = "84901888484 8079 ucs2 %00T%1E%EB%00+%00c%00h%1E%D1%00i";
  const sender = runForeign(foreignTool("fakesmsc"), [
    "-H",
    "127.0.0.1",
    "-r",
    String(fakePort),
    "-m",
    "1",
    message,
  ]);
  running.push(sender);
  await vi.waitFor(
    () => expect(events.filter((event) => event.type === "message").length).toBeGreaterThan(0),
    20_000,
  );
  const [event] = events.filter((one) => one.type === "message");
  expect(event).toMatchObject({ phone: "+84901888484", to: "8079", text: "Từ chối" });
});

function receiptsFor(key: string) {
  return events.flatMap((event) => (event.type === "receipt" && event.providerKey === key ? [event] : []));
}

/** The octets of the messages that the fake SMSC printed: "… ucs-2 %00M%00%E3 …". */
function received(output: string): Buffer[] {
  return [...output.matchAll(/ucs-2 ((?:%[0-9A-Fa-f]{2}|[^\s%>+]|\+)+)/g)].map(([, text = ""]) =>
    Buffer.from(
      text
        .replaceAll("+", " ")
        .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      "latin1",
    ),
  );
}

async function accepts(port: number): Promise<void> {
  await vi.waitFor(
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(port, "127.0.0.1", () => {
          socket.destroy();
          resolve();
        });
        socket.on("error", reject);
      }),
    15_000,
  );
}

async function serve(port: number, connector: Connector): Promise<Server> {
  const server = createServer((req, res) => {
    const [path = "", rawQuery = ""] = (req.url ?? "").split("?");
    const [, direction, secretPath = ""] = path.split("/");
    const request: InboundRequest = {
      kind: direction === "messages" ? "messages" : "receipts",
      method: "GET",
      rawBody: Buffer.alloc(0),
      rawQuery,
      headers: {},
      secretPath,
      remoteAddress: "127.0.0.1",
      receivedAt: new Date(),
    };
    void Promise.resolve(connector.inbound?.(request)).then((result) => {
      if (result?.accepted === true) events.push(...result.events);
      res
        .writeHead(result?.accepted === true ? 200 : 401)
        .end(result?.accepted === true ? result.response.body : "");
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  return server;
}

function configuration(ports: {
  readonly admin: number;
  readonly box: number;
  readonly sendsms: number;
  readonly fakePort: number;
  readonly smppPort: number;
  readonly baseUrl: string;
}): string {
  const get = `${ports.baseUrl}/messages/${secret}?from=%p&to=%P&text=%a&coding=%c&charset=%C&id=%I`;
  // Without allowed-smsc-id Kannel takes smsc= as a wish and may route elsewhere.
  const groups = [
    [
      "group = core",
      `admin-port = ${ports.admin}`,
      'admin-interface = "127.0.0.1"',
      "admin-password = bar",
      `smsbox-port = ${ports.box}`,
      'smsbox-interface = "127.0.0.1"',
      'box-deny-ip = "*.*.*.*"',
      'box-allow-ip = "127.0.0.1"',
      `log-file = "${folder}/bearerbox.log"`,
      "store-type = file",
      `store-location = "${folder}/k.store"`,
      "dlr-storage = internal",
    ],
    [
      "group = smsc",
      "smsc = fake",
      "smsc-id = FAKE",
      "allowed-smsc-id = FAKE",
      "host = 127.0.0.1",
      'our-host = "127.0.0.1"',
      `port = ${ports.fakePort}`,
      "connect-allow-ip = 127.0.0.1",
    ],
    [
      "group = smsc",
      "smsc = smpp",
      "smsc-id = SIM",
      "allowed-smsc-id = SIM",
      "host = 127.0.0.1",
      `port = ${ports.smppPort}`,
      "transceiver-mode = true",
      `smsc-username = ${sandboxCredentials.smpp.systemId}`,
      `smsc-password = ${sandboxCredentials.smpp.password}`,
      'system-type = "VMA"',
      "interface-version = 34",
      "source-addr-ton = 5",
      "source-addr-npi = 0",
      "dest-addr-ton = 1",
      "dest-addr-npi = 1",
      "enquire-link-interval = 5",
      "reconnect-delay = 2",
      "msg-id-type = 1",
      "max-pending-submits = 10",
    ],
    ["group = smsbox-route", "smsbox-id = box1", 'smsc-id = "FAKE"'],
    [
      "group = smsbox",
      "bearerbox-host = 127.0.0.1",
      `bearerbox-port = ${ports.box}`,
      "smsbox-id = box1",
      `sendsms-port = ${ports.sendsms}`,
      'sendsms-interface = "127.0.0.1"',
      `log-file = "${folder}/smsbox.log"`,
      "global-sender = 8079",
    ],
    [
      "group = sendsms-user",
      "username = guard",
      "password = secret",
      'user-deny-ip = "*.*.*.*"',
      'user-allow-ip = "127.0.0.1"',
      "concatenation = true",
      "max-messages = 6",
    ],
    [
      "group = sms-service",
      "keyword = default",
      `get-url = "${get}"`,
      "max-messages = 0",
      "catch-all = true",
    ],
  ];
  return `${groups.map((group) => group.join("\n")).join("\n\n")}\n`;
}
