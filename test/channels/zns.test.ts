import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createConnector } from "../../src/channels/create-connector.ts";
import { zaloOaCodes, znsCodes } from "../../src/channels/zns-codes.ts";
import type { Connector, HandOff } from "../../src/guard/ports/connector.ts";
import { sandboxCredentials } from "../../src/sandbox/credentials.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { contextOf, eventually, handOffOf, magic, memoryTokens } from "./connector-context.ts";

let sandbox: Sandbox;
const opened: Connector[] = [];

beforeEach(async () => {
  sandbox = await startSandbox({ now: () => new Date(), slowMs: 50, lateMs: 50 });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connector) => connector.close()));
  await sandbox.stop();
});

function zns(context: Parameters<typeof contextOf>[1] = {}, more: Record<string, unknown> = {}): Connector {
  const urls = { url: sandbox.urls.zns, oauthUrl: sandbox.urls.znsOauth };
  const connector = createConnector(
    "zns",
    contextOf({ ...sandboxCredentials.zns, ...urls, ...more }, context),
  );
  opened.push(connector);
  return connector;
}

function message(more: Partial<HandOff> = {}): HandOff {
  return handOffOf({
    content: { channel: "zns", templateId: "259012", tag: 1, data: { customer_name: "An", order: "A1" } },
    purpose: "transaction",
    ...more,
  });
}

test("a template message is accepted under Zalo's id", async () => {
  const handOff = message();
  const [outcome] = await zns().handOff([handOff]);
  expect(outcome).toMatchObject({ state: "sent", action: "ok", code: "0" });
  const [call] = sandbox.records.calls("zns");
  expect(call).toMatchObject({
    phone: "84901888484",
    key: handOff.providerKey,
    reference: outcome?.providerReference,
  });
});

// The samples that Zalo's and an aggregator's pages print, numbers as strings and failures with HTTP 200.
test("the published success and failure are read as such", async () => {
  const connector = zns();
  await connector.handOff([message()]);
  const success =
    '{"error":0,"message":"Success","data":{"msg_id":"a4d0243feee163bd3af2","sent_time":"1626926349402","sending_mode":"1","quota":{"dailyQuota":"500","remainingQuota":"499"}}}';
  sandbox.answerNext("zns", { kind: "reply", status: 200, body: success });
  expect(await connector.handOff([message()])).toMatchObject([
    { state: "sent", providerReference: "a4d0243feee163bd3af2" },
  ]);
  const failure = '{"error":-118,"message":"Zalo account not existed","data":null}';
  sandbox.answerNext("zns", { kind: "reply", status: 200, body: failure });
  expect(await connector.handOff([message()])).toMatchObject([
    { state: "rejected", action: "unreachable", code: "-118" },
  ]);
});

test.each(Object.entries({ ...zaloOaCodes, ...znsCodes }))(
  "code %s calls for its action",
  async (code, row) => {
    const connector = zns();
    await connector.handOff([message()]);
    const answer = {
      kind: "reply",
      status: 200,
      body: JSON.stringify({ error: Number(code), message: "m" }),
    } as const;
    sandbox.answerNext("zns", answer);
    sandbox.answerNext("zns", answer);
    const [outcome] = await connector.handOff([message()]);
    const action = row.action === "refresh" ? "hold" : row.action;
    expect(outcome).toMatchObject({ action, code, state: action === "ok" ? "sent" : "rejected" });
    expect(outcome?.refusalScope).toBe("refusalScope" in row ? row.refusalScope : undefined);
  },
);

test("the table holds every code of the published ZBS list", () => {
  expect(Object.keys(znsCodes)).toHaveLength(75);
  // One of each class, as the corrected table has them.
  expect(znsCodes["-115"].action).toBe("hold");
  expect(znsCodes["-139"]).toEqual({ action: "optout", refusalScope: "advertising" });
  expect(znsCodes["-141"]).toEqual({ action: "optout", refusalScope: "sender" });
  expect(znsCodes["-162"].action).toBe("dead");
});

test("quotas wait for the next day or month in Viet Nam, the night for six o'clock", async () => {
  const now = new Date("2026-11-30T16:30:00Z"); // 23:30 on the 30th in Viet Nam
  const connector = zns({ now: () => now });
  await connector.handOff([message()]);
  const earliest = async (error: number): Promise<string> => {
    sandbox.answerNext("zns", { kind: "reply", status: 200, body: JSON.stringify({ error, message: "m" }) });
    const [outcome] = await connector.handOff([message()]);
    const at = outcome?.retryAt?.getTime() ?? 0;
    return new Date(at - (at % 3_600_000)).toISOString();
  };
  expect(await earliest(-144)).toBe("2026-11-30T17:00:00.000Z");
  expect(await earliest(-1441)).toBe("2026-11-30T17:00:00.000Z");
  expect(await earliest(-133)).toBe("2026-11-30T23:00:00.000Z");
});

test("a token that dies is renewed once and the message goes out once", async () => {
  const [outcome] = await zns().handOff([message({ phone: magic("28") })]);
  expect(outcome).toMatchObject({ state: "sent", code: "0" });
  expect(sandbox.records.counts("zns")).toEqual({ "-124": 1, accepted: 1 });
});

test("a new refresh token is durable before its access token is used", async () => {
  const tokens = memoryTokens();
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let saving = false;
  const slow: typeof tokens = {
    ...tokens,
    exclusively: (id, use) =>
      tokens.exclusively(id, (current, save) =>
        use(current, async (next) => {
          saving = true;
          await released;
          await save(next);
        }),
      ),
  };
  const sending = zns({ tokens: slow }).handOff([message()]);
  await eventually(() => expect(saving).toBe(true));
  // Whoever used the token early would be there before these have come back.
  for (let call = 0; call < 5; call += 1) await (await fetch(`${sandbox.urls.zns}message/quota`)).text();
  expect(sandbox.records.calls("zns")).toEqual([]);
  release();
  expect(await sending).toMatchObject([{ state: "sent" }]);
});

test("without a durable pair nothing is sent, and the pair that was won is kept for the next try", async () => {
  const tokens = memoryTokens();
  let broken = true;
  const flaky: typeof tokens = {
    ...tokens,
    exclusively: (id, use) =>
      tokens.exclusively(id, (current, save) =>
        use(current, async (next) => {
          if (broken) throw new Error("disk full");
          await save(next);
        }),
      ),
  };
  const connector = zns({ tokens: flaky });
  expect(await connector.handOff([message()])).toMatchObject([
    { state: "rejected", action: "backoff", code: "token_store_unavailable" },
  ]);
  expect(sandbox.records.calls("zns")).toEqual([]);
  broken = false;
  // The single-use token is spent: only the kept pair can make this succeed.
  expect(await connector.handOff([message()])).toMatchObject([{ state: "sent" }]);
});

test("many messages and two processes at once spend the refresh token once", async () => {
  const tokens = memoryTokens();
  const one = zns({ tokens });
  const two = zns({ tokens });
  const outcomes = await Promise.all([
    one.handOff(Array.from({ length: 20 }, () => message())),
    two.handOff(Array.from({ length: 20 }, () => message())),
  ]);
  expect(outcomes.flat().every((outcome) => outcome.state === "sent")).toBe(true);
  expect(tokens.saves).toHaveLength(1);
});

test("a refresh token that Zalo refuses stops the processor until a person sets a new one", async () => {
  const tokens = memoryTokens();
  await zns({ tokens }).handOff([message()]);
  const spent = memoryTokens();
  expect(await zns({ tokens: spent }).handOff([message()])).toMatchObject([
    { state: "rejected", action: "hold", code: "oauth_-14014" },
  ]);
  expect(await zns({ tokens }, { refreshToken: "given by a person" }).handOff([message()])).toMatchObject([
    { state: "sent" },
  ]);
});

test.each(["10", "11", "12", "16"])(
  "number %s: taken without an answer is unknown and never sent again",
  async (lastTwo) => {
    const [outcome] = await zns({}, { timeoutMs: 1_000 }).handOff([message({ phone: magic(lastTwo) })]);
    expect(outcome).toMatchObject({ state: "unknown", action: "unknown" });
    expect(sandbox.records.counts("zns")).toEqual({ accepted: 1 });
  },
);

test("a promotion cannot go as a transaction, nor a disabled template at all", async () => {
  const connector = zns();
  const withTemplate = (templateId: string, tag: 1 | 2 | 3): HandOff =>
    message({ content: { channel: "zns", templateId, tag, data: {} } });
  expect(await connector.handOff([withTemplate("900003", 1)])).toMatchObject([
    { state: "rejected", action: "hold", code: "template_tag_mismatch" },
  ]);
  expect(await connector.handOff([withTemplate("900003", 3)])).toMatchObject([{ state: "sent" }]);
  expect(await connector.handOff([withTemplate("900004", 1)])).toMatchObject([
    { code: "template_not_enabled" },
  ]);
});

test("a provider that knows no template information is still used", async () => {
  const server = await fakeZalo();
  const address = server.address();
  const port = typeof address === "object" && address !== null ? (address satisfies AddressInfo).port : 0;
  const connector = zns({}, { url: `http://127.0.0.1:${port}/`, oauthUrl: `http://127.0.0.1:${port}/` });
  expect(await connector.handOff([message()])).toMatchObject([{ state: "sent", providerReference: "m1" }]);
  server.close();
});

test("the status query follows the message to the phone", async () => {
  const connector = zns();
  const handOff = message({ phone: magic("04") });
  const [outcome] = await connector.handOff([handOff]);
  const query = { providerKey: handOff.providerKey, providerReference: outcome?.providerReference ?? "" };
  expect(await connector.lookUp?.([query])).toMatchObject([{ state: "accepted" }]);
  expect(await connector.lookUp?.([{ ...query, providerReference: "nobody" }])).toMatchObject([
    { state: "unknown" },
  ]);
});

test("no code, error or outcome holds the number or the text", async () => {
  const outcomes = await zns().handOff(
    ["20", "22", "26", "12", "16"].map((two) => message({ phone: magic(two) })),
  );
  expect(JSON.stringify(outcomes)).not.toMatch(/99900|customer_name|An"/);
});

/** Zalo without template/info: answers 404 with text there. */
function fakeZalo(): Promise<Server> {
  const server = createServer((req, res) => {
    req.resume();
    if (req.url?.startsWith("/v4/oa/access_token")) {
      res.end('{"access_token":"a","refresh_token":"r","expires_in":"90000"}');
    } else if (req.url?.startsWith("/message/template")) {
      res.end('{"error":"0","message":"Success","data":{"msg_id":"m1"}}');
    } else res.writeHead(404).end("not here");
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
