import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createConnector } from "../../src/channels/create-connector.ts";
import type {
  Connector,
  HandOff,
  InboundEvent,
  InboundRequest,
  InboundResult,
} from "../../src/guard/ports/connector.ts";
import { sandboxCredentials } from "../../src/sandbox/credentials.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { contextOf, eventually, handOffOf, magic } from "./connector-context.ts";

const secret = "a-path-that-only-the-provider-knows";
const baseUrl = "http://127.0.0.1:9/v1/inbound/processor-1";
const receivedAt = new Date("2026-11-24T03:00:00Z");

function connectorOf(kind: string, settings: Record<string, unknown>): Connector {
  return createConnector(kind, contextOf(settings, { inbound: { baseUrl, secret }, now: () => receivedAt }));
}

const esms = connectorOf("esms", { apiKey: "k", secretKey: "17417a0d20114d36a902e49cad0e97f3" });
const zns = connectorOf("zns", { ...sandboxCredentials.zns });
const viber = connectorOf("viber", { serviceId: 4242, callbackIps: ["192.0.2.7"] });
const infobip = connectorOf("infobip", { url: "https://example.api.infobip.com", apiKey: "k" });
const kannel = connectorOf("kannel", { url: "http://127.0.0.1:13013", username: "u", password: "p" });

async function inbound(connector: Connector, request: Partial<InboundRequest>): Promise<InboundResult> {
  if (connector.inbound === undefined) throw new Error("takes nothing");
  return connector.inbound({
    kind: "receipts",
    method: "POST",
    rawBody: Buffer.alloc(0),
    rawQuery: "",
    headers: {},
    secretPath: secret,
    remoteAddress: "192.0.2.7",
    receivedAt,
    ...request,
  });
}

function eventsOf(result: InboundResult): readonly InboundEvent[] {
  return result.accepted ? result.events : [];
}

// eSMS: base64(md5(cpid + smsid + content + receiverTime + key)); 10:00 in Viet Nam is 03:00 UTC.
const esmsFields = { cpid: "abc", smsid: "1234", content: "TC", receiverTime: "20261124100000" };
function esmsQuery(fields: typeof esmsFields, sign?: string): string {
  const own = createHash("md5")
    .update(
      `${fields.cpid}${fields.smsid}${fields.content}${fields.receiverTime}17417a0d20114d36a902e49cad0e97f3`,
    )
    .digest("base64");
  return new URLSearchParams({
    ...fields,
    sender: "84901888484",
    serviceNumber: "8079",
    keyword: "TC",
    sign: sign ?? own,
  }).toString();
}

test("an eSMS message with its signature is a message with its id for the replay store", async () => {
  const result = await inbound(esms, {
    kind: "messages",
    method: "GET",
    rawQuery: esmsQuery(esmsFields),
    secretPath: "",
  });
  expect(result).toMatchObject({ accepted: true, eventId: "esms:mo:1234", mustConfirm: false });
  expect(eventsOf(result)).toEqual([
    { type: "message", phone: "+84901888484", text: "TC", to: "8079", providerReference: "1234" },
  ]);
});

test.each([
  ["forged", esmsQuery(esmsFields, "AAAAAAAAAAAAAAAAAAAAAA=="), "unauthenticated"],
  ["altered", esmsQuery(esmsFields).replace("content=TC", "content=XX"), "unauthenticated"],
  ["unsigned", new URLSearchParams({ ...esmsFields, sender: "84901888484" }).toString(), "unauthenticated"],
  ["stale", esmsQuery({ ...esmsFields, receiverTime: "20261101100000" }), "stale"],
  ["from a number that is none", esmsQuery(esmsFields).replace("84901888484", "abc"), "malformed"],
])("an eSMS message that is %s is refused", async (_, rawQuery, code) => {
  expect(await inbound(esms, { kind: "messages", rawQuery, secretPath: "" })).toEqual({
    accepted: false,
    code,
  });
});

// The sample that eSMS prints for customer care messages.
const esmsReceipt =
  "SMSID=dc712784-9c5f-4c69-b9a8-ea69d56adc9a87&SendFailed=2&SendStatus=5&SendSuccess=0&TotalPrice=0.0000&TotalReceiver=2&TotalSent=2&RequestId=&TypeId=2&telcoid=1&phonenumber=0901888484&switchsmsid=";

test("an eSMS receipt waits for its status query", async () => {
  const result = await inbound(esms, { method: "GET", rawQuery: esmsReceipt });
  expect(result).toMatchObject({ accepted: true, mustConfirm: true });
  expect(eventsOf(result)).toMatchObject([
    {
      type: "receipt",
      providerReference: "dc712784-9c5f-4c69-b9a8-ea69d56adc9a87",
      state: "failed",
      phone: "+84901888484",
    },
  ]);
});

test.each(["", "wrong", `${secret}x`, secret.toUpperCase()])(
  "a callback by the path %j is refused",
  async (secretPath) => {
    const refused = { accepted: false, code: "unauthenticated" };
    expect(await inbound(esms, { rawQuery: esmsReceipt, secretPath })).toEqual(refused);
    expect(await inbound(viber, { rawBody: viberBody(0), secretPath })).toEqual(refused);
    expect(await inbound(infobip, { rawBody: Buffer.from('{"results":[]}'), secretPath })).toEqual(refused);
    expect(await inbound(kannel, { rawQuery: "key=k&status=1", secretPath })).toEqual(refused);
  },
);

test("without a secret of our own no unsigned callback passes", async () => {
  const open = createConnector(
    "kannel",
    contextOf({ url: "http://127.0.0.1:1", username: "u", password: "p" }),
  );
  expect(await inbound(open, { rawQuery: "key=k&status=1", secretPath: "" })).toMatchObject({
    accepted: false,
  });
});

test("an address that is not on the list is refused", async () => {
  expect(await inbound(viber, { rawBody: viberBody(0), remoteAddress: "192.0.2.8" })).toMatchObject({
    accepted: false,
  });
  expect(await inbound(viber, { rawBody: viberBody(0), remoteAddress: "::ffff:192.0.2.7" })).toMatchObject({
    accepted: true,
  });
});

// Zalo: "mac=" and the plain SHA-256 of app id, raw body, the body's timestamp and the OA's secret.
function zaloRequest(
  body: string,
  options: { readonly prefix?: string; readonly timestamp?: string } = {},
): Partial<InboundRequest> {
  const timestamp = options.timestamp ?? String(receivedAt.getTime());
  const prefix = options.prefix ?? sandboxCredentials.zns.appId;
  const mac = createHash("sha256")
    .update(`${prefix}${body}${timestamp}${sandboxCredentials.zns.oaSecret}`)
    .digest("hex");
  return { rawBody: Buffer.from(body), headers: { "x-zevent-signature": `mac=${mac}` }, secretPath: "" };
}
const delivery = `{"event_name":"user_received_message","app_id":"1","sender":{"id":"2"},"recipient":{"id":"84901888484"},"message":{"delivery_time":"1626926349402","msg_id":"a4d0243feee163bd3af2","tracking_id":"key-1"},"timestamp":"${receivedAt.getTime()}"}`;

test.each([sandboxCredentials.zns.appId, sandboxCredentials.zns.oaId])(
  "a Zalo delivery signed under %s is a receipt",
  async (prefix) => {
    const result = await inbound(zns, zaloRequest(delivery, { prefix }));
    expect(eventsOf(result)).toMatchObject([
      {
        type: "receipt",
        state: "delivered",
        providerReference: "a4d0243feee163bd3af2",
        providerKey: "key-1",
        phone: "+84901888484",
      },
    ]);
    expect(result).toMatchObject({
      eventId: expect.stringMatching(/^zns:[0-9a-f]{64}$/),
      mustConfirm: false,
    });
  },
);

test("a Zalo event that is repeated has the same id, one that differs another", async () => {
  const first = await inbound(zns, zaloRequest(delivery));
  const again = await inbound(zns, zaloRequest(delivery));
  const other = await inbound(zns, zaloRequest(delivery.replace("key-1", "key-2")));
  expect(again).toEqual(first);
  expect(other.accepted && first.accepted && other.eventId !== first.eventId).toBe(true);
});

test("a Zalo event that is forged, altered, unsigned, stale or from the future is refused", async () => {
  const good = zaloRequest(delivery);
  const at = (ms: number): string =>
    delivery.replace(String(receivedAt.getTime()), String(receivedAt.getTime() + ms));
  const signedAt = (ms: number) => zaloRequest(at(ms), { timestamp: String(receivedAt.getTime() + ms) });
  const altered = { ...good, rawBody: Buffer.from(`${delivery} `) };
  const codes = await Promise.all(
    [
      altered,
      { ...good, headers: {} },
      { ...good, headers: { "x-zevent-signature": `mac=${"0".repeat(64)}` } },
      { ...good, rawBody: Buffer.from("not json") },
      signedAt(-4 * 3_600_000),
      signedAt(10 * 60_000),
    ].map(async (request) => {
      const result = await inbound(zns, request);
      return result.accepted ? "accepted" : result.code;
    }),
  );
  expect(codes).toEqual([
    "unauthenticated",
    "unauthenticated",
    "unauthenticated",
    "unauthenticated",
    "stale",
    "stale",
  ]);
});

test.each([
  [
    `{"event_name":"change_template_status","oa_id":"1","app_id":"1","template_id":"259012","status":{"prev_status":"ENABLE","new_status":"DISABLE"},"reason":"r","timestamp":"${receivedAt.getTime()}"}`,
    { type: "template_status", templateId: "259012", enabled: false },
  ],
  [
    `{"event_name":"user_received_message","message":{"msg_id":"chat"},"timestamp":"${receivedAt.getTime()}"}`,
    { type: "ignored", code: "user_received_message" },
  ],
  [
    `{"event_name":"unfollow","follower":{"id":"3"},"timestamp":"${receivedAt.getTime()}"}`,
    { type: "ignored", code: "unfollow" },
  ],
  [`{"event_name":"<script>","timestamp":${receivedAt.getTime()}}`, { type: "ignored", code: "unlisted" }],
])("Zalo's %s is read as what it is", async (body, event) => {
  expect(eventsOf(await inbound(zns, zaloRequest(body)))).toEqual([event]);
});

function viberBody(status: number, more: object = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      message_token: "5379000000000000001",
      message_status: status,
      message_time: 1_700_000_000_000,
      phone_number: "84901888484",
      service_id: 4242,
      ...more,
    }),
  );
}

test.each([
  [0, { type: "receipt", state: "delivered" }],
  [1, { type: "receipt", state: "seen" }],
  [2, { type: "receipt", state: "expired" }],
  [4, { type: "ignored", code: "status_4" }],
  [5, { type: "opt_out", phone: "+84901888484", refusalScope: "sender" }],
  [77, { type: "ignored", code: "status_77" }],
])("Viber's callback %i", async (status, event) => {
  expect(eventsOf(await inbound(viber, { rawBody: viberBody(status) }))).toMatchObject([event]);
});

test("a Viber callback of another service, or none, is refused", async () => {
  expect(await inbound(viber, { rawBody: viberBody(5, { service_id: 1 }) })).toEqual({
    accepted: false,
    code: "malformed",
  });
  expect(await inbound(viber, { rawBody: Buffer.from("[]") })).toEqual({
    accepted: false,
    code: "malformed",
  });
});

// Infobip's published examples, shortened.
test("Infobip's reports and messages are read as published", async () => {
  const report =
    '{"results":[{"bulkId":"B","status":{"groupId":3,"groupName":"DELIVERED","id":5,"name":"DELIVERED_TO_HANDSET"},"error":{"groupId":0,"id":0,"name":"NO_ERROR","permanent":false},"messageId":"MESSAGE-ID-123-xyz","to":"41793026727"},{"status":{"groupId":2,"name":"UNDELIVERABLE_NOT_DELIVERED"},"error":{"name":"EC_SC_BLOCKED_BY_END_USER","permanent":true},"messageId":"m2","to":"41793026728"},{"status":{"groupId":4,"name":"EXPIRED_EXPIRED"},"error":{"name":"EC_ABSENT_SUBSCRIBER","permanent":false},"messageId":"m3"},{"messageId":"m4","from":"385919998888","to":"41793026731","seenAt":"2023-04-05T11:22:10.251+0000"}]}';
  const reports = await inbound(infobip, { rawBody: Buffer.from(report) });
  expect(reports).toMatchObject({ accepted: true, mustConfirm: true });
  expect(eventsOf(reports)).toMatchObject([
    { providerKey: "MESSAGE-ID-123-xyz", state: "delivered", action: "ok" },
    {
      providerKey: "m2",
      state: "failed",
      action: "optout",
      refusalScope: "sender",
      code: "EC_SC_BLOCKED_BY_END_USER",
    },
    { providerKey: "m3", state: "expired", action: "backoff" },
    { providerKey: "m4", state: "seen" },
  ]);
  const messages =
    '{"results":[{"messageId":"817790313235066447","from":"385916242493","to":"385921004026","text":"STOP","cleanText":"","keyword":"STOP","smsCount":1},{"sender":"385912345678","to":"givenClient","integrationType":"VIBER","messageId":"1","message":{"text":"TC","type":"TEXT"}},{"sender":"1234567890123456789","to":"OA","integrationType":"ZALO_NOTIFICATION_SERVICE","message":{"text":"TC","type":"TEXT"}}]}';
  expect(
    eventsOf(await inbound(infobip, { kind: "messages", rawBody: Buffer.from(messages) })),
  ).toMatchObject([
    { type: "message", phone: "+385916242493", text: "STOP" },
    { type: "message", phone: "+385912345678", text: "TC" },
    { type: "ignored" },
  ]);
});

// As observed at a real gateway: UCS-2 arrives as big-endian octets, percent-encoded.
test("Kannel's UTF-16BE message is read letter for letter", async () => {
  const text = "%00T%1E%EB%00+%00c%00h%1E%D1%00i";
  const rawQuery = `from=%2B84901888484&to=8079&text=${text}&bin=&coding=2&charset=UTF-16BE&kw=&id=6f1c2a34&smsc=FAKE`;
  const result = await inbound(kannel, { kind: "messages", method: "GET", rawQuery });
  expect(eventsOf(result)).toEqual([
    { type: "message", phone: "+84901888484", text: "Từ chối", to: "8079", providerReference: "6f1c2a34" },
  ]);
  expect(result).toMatchObject({ response: { status: 200, body: "" }, eventId: "kannel:mo:6f1c2a34" });
});

test.each([
  ["1", "", "delivered", "dlr_1"],
  ["2", "id:1 stat:UNDELIV err:027 text:", "failed", "err_027"],
  ["4", "", "accepted", "dlr_4"],
  ["8", "ACK/", "accepted", "dlr_8"],
  ["16", "NACK/11/Invalid Destination Address", "failed", "dlr_16"],
])("Kannel's report %s", async (status, answer, state, code) => {
  const rawQuery = new URLSearchParams({ key: "key-1", status, answer, fid: "77" }).toString();
  expect(eventsOf(await inbound(kannel, { rawQuery }))).toMatchObject([
    { type: "receipt", providerKey: "key-1", providerReference: "77", state, code },
  ]);
});

const servers: Server[] = [];
const opened: Connector[] = [];
let sandbox: Sandbox | undefined;
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await Promise.all(opened.splice(0).map((connector) => connector.close()));
  await sandbox?.stop();
  sandbox = undefined;
});

const sms = { channel: "sms", text: "Ma 1234" } as const;
const kinds = {
  esms: { content: sms },
  kannel: { content: sms },
  infobip: { content: sms },
  viber: { content: { channel: "viber", text: "Ma 1234" } },
  zns: { content: { channel: "zns", templateId: "1", tag: 1, data: {} } },
} as const satisfies Record<string, Partial<HandOff>>;

test.each(Object.keys(kinds))(
  "%s: the simulator's own callbacks pass, and name the message",
  async (name) => {
    const kind = name as keyof typeof kinds;
    const { connector, results } = await wired(kind);
    const handOff = handOffOf({ ...kinds[kind], phone: magic("30"), sender: "8079" });
    const [outcome] = await connector.handOff([handOff]);
    expect(outcome?.state).toBe("sent");
    const answers = kind === "viber" || kind === "zns" ? 0 : 1;
    await eventually(() => {
      const events = results.flatMap(eventsOf);
      const final = events.filter((event) => event.type === "receipt" && event.state === "delivered");
      expect(final).toHaveLength(1);
      const [receipt] = final;
      if (receipt?.type !== "receipt") throw new Error("no receipt");
      expect([receipt.providerKey, receipt.providerReference]).toContain(
        kind === "viber" ? outcome?.providerReference : handOff.providerKey,
      );
      expect(events.filter((event) => event.type === "message" && event.text === "TC")).toHaveLength(answers);
    });
    expect(results.every((result) => result.accepted)).toBe(true);
  },
);

test("who unsubscribes on Viber is heard", async () => {
  const { connector, results } = await wired("viber");
  await connector.handOff([handOffOf({ ...kinds.viber, phone: magic("35") })]);
  await eventually(() =>
    expect(results.flatMap(eventsOf)).toContainEqual(
      expect.objectContaining({ type: "opt_out", phone: magic("35") }),
    ),
  );
});

/** A connector, its simulator, and an HTTP server between them that stands in for the service. */
async function wired(kind: keyof typeof kinds) {
  const results: InboundResult[] = [];
  let connector: Connector | undefined;
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const url = new URL(req.url ?? "/", "http://127.0.0.1");
      const [, direction, secretPath = ""] = url.pathname.split("/");
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(req.headers))
        if (typeof value === "string") headers[name] = value;
      const request: InboundRequest = {
        kind: direction === "messages" ? "messages" : "receipts",
        method: req.method ?? "GET",
        rawBody: Buffer.concat(chunks),
        rawQuery: (req.url ?? "").split("?")[1] ?? "",
        headers,
        secretPath,
        remoteAddress: "127.0.0.1",
        receivedAt: new Date(),
      };
      void Promise.resolve(connector?.inbound?.(request)).then((result) => {
        if (result !== undefined) results.push(result);
        res.writeHead(result?.accepted === true ? 200 : 401).end();
      });
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const inboundAddress = { baseUrl: `http://127.0.0.1:${port}`, secret };
  const running = await startSandbox({ now: () => new Date(), callbacks: { [kind]: inboundAddress } });
  sandbox = running;
  const urls = { url: running.urls[kind], ...(kind === "zns" ? { oauthUrl: running.urls.znsOauth } : {}) };
  connector = createConnector(
    kind,
    contextOf({ ...sandboxCredentials[kind], ...urls }, { inbound: inboundAddress }),
  );
  opened.push(connector);
  return { connector, results };
}
