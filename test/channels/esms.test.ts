import { afterEach, beforeEach, expect, test } from "vitest";
import { createConnector } from "../../src/channels/create-connector.ts";
import { esmsCodes } from "../../src/channels/esms-codes.ts";
import type { Connector, HandOffOutcome } from "../../src/guard/ports/connector.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { contextOf, handOffOf, magic } from "./connector-context.ts";

let sandbox: Sandbox;
const opened: Connector[] = [];

beforeEach(async () => {
  sandbox = await startSandbox({ now: () => new Date(), slowMs: 50, lateMs: 50 });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connector) => connector.close()));
  await sandbox.stop();
});

function esms(more: Record<string, unknown> = {}, context: Parameters<typeof contextOf>[1] = {}): Connector {
  const settings = { url: sandbox.urls.esms, apiKey: "key", secretKey: "secret", ...more };
  const connector = createConnector("esms", contextOf(settings, context));
  opened.push(connector);
  return connector;
}

test("a care message is accepted under the provider's id and arrives as it was written", async () => {
  const handOff = handOffOf({ content: { channel: "sms", text: "Mã OTP của bạn là 686868" } });
  const [outcome] = await esms().handOff([handOff]);
  expect(outcome).toMatchObject({ intentId: handOff.intentId, state: "sent", action: "ok", code: "100" });
  const [call] = sandbox.records.calls("esms");
  expect(call).toMatchObject({
    key: handOff.providerKey,
    phone: "0901888484",
    text: "Mã OTP của bạn là 686868",
  });
  expect(outcome?.providerReference).toBe(call?.reference);
});

test.each(Object.entries(esmsCodes))("code %s calls for its action", async (code, row) => {
  const body = JSON.stringify({
    CodeResult: code,
    CountRegenerate: 0,
    ErrorMessage: "0901888484",
    SMSID: "abc1",
  });
  sandbox.answerNext("esms", { kind: "reply", status: 200, body });
  const [outcome] = await esms().handOff([handOffOf()]);
  const state = row.action === "ok" ? "sent" : "rejected";
  expect(outcome).toMatchObject({ state, action: row.action, code });
  expect(outcome?.refusalScope).toBe("refusalScope" in row ? row.refusalScope : undefined);
  expect(JSON.stringify(outcome)).not.toContain("0901888484");
});

test("a repeated RequestId is the first message again, unless that one was refused", async () => {
  const connector = esms();
  const handOff = handOffOf();
  await connector.handOff([handOff]);
  const [again] = await connector.handOff([handOff]);
  expect(again).toMatchObject({ state: "sent", code: "124" });
  expect(sandbox.records.counts("esms")).toEqual({ accepted: 1, duplicate: 1 });
  const refused = JSON.stringify({
    CodeResult: "124",
    CountRegenerate: 0,
    ErrorMessage: "Request exist 1",
    SendStatus: "4",
  });
  sandbox.answerNext("esms", { kind: "reply", status: 200, body: refused });
  expect(await connector.handOff([handOff])).toMatchObject([{ state: "rejected", action: "dead" }]);
});

test("an unlisted code is neither accepted nor refused", async () => {
  sandbox.answerNext("esms", { kind: "reply", status: 200, body: '{"CodeResult":"998"}' });
  expect(await esms().handOff([handOffOf()])).toMatchObject([{ state: "unknown", code: "998" }]);
});

test("an error without a code suppresses nobody", async () => {
  sandbox.answerNext("esms", { kind: "reply", status: 200, body: '{"error":"Invalid request"}' });
  expect(await esms().handOff([handOffOf()])).toMatchObject([
    { state: "rejected", action: "dead", code: "invalid_request" },
  ]);
});

test("thirty and more of the same advertisement go in one call, and each has its outcome", async () => {
  const batch = advertisement(30);
  const outcomes = await esms().handOff(batch);
  expect(outcomes.map((outcome) => outcome.intentId)).toEqual(batch.map((handOff) => handOff.intentId));
  expect(outcomes.every((outcome) => outcome.state === "sent")).toBe(true);
  expect(new Set(outcomes.map((outcome) => outcome.providerReference)).size).toBe(1);
  expect(new Set(sandbox.records.calls("esms").map((call) => call.phone)).size).toBe(30);
});

test("fewer than thirty go one by one, or not at all if the operator says so", async () => {
  const outcomes = await esms().handOff(advertisement(29));
  expect(outcomes.every((outcome) => outcome.state === "sent")).toBe(true);
  expect(new Set(outcomes.map((outcome) => outcome.providerReference)).size).toBe(29);
  const refusing = await esms({ smallAdvertising: "refuse" }).handOff(advertisement(29));
  expect(refusing.every((outcome) => outcome.action === "dead" && outcome.code === "107")).toBe(true);
  expect(sandbox.records.counts("esms")).toEqual({ accepted: 29 });
});

test("a personal text never joins the others' call", async () => {
  const odd = handOffOf({ purpose: "advertising", content: { channel: "sms", text: "[QC] Chao An" } });
  const outcomes = await esms().handOff([...advertisement(30), odd]);
  expect(outcomes.at(-1)).toMatchObject({ intentId: odd.intentId, state: "sent" });
  const texts = sandbox.records.calls("esms").filter((call) => call.text === "[QC] Chao An");
  expect(texts).toHaveLength(1);
});

test.each([
  ["10", "timeout"],
  ["11", "connection_reset"],
  ["12", "http_500"],
  ["16", "unreadable_response"],
])("number %s: taken without an answer is unknown, and a repeat has one effect", async (lastTwo, code) => {
  const connector = esms({ timeoutMs: 1_000 });
  const handOff = handOffOf({ phone: magic(lastTwo) });
  const [outcome] = await connector.handOff([handOff]);
  expect(outcome).toMatchObject({ state: "unknown", action: "unknown", code });
  expect(outcome?.repeatableUntil?.getTime()).toBeGreaterThan(Date.now());
  const [again] = await connector.handOff([handOff]);
  expect(again).toMatchObject({ state: "sent", code: "124" });
  expect(sandbox.records.counts("esms")).toEqual({ accepted: 1, duplicate: 1 });
});

test("an advertising call without an answer must not be repeated", async () => {
  const batch = [
    ...advertisement(30),
    handOffOf({ ...advertisement(1)[0], intentId: "i", phone: magic("11") }),
  ];
  const outcomes = await esms({ timeoutMs: 1_000 }).handOff(batch);
  for (const outcome of outcomes) {
    expect(outcome.state).toBe("unknown");
    expect(outcome.repeatableUntil?.getTime()).toBeLessThanOrEqual(Date.now());
  }
});

test("a rate limit names the moment to come back", async () => {
  const now = new Date("2026-11-24T03:00:00Z");
  const [outcome] = await esms({}, { now: () => now }).handOff([handOffOf({ phone: magic("15") })]);
  expect(outcome).toMatchObject({ state: "rejected", action: "backoff", code: "http_429" });
  expect(outcome?.retryAt).toEqual(new Date("2026-11-24T03:00:07Z"));
});

test("what may not arrive any more is not sent", async () => {
  const now = new Date("2026-11-24T15:00:00Z");
  const [outcome] = await esms({}, { now: () => now }).handOff([handOffOf({ validUntil: now })]);
  expect(outcome).toMatchObject({ state: "rejected", action: "night", code: "validity_over" });
  expect(sandbox.records.calls("esms")).toEqual([]);
});

test("outcomes are reported one by one and returned in order", async () => {
  const seen: HandOffOutcome[] = [];
  const batch = [handOffOf({ phone: magic("14") }), handOffOf()];
  const outcomes = await esms().handOff(batch, (outcome) => seen.push(outcome));
  expect(seen.map((outcome) => outcome.intentId)).toEqual([batch[1]?.intentId, batch[0]?.intentId]);
  expect(outcomes.map((outcome) => outcome.intentId)).toEqual(batch.map((handOff) => handOff.intentId));
});

test("a status query tells what became of a message, alone or in a group", async () => {
  const connector = esms();
  const failed = handOffOf({ phone: magic("01") });
  const [outcome] = await connector.handOff([failed]);
  const reference = outcome?.providerReference ?? "";
  const query = { providerKey: failed.providerKey, providerReference: reference, phone: failed.phone };
  expect(await connector.lookUp?.([query])).toMatchObject([
    { providerKey: failed.providerKey, state: "failed" },
  ]);
  const group = await connector.handOff(advertisement(30));
  const own = {
    providerKey: "k",
    providerReference: group[0]?.providerReference ?? "",
    phone: "+84901000000",
  };
  expect(await connector.lookUp?.([own])).toMatchObject([{ state: "delivered" }]);
  expect(await connector.lookUp?.([{ providerKey: "k" }])).toMatchObject([
    { state: "unknown", code: "no_reference" },
  ]);
  expect(await connector.lookUp?.([{ providerKey: "k", providerReference: "nobody" }])).toMatchObject([
    { state: "unknown", code: "105" },
  ]);
});

function advertisement(count: number) {
  return Array.from({ length: count }, (_, index) =>
    handOffOf({
      purpose: "advertising",
      phone: `+849010000${String(index).padStart(2, "0")}`,
      content: { channel: "sms", text: "[QC] Giam gia. Tu choi: soan TC gui 8079" },
    }),
  );
}
