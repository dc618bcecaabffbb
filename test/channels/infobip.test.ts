import { afterEach, beforeEach, expect, test } from "vitest";
import { createConnector } from "../../src/channels/create-connector.ts";
import { infobipRequestErrors, infobipStatuses } from "../../src/channels/infobip-codes.ts";
import type { Connector, HandOff, RenderedContent } from "../../src/guard/ports/connector.ts";
import { sandboxCredentials } from "../../src/sandbox/credentials.ts";
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

function infobip(
  more: Record<string, unknown> = {},
  context: Parameters<typeof contextOf>[1] = {},
): Connector {
  const settings = { ...sandboxCredentials.infobip, url: sandbox.urls.infobip, ...more };
  const connector = createConnector("infobip", contextOf(settings, context));
  opened.push(connector);
  return connector;
}

const contents: readonly RenderedContent[] = [
  { channel: "sms", text: "Mã OTP 686868" },
  { channel: "viber", text: "Đơn hàng đã giao", buttonText: "Xem", buttonUrl: "https://a.vn" },
  { channel: "zns", templateId: "322307", tag: 1, data: { name: "An" } },
];

test("a batch of three channels goes in one call for each, one outcome a message", async () => {
  const batch = contents.flatMap((content) => [handOffOf({ content }), handOffOf({ content })]);
  const outcomes = await infobip().handOff(batch);
  expect(outcomes.map((outcome) => outcome.intentId)).toEqual(batch.map((handOff) => handOff.intentId));
  expect(outcomes.every((outcome) => outcome.state === "sent" && outcome.code === "PENDING_ACCEPTED")).toBe(
    true,
  );
  expect(new Set(sandbox.records.calls("infobip").map((call) => call.key))).toEqual(
    new Set(batch.map((handOff) => handOff.providerKey)),
  );
});

test.each(Object.entries(infobipStatuses))("status %s calls for its action", async (name, row) => {
  const handOff = handOffOf();
  const body = JSON.stringify({
    messages: [{ messageId: handOff.providerKey, status: { groupId: 5, name } }],
  });
  sandbox.answerNext("infobip", { kind: "reply", status: 200, body });
  const [outcome] = await infobip().handOff([handOff]);
  expect(outcome).toMatchObject({
    action: row.action,
    code: name,
    state: row.action === "ok" ? "sent" : "rejected",
  });
  expect(outcome?.refusalScope).toBe("refusalScope" in row ? row.refusalScope : undefined);
});

test.each([
  [1, "sent", "ok"],
  [2, "rejected", "unreachable"],
  [4, "rejected", "dead"],
  [5, "rejected", "dead"],
  [9, "unknown", "unknown"],
])("an unlisted name of group %i is %s", async (groupId, state, action) => {
  const handOff = handOffOf();
  const body = JSON.stringify({
    messages: [{ messageId: handOff.providerKey, status: { groupId, name: "NEW_NAME" } }],
  });
  sandbox.answerNext("infobip", { kind: "reply", status: 200, body });
  expect(await infobip().handOff([handOff])).toMatchObject([{ state, action, code: "NEW_NAME" }]);
});

test.each(Object.entries(infobipRequestErrors))("error %s calls for its action", async (errorCode, row) => {
  const status = Number(errorCode.slice(1));
  sandbox.answerNext("infobip", {
    kind: "reply",
    status,
    body: JSON.stringify({ errorCode, description: "d" }),
  });
  const [outcome] = await infobip().handOff([handOffOf()]);
  expect(outcome?.action).toBe(row.action);
});

test("one faulty message does not take the others with it, and nothing goes twice", async () => {
  const faulty = handOffOf({ content: { channel: "zns", templateId: "1", tag: 1, data: {} }, sender: "" });
  const good = handOffOf({ content: { channel: "zns", templateId: "1", tag: 1, data: {} } });
  const outcomes = await infobip().handOff([faulty, good]);
  expect(outcomes).toMatchObject([{ state: "rejected", action: "dead", code: "E400" }, { state: "sent" }]);
  expect(sandbox.records.counts("infobip")).toEqual({ accepted: 1 });
});

test("a message left out of the answer is unknown", async () => {
  sandbox.answerNext("infobip", { kind: "reply", status: 200, body: '{"messages":[]}' });
  expect(await infobip().handOff([handOffOf()])).toMatchObject([
    { state: "unknown", code: "missing_in_answer" },
  ]);
});

test("an unknown outcome is settled by the logs, and absence counts only after their lag", async () => {
  const now = new Date();
  const connector = infobip({ timeoutMs: 1_000 }, { now: () => now });
  const taken = handOffOf({ phone: magic("10") });
  expect(await connector.handOff([taken])).toMatchObject([{ state: "unknown", code: "timeout" }]);
  const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
  const results = await connector.lookUp?.([
    { providerKey: taken.providerKey },
    { providerKey: "never-seen-old", handedOffAt: ago(30) },
    { providerKey: "never-seen-new", handedOffAt: ago(1) },
    { providerKey: "never-seen-ancient", handedOffAt: ago(60 * 49) },
  ]);
  expect(results?.map((result) => result.state)).toEqual([
    expect.stringMatching(/accepted|delivered/),
    "not_found",
    "unknown",
    "unknown",
  ]);
});

test("a repeated message id is the first message again", async () => {
  const connector = infobip();
  const handOff = handOffOf();
  await connector.handOff([handOff]);
  expect(await connector.handOff([handOff])).toMatchObject([
    { state: "sent", code: "REJECTED_DUPLICATE_MESSAGE_ID" },
  ]);
  expect(sandbox.records.counts("infobip")).toEqual({ accepted: 1, duplicate: 1 });
});

test("the validity ends with the allowed hours", async () => {
  const now = new Date("2026-11-24T14:59:00Z");
  const connector = infobip({}, { now: () => now });
  const until = (seconds: number): HandOff =>
    handOffOf({ validUntil: new Date(now.getTime() + seconds * 1000) });
  expect(await connector.handOff([until(60), until(20)])).toMatchObject([
    { state: "sent" },
    { state: "rejected", action: "night", code: "validity_over" },
  ]);
});
