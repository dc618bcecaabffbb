import type { Server } from "node:net";
import { createServer, type ReceivedPdu, type Session } from "smpp";
import { boundedMap } from "./bounded-map.ts";
import { sandboxCredentials } from "./credentials.ts";
import type { SandboxWorld } from "./sandbox-world.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { followUp } from "./scenario-answer.ts";

const refusals: Readonly<Record<NonNullable<Scenario["refusal"]>, number>> = {
  opted_out: 0x45,
  opted_out_of_type: 0x45,
  unreachable: 0x0b,
  quota: 0x14,
  night: 0x58,
  account: 0x0f,
  content: 0x66,
  transient: 0x64,
  token: 0x08,
};

const wrongPassword = 0x0e;
const invalidLength = 0x01;

type Part = {
  readonly text: string;
  readonly total: number;
  readonly index: number;
  readonly reference: string;
};

/**
 * An SMSC for SMPP 3.4, built on the `smpp` package so that our connector meets another implementation.
 * Ids are hexadecimal in answers and decimal in receipts; long messages are put together for the records.
 */
export function createSmppSimulator(world: SandboxWorld): { readonly server: Server; stop(): void } {
  const sessions = new Set<Session>();
  const partial = boundedMap<Map<number, string>>(10_000);
  let lastId = 0x0a00_0000;

  function submit(session: Session, pdu: ReceivedPdu): void {
    const phone = pdu.destination_addr ?? "";
    const scenario = scenarioOf(phone);
    const part = partOf(pdu);
    const status = refusalOf(pdu, scenario);
    if (status !== 0) {
      const outcome = `0x${status.toString(16).toUpperCase().padStart(2, "0")}`;
      world.record({ provider: "smpp", key: "", reference: "", phone, text: part.text, outcome });
      session.send(pdu.response({ command_status: status }));
      return;
    }
    lastId += 1;
    const id = lastId;
    const text = whole(phone, part);
    const reference = id.toString(16).toUpperCase().padStart(8, "0");
    if (text !== undefined)
      world.record({ provider: "smpp", key: "", reference, phone, text, outcome: "accepted" });
    const receipt = (state: "delivered" | "failed" | "expired"): void => {
      if (((pdu.registered_delivery ?? 0) & 1) === 1) deliverReceipt(world, session, pdu, id, state);
    };
    // Every part that asked for a receipt gets one; the subscriber answers the message, once.
    const isWhole = text !== undefined;
    followUp(scenario, world, {
      receipt,
      reply: (reply) => isWhole && deliverMessage(session, phone, pdu.source_addr ?? "", reply),
      unsubscribe: () => isWhole && deliverMessage(session, phone, pdu.source_addr ?? "", "TC"),
    });
    answer(session, pdu, scenario, reference);
  }

  function answer(session: Session, pdu: ReceivedPdu, scenario: Scenario, messageId: string): void {
    const respond = (): void => {
      if (!session.socket.destroyed) session.send(pdu.response({ message_id: messageId }));
    };
    switch (scenario.call) {
      case "timeout_after_accept":
        return;
      case "reset_after_accept":
      case "server_error_after_accept":
        session.socket.resetAndDestroy();
        return;
      case "garbage_after_accept":
        session.socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        return;
      case "slow":
        world.later(world.slowMs, respond);
        return;
      default:
        respond();
    }
  }

  /** The text once its last missing part is there; undefined until then. */
  function whole(phone: string, part: Part): string | undefined {
    if (part.total === 1) return part.text;
    const key = `${phone}:${part.reference}`;
    const parts = partial.get(key) ?? new Map<number, string>();
    parts.set(part.index, part.text);
    partial.set(key, parts);
    if (parts.size < part.total) return undefined;
    const text = Array.from({ length: part.total }, (_, index) => parts.get(index + 1) ?? "").join("");
    partial.set(key, new Map());
    return text;
  }

  const bind = (session: Session, pdu: ReceivedPdu): void => {
    const { systemId, password } = sandboxCredentials.smpp;
    const isKnown = pdu.system_id === systemId && pdu.password === password;
    session.send(pdu.response(isKnown ? { system_id: "sandbox" } : { command_status: wrongPassword }));
    if (!isKnown) session.close();
  };

  const server = createServer((session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    // After a unit that it cannot read the package reads no further: the connection is of no use then.
    session.on("error", () => session.destroy());
    for (const command of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) {
      session.on(command, (pdu: ReceivedPdu) => bind(session, pdu));
    }
    session.on("submit_sm", (pdu: ReceivedPdu) => submit(session, pdu));
    session.on("enquire_link", (pdu: ReceivedPdu) => session.send(pdu.response()));
    session.on("unbind", (pdu: ReceivedPdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.socket.unref();
  });
  return {
    server,
    stop() {
      for (const session of sessions) session.destroy();
    },
  };
}

/** command_status of the refusal, 0 for none. */
function refusalOf(pdu: ReceivedPdu, scenario: Scenario): number {
  if ((pdu.destination_addr ?? "") === "") return 0xff;
  if ((pdu.source_addr ?? "").length > 20) return 0x0a;
  if (octetsOf(pdu) > 254) return invalidLength;
  if (scenario.refusal !== undefined) return refusals[scenario.refusal];
  if (scenario.call === "unavailable") return 0x08;
  return scenario.call === "rate_limited" ? 0x58 : 0;
}

function deliverReceipt(
  world: SandboxWorld,
  session: Session,
  submitted: ReceivedPdu,
  id: number,
  state: "delivered" | "failed" | "expired",
): void {
  const stat = { delivered: "DELIVRD", failed: "UNDELIV", expired: "EXPIRED" }[state];
  const dlvrd = state === "delivered" ? "001" : "000";
  const err = state === "delivered" ? "000" : "027";
  const at = world.now().toISOString().replace(/\D/g, "").slice(2, 12);
  deliver(session, {
    source_addr: submitted.destination_addr,
    destination_addr: submitted.source_addr,
    esm_class: 4,
    short_message: `id:${id} sub:001 dlvrd:${dlvrd} submit date:${at} done date:${at} stat:${stat} err:${err} text:`,
    receipted_message_id: String(id),
    message_state: { delivered: 2, failed: 5, expired: 3 }[state],
  });
}

function deliverMessage(session: Session, from: string, to: string, text: string): void {
  const wide = /\P{ASCII}/u.test(text);
  const message = wide ? Buffer.from(text, "utf16le").swap16() : Buffer.from(text, "ascii");
  deliver(session, {
    source_addr: from,
    destination_addr: to,
    data_coding: wide ? 8 : 0,
    short_message: message,
  });
}

function deliver(session: Session, fields: Readonly<Record<string, unknown>>): void {
  if (!session.socket.destroyed) session.deliver_sm(fields);
}

function partOf(pdu: ReceivedPdu): Part {
  const { udh, message } = pdu.short_message ?? { message: "" };
  const text = typeof message === "string" ? message : message.toString("latin1");
  // Information element 0: concatenation with an 8-bit reference (3GPP TS 23.040, 9.2.3.24.1).
  const element = udh?.find((one) => one[0] === 0x00);
  const total = element?.[3] ?? 1;
  return { text, total, index: element?.[4] ?? 1, reference: `${element?.[2] ?? ""}` };
}

function octetsOf(pdu: ReceivedPdu): number {
  const { udh, message } = pdu.short_message ?? { message: "" };
  const header = udh === undefined ? 0 : 1 + udh.reduce((sum, one) => sum + one.length, 0);
  return header + (typeof message === "string" ? Array.from(message).length : message.length);
}
