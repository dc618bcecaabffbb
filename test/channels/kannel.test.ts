import { afterEach, beforeEach, expect, test } from "vitest";
import { createConnector } from "../../src/channels/create-connector.ts";
import type { Connector } from "../../src/guard/ports/connector.ts";
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

function kannel(more: Record<string, unknown> = {}): Connector {
  const settings = { ...sandboxCredentials.kannel, url: sandbox.urls.kannel, ...more };
  const connector = createConnector("kannel", contextOf(settings));
  opened.push(connector);
  return connector;
}

const sms = (text: string) => ({ channel: "sms", text }) as const;

test.each(["Mã OTP 686868", "Quà tặng của bạn", "2803 la ma xac minh", "Café crème"])(
  "%s arrives letter for letter",
  async (text) => {
    expect(await kannel().handOff([handOffOf({ content: sms(text) })])).toMatchObject([
      { state: "sent", code: "http_202" },
    ]);
    expect(sandbox.records.calls("kannel")).toMatchObject([{ text, phone: "+84901888484" }]);
  },
);

// What the real gateway answers (observed), and a 503 that is not the gateway's own.
test.each([
  [202, "0: Accepted for delivery", "sent", "ok"],
  [202, "3: Queued for later delivery", "sent", "ok"],
  [403, "Authorization failed for sendsms", "rejected", "hold"],
  [400, "Missing receiver number, rejected", "rejected", "dead"],
  [404, "Unknown request.", "rejected", "hold"],
  [503, "Temporal failure, try again later.", "rejected", "backoff"],
  [503, "no healthy upstream", "unknown", "unknown"],
  [500, "", "unknown", "unknown"],
])("%i %s is %s", async (status, body, state, action) => {
  sandbox.answerNext("kannel", { kind: "reply", status, body, contentType: "text/plain" });
  expect(await kannel().handOff([handOffOf()])).toMatchObject([{ state, action, code: `http_${status}` }]);
});

test("what Kannel would cut is not sent", async () => {
  const outcomes = await kannel().handOff([
    handOffOf({ content: sms("a".repeat(918)) }),
    handOffOf({ content: sms("a".repeat(919)) }),
    handOffOf({ content: sms("ế".repeat(403)) }),
  ]);
  expect(outcomes).toMatchObject([
    { state: "sent" },
    { state: "rejected", action: "dead", code: "message_too_long" },
    { state: "rejected", action: "dead", code: "message_too_long" },
  ]);
});

test.each(["10", "11", "12", "16"])(
  "number %s: taken without an answer is unknown and never sent again",
  async (lastTwo) => {
    const [outcome] = await kannel({ timeoutMs: 1_000 }).handOff([handOffOf({ phone: magic(lastTwo) })]);
    // Number 16 answers 200 with a page, which is no answer of Kannel's.
    expect(outcome).toMatchObject({ state: "unknown" });
    expect(sandbox.records.counts("kannel")).toEqual({ accepted: 1 });
  },
);
