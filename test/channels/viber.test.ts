import { afterEach, beforeEach, expect, test } from "vitest";
import { createConnector } from "../../src/channels/create-connector.ts";
import { viberCodes } from "../../src/channels/viber-codes.ts";
import type { Connector, HandOff } from "../../src/guard/ports/connector.ts";
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

function viber(more: Record<string, unknown> = {}, context: Parameters<typeof contextOf>[1] = {}): Connector {
  const settings = { ...sandboxCredentials.viber, url: sandbox.urls.viber, ...more };
  const connector = createConnector("viber", contextOf(settings, context));
  opened.push(connector);
  return connector;
}

function message(more: Partial<HandOff> = {}): HandOff {
  return handOffOf({
    content: { channel: "viber", text: "Đơn hàng A1 đã giao" },
    purpose: "transaction",
    ...more,
  });
}

test("a text is accepted under Viber's token", async () => {
  const handOff = message();
  const [outcome] = await viber().handOff([handOff]);
  const [call] = sandbox.records.calls("viber");
  expect(outcome).toMatchObject({ state: "sent", code: "0", providerReference: call?.reference });
  expect(call).toMatchObject({ phone: "84901888484", text: "Đơn hàng A1 đã giao", key: handOff.providerKey });
});

test.each(Object.entries(viberCodes))("status %s calls for its action", async (code, row) => {
  const body = JSON.stringify({ seq: 1, status: Number(code), message_token: "5379" });
  sandbox.answerNext("viber", { kind: "reply", status: 200, body });
  const [outcome] = await viber().handOff([message()]);
  const state = { ok: "sent", unknown: "unknown" }[row.action as string] ?? "rejected";
  expect(outcome).toMatchObject({ state, action: row.action, code });
  expect(outcome?.refusalScope).toBe("refusalScope" in row ? row.refusalScope : undefined);
});

test.each([
  [
    {
      channel: "viber",
      text: "QC",
      imageUrl: "https://a.vn/i.png",
      buttonText: "Xem",
      buttonUrl: "https://a.vn",
    },
    "sent",
  ],
  [{ channel: "viber", text: "QC", buttonText: "Xem", buttonUrl: "https://a.vn" }, "sent"],
  [{ channel: "viber", text: "QC" }, "sent"],
  [{ channel: "viber", text: "QC", imageUrl: "https://a.vn/i.png" }, "button_missing"],
  [{ channel: "viber", text: "QC", buttonText: "x".repeat(31), buttonUrl: "https://a.vn" }, "caption_length"],
  [{ channel: "viber", text: "ế".repeat(1001) }, "text_length"],
  [{ channel: "sms", text: "QC" }, "channel_mismatch"],
] as const)("%o is %s", async (content, expected) => {
  const [outcome] = await viber().handOff([message({ content, purpose: "advertising" })]);
  expect(outcome?.state === "sent" ? "sent" : outcome?.code).toBe(expected);
});

test("what may not arrive any more is not sent, and the rest dies at its time", async () => {
  const now = new Date("2026-11-24T14:59:00Z");
  const connector = viber({}, { now: () => now });
  const until = (seconds: number): HandOff =>
    message({ validUntil: new Date(now.getTime() + seconds * 1000) });
  expect(await connector.handOff([until(60)])).toMatchObject([{ state: "sent" }]);
  expect(await connector.handOff([until(29)])).toMatchObject([{ state: "rejected", code: "validity_over" }]);
});

test.each(["10", "11", "12", "16"])(
  "number %s: taken without an answer is unknown and never sent again",
  async (lastTwo) => {
    const [outcome] = await viber({ timeoutMs: 1_000 }).handOff([message({ phone: magic(lastTwo) })]);
    expect(outcome).toMatchObject({ state: "unknown", action: "unknown" });
    expect(sandbox.records.counts("viber")).toEqual({ accepted: 1 });
  },
);
