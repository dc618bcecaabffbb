import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createConnector } from "../../../src/channels/create-connector.ts";
import { smsParts } from "../../../src/channels/sms-encoding.ts";
import type { Connector, InboundEvent } from "../../../src/guard/ports/connector.ts";
import { contextOf, handOffOf } from "../connector-context.ts";
import { type ForeignProcess, foreignPerlModule, freePort, runForeign } from "./foreign-tools.ts";

let smsc: ForeignProcess | undefined;
let connector: Connector | undefined;
const events: InboundEvent[] = [];

beforeAll(async () => {
  foreignPerlModule("Net::SMPP");
  const port = await freePort();
  const running = runForeign("perl", [new URL("net-smpp-smsc.pl", import.meta.url).pathname, String(port)]);
  smsc = running;
  await vi.waitFor(() => expect(running.output()).toContain("listening"), 10_000);
  const settings = { host: "127.0.0.1", port, systemId: "guard", password: "secret", timeoutMs: 3_000 };
  connector = createConnector(
    "smpp",
    contextOf(settings, {
      receive: async (arrived) => {
        events.push(...arrived);
      },
    }),
  );
});
afterAll(async () => {
  await connector?.close();
  await smsc?.stop();
});

test.each([
  ["14", "backoff", "0x14"],
  ["58", "backoff", "0x58"],
  ["11", "dead", "0x0B"],
  ["45", "dead", "0x45"],
])("its refusal %s is understood", async (lastTwo, action, code) => {
  const outcomes = await connector?.handOff([handOffOf({ phone: `+849018884${lastTwo}` })]);
  expect(outcomes).toMatchObject([{ state: "rejected", action, code }]);
});

test.each([
  ["00", "delivered", "state_2"],
  ["05", "delivered", "state_2"],
  ["61", "failed", "err_027"],
  ["62", "expired", "err_027"],
  ["63", "failed", "err_027"],
])("its receipt for %s finds the message by the other base of its id", async (lastTwo, state, code) => {
  const handOff = handOffOf({ phone: `+849018884${lastTwo}` });
  const outcomes = await connector?.handOff([handOff]);
  expect(outcomes).toMatchObject([
    { state: "sent", providerReference: expect.stringMatching(/^[0-9A-F]+$/) },
  ]);
  await vi.waitFor(() =>
    expect(
      events.filter((event) => event.type === "receipt" && event.providerKey === handOff.providerKey),
    ).toMatchObject([{ state, code, providerReference: outcomes?.[0]?.providerReference }]),
  );
});

test("accented text reaches it octet for octet, in the parts that were announced", async () => {
  const text = "Kính gửi quý khách: ưu đãi hè. ".repeat(5);
  const announced = smsParts(text).parts.map((part) => part.toString("hex"));
  await connector?.handOff([handOffOf({ content: { channel: "sms", text } })]);
  await vi.waitFor(() => {
    const received = [...(smsc?.output() ?? "").matchAll(/submit dcs=8 esm=64 hex=0500 ?03([0-9a-f]+)/g)].map(
      (match) => match[1]?.slice(6),
    );
    expect(received).toEqual(announced);
  });
});
