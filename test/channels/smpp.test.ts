import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createConnector } from "../../src/channels/create-connector.ts";
import { smppSubmitCodes } from "../../src/channels/smpp-codes.ts";
import { createPduReader, encodePdu } from "../../src/channels/smpp-pdu.ts";
import type { Connector, InboundEvent } from "../../src/guard/ports/connector.ts";
import { sandboxCredentials } from "../../src/sandbox/credentials.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { contextOf, eventually, handOffOf, magic } from "./connector-context.ts";

let sandbox: Sandbox;
const opened: Connector[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  sandbox = await startSandbox({ now: () => new Date(), slowMs: 50, lateMs: 50 });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connector) => connector.close()));
  for (const server of servers.splice(0)) server.close();
  await sandbox.stop();
});

function smpp(
  more: Record<string, unknown> = {},
  receive?: (events: readonly InboundEvent[]) => Promise<void>,
): Connector {
  const settings = { ...sandboxCredentials.smpp, ...sandbox.smpp, timeoutMs: 1_000, ...more };
  const connector = createConnector("smpp", contextOf(settings, receive === undefined ? {} : { receive }));
  opened.push(connector);
  return connector;
}

const sms = (text: string) => ({ channel: "sms", text }) as const;

test.each(["2803 la ma xac minh", "Mã OTP 686868", "Quà tặng của bạn", "Giá 5€ [A] {b}"])(
  "%s arrives letter for letter at another implementation",
  async (text) => {
    const [outcome] = await smpp().handOff([handOffOf({ content: sms(text) })]);
    const [call] = sandbox.records.calls("smpp");
    expect(call).toMatchObject({ text, phone: "84901888484", outcome: "accepted" });
    expect(outcome).toMatchObject({ state: "sent", code: "0x00", providerReference: call?.reference });
  },
);

test("long texts arrive whole from their parts", async () => {
  const latin = "[QC] ".concat("Giam gia 50% ".repeat(30));
  const vietnamese = "Kính gửi quý khách ế ".repeat(20);
  const outcomes = await smpp().handOff([
    handOffOf({ content: sms(latin) }),
    handOffOf({ content: sms(vietnamese) }),
  ]);
  expect(outcomes).toMatchObject([{ state: "sent" }, { state: "sent" }]);
  expect(new Set(sandbox.records.calls("smpp").map((call) => call.text))).toEqual(
    new Set([latin, vietnamese]),
  );
});

test.each(Object.entries(smppSubmitCodes))("status %s calls for its action", async (name, row) => {
  const port = await smsc((pdu, reply) => {
    if (pdu.commandId === 9) reply(0, Buffer.from("smsc\0"));
    if (pdu.commandId === 4) reply(Number(name), name === "0x00" ? Buffer.from("id-1\0") : Buffer.alloc(0));
  });
  const [outcome] = await smpp({ port }).handOff([handOffOf()]);
  expect(outcome).toMatchObject({
    action: row.action,
    code: name,
    state: row.action === "ok" ? "sent" : "rejected",
  });
});

test.each([
  ["10", "timeout"],
  ["11", "connection_reset"],
  ["16", "malformed_pdu"],
])(
  "number %s: taken without an answer is unknown, and the next message gets a new connection",
  async (lastTwo, code) => {
    const connector = smpp({ timeoutMs: 1_000 });
    const [outcome] = await connector.handOff([handOffOf({ phone: magic(lastTwo) })]);
    expect(outcome).toMatchObject({ state: "unknown", action: "unknown" });
    if (lastTwo !== "11") expect(outcome?.code).toBe(code);
    expect(sandbox.records.counts("smpp")).toEqual({ accepted: 1 });
    expect(await connector.handOff([handOffOf()])).toMatchObject([{ state: "sent" }]);
  },
);

test("a wrong password stops for a person and is not tried again at once", async () => {
  const connector = smpp({ password: "wrong" });
  const outcomes = await connector.handOff([handOffOf(), handOffOf()]);
  expect(outcomes).toMatchObject([
    { state: "rejected", action: "hold", code: "0x0E" },
    { state: "rejected", action: "hold", code: "0x0E" },
  ]);
});

test("nobody listening is a certain refusal", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(await smpp({ port }).handOff([handOffOf()])).toMatchObject([
    { state: "rejected", action: "backoff", code: "connection_refused" },
  ]);
});

test("half a long message is unknown, and its rest is kept back", async () => {
  let parts = 0;
  const port = await smsc((pdu, reply) => {
    if (pdu.commandId === 9) reply(0, Buffer.from("smsc\0"));
    if (pdu.commandId !== 4) return;
    parts += 1;
    reply(parts === 2 ? 0x14 : 0, Buffer.from(parts === 2 ? "" : `id-${parts}\0`));
  });
  const [outcome] = await smpp({ port }).handOff([handOffOf({ content: sms("ế".repeat(200)) })]);
  expect(outcome).toMatchObject({ state: "unknown", code: "partial_0x14" });
  expect(parts).toBe(2);
});

test("no more than the window is ever without an answer", async () => {
  let open = 0;
  let most = 0;
  const port = await smsc((pdu, reply) => {
    if (pdu.commandId === 9) reply(0, Buffer.from("smsc\0"));
    if (pdu.commandId !== 4) return;
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      reply(0, Buffer.from("id\0"));
    }, 5);
  });
  const outcomes = await smpp({ port, concurrencyMax: 4 }).handOff(
    Array.from({ length: 40 }, () => handOffOf()),
  );
  expect(outcomes.every((outcome) => outcome.state === "sent")).toBe(true);
  expect(most).toBe(4);
});

test("a silent line is found out by enquire_link and made again", async () => {
  let binds = 0;
  const port = await smsc((pdu, reply) => {
    if (pdu.commandId !== 9) return;
    binds += 1;
    reply(0, Buffer.from("smsc\0"));
  });
  smpp({ port, enquireMs: 100 }, async () => undefined);
  await eventually(() => expect(binds).toBeGreaterThanOrEqual(2));
});

test.each([
  ["00", "delivered", "state_2"],
  ["01", "failed", "err_027"],
  ["05", "delivered", "state_2"],
  ["07", "expired", "err_027"],
])(
  "number %s: its receipt finds the message, also before the answer and in the other base",
  async (lastTwo, state, code) => {
    const events: InboundEvent[] = [];
    const connector = smpp({}, async (arrived) => {
      events.push(...arrived);
    });
    const handOff = handOffOf({ phone: magic(lastTwo) });
    const [outcome] = await connector.handOff([handOff]);
    await eventually(() => expect(events).toHaveLength(1));
    expect(events[0]).toMatchObject({
      type: "receipt",
      providerKey: handOff.providerKey,
      providerReference: outcome?.providerReference,
      state,
      code,
    });
  },
);

test.each([
  ["30", "TC"],
  ["31", "Từ chối"],
])("number %s: what the subscriber answers arrives as %s", async (lastTwo, text) => {
  const events: InboundEvent[] = [];
  const connector = smpp({}, async (arrived) => {
    events.push(...arrived);
  });
  await connector.handOff([handOffOf({ phone: magic(lastTwo), sender: "8079" })]);
  await eventually(() => expect(events.filter((event) => event.type === "message")).toHaveLength(1));
  expect(events.find((event) => event.type === "message")).toEqual({
    type: "message",
    phone: magic(lastTwo),
    text,
    to: "8079",
  });
});

test("what could not be recorded is not acknowledged, so the SMSC keeps it", async () => {
  const answers: number[] = [];
  let refusing = true;
  const port = await smsc((pdu, reply, socket) => {
    if (pdu.commandId === 9) {
      reply(0, Buffer.from("smsc\0"));
      const body = deliverBody("84901888484", "8079", 0, 0, Buffer.from("TC"));
      for (const sequence of [1, 2]) socket.write(encodePdu({ commandId: 5, status: 0, sequence, body }));
    }
    if (pdu.commandId === 0x80000005) answers.push(pdu.status);
  });
  smpp({ port }, async () => {
    if (!refusing) return;
    refusing = false;
    throw new Error("store down");
  });
  await eventually(() => expect(answers.sort()).toEqual([0, 0x64]));
});

test.each([
  ["an id that is a UUID", "6f1c2a34-0000-4000-8000-000000000001", "6f1c2a34-0000-4000-8000-000000000001"],
  ["no id at all", "", "77"],
  ["a decimal id and a hexadecimal receipt", "2748", "ABC"],
  ["a hexadecimal id with zeros and a decimal receipt", "00000ABC", "2748"],
])("%s: the receipt still finds its message", async (_, answered, receipted) => {
  const port = await smsc((pdu, reply, socket) => {
    if (pdu.commandId === 9) reply(0, Buffer.from("smsc\0"));
    if (pdu.commandId !== 4) return;
    reply(0, Buffer.from(`${answered}\0`));
    const text = Buffer.from(`id:${receipted} sub:001 dlvrd:001 stat:DELIVRD err:000`);
    // Source and destination as in the message itself, not swapped: that happens.
    const body = deliverBody("Baotrixemay", "84901888484", 4, 0, text);
    socket.write(encodePdu({ commandId: 5, status: 0, sequence: 9, body }));
  });
  const events: InboundEvent[] = [];
  const connector = smpp({ port }, async (arrived) => {
    events.push(...arrived);
  });
  const handOff = handOffOf();
  await connector.handOff([handOff]);
  await eventually(() =>
    expect(events).toMatchObject([{ type: "receipt", providerKey: handOff.providerKey, state: "delivered" }]),
  );
});

test.each([
  ["a length below the header", "0000000a00000001"],
  ["a length beyond all bounds", "7fffffff00000005"],
  ["another protocol", Buffer.from("HTTP/1.1 200 OK\r\n\r\n").toString("hex")],
])("%s ends the connection and nothing else", async (_, hex) => {
  const port = await smsc((pdu, reply, socket) => {
    if (pdu.commandId === 9) reply(0, Buffer.from("smsc\0"));
    if (pdu.commandId === 4) socket.write(Buffer.from(hex, "hex"));
  });
  const [outcome] = await smpp({ port }).handOff([handOffOf()]);
  expect(outcome).toMatchObject({ state: "unknown", code: "malformed_pdu" });
});

test("a deliver_sm cut short is taken and dropped", async () => {
  const answers: number[] = [];
  const port = await smsc((pdu, reply, socket) => {
    if (pdu.commandId === 9) {
      reply(0, Buffer.from("smsc\0"));
      for (const length of [0, 1, 5, 12, 20]) {
        const body = deliverBody("84901888484", "8079", 0, 0, Buffer.from("TC")).subarray(0, length);
        socket.write(encodePdu({ commandId: 5, status: 0, sequence: 100 + length, body }));
      }
    }
    if (pdu.commandId === 0x80000005) answers.push(pdu.status);
  });
  const receive = vi.fn(async () => undefined);
  smpp({ port }, receive);
  await eventually(() => expect(answers).toEqual([0, 0, 0, 0, 0]));
  expect(receive).not.toHaveBeenCalled();
});

test("the simulated SMSC never listens beyond loopback and lives no longer than it is told", async () => {
  await sandbox.stop();
  const refused = await new Promise<boolean>((resolve) => {
    const socket = connect(sandbox.smpp.port, "127.0.0.1");
    socket.on("error", () => resolve(true));
    socket.on("connect", () => resolve(false));
  });
  expect(refused).toBe(true);
});

type RawPdu = { commandId: number; status: number; sequence: number; body: Buffer };

/** A bare SMSC that answers each unit as the test says. */
function smsc(
  onPdu: (pdu: RawPdu, reply: (status: number, body: Buffer) => void, socket: Socket) => void,
): Promise<number> {
  const server = createServer((socket) => {
    const reader = createPduReader();
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      for (const pdu of reader.push(chunk) ?? []) {
        const reply = (status: number, body: Buffer): void => {
          const commandId = pdu.commandId + 0x80000000;
          if (socket.writable) socket.write(encodePdu({ commandId, status, sequence: pdu.sequence, body }));
        };
        onPdu(pdu, reply, socket);
      }
    });
  });
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

/** deliver_sm by the specification's table 4-15. */
function deliverBody(
  from: string,
  to: string,
  esmClass: number,
  dataCoding: number,
  message: Buffer,
): Buffer {
  const head = Buffer.from(`\0\x01\x01${from}\0\x01\x01${to}\0`, "latin1");
  const middle = Buffer.from([esmClass, 0, 0, 0, 0, 0, 0, dataCoding, 0, message.length]);
  return Buffer.concat([head, middle, message]);
}
