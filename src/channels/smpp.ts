import type {
  Connector,
  ConnectorContext,
  HandOff,
  HandOffOutcome,
  InboundEvent,
} from "../guard/ports/connector.ts";
import { type CodeTable, outcomeOf } from "./code-action.ts";
import { createConcurrencyGate } from "./concurrency-gate.ts";
import { asReference } from "./json-reply.ts";
import { isLoopback } from "./loopback.ts";
import { fromWire, internationalDigits } from "./phone-on-wire.ts";
import { runBatch } from "./run-batch.ts";
import { readWireLimits, type SettingsReader, type WireLimits } from "./settings-reader.ts";
import { type DeliverSm, readDeliverSm, submitBody } from "./smpp-bodies.ts";
import { smppStatusName, smppSubmitCodes } from "./smpp-codes.ts";
import { createSmppReceipts } from "./smpp-receipts.ts";
import { createSmppSession, type SubmitReply } from "./smpp-session.ts";
import { fromGsm7, fromUcs2, smsParts } from "./sms-encoding.ts";

export type SmppSettings = WireLimits & {
  readonly host: string;
  readonly port: number;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly tls: boolean;
  readonly enquireMs: number;
  readonly partsMax: number;
};

export function readSmppSettings(read: SettingsReader): SmppSettings {
  const host = read.text("host", { lengthMax: 253 });
  const tls = read.optionalFlag("tls");
  // Said aloud, plain SMPP is the operator's decision (a leased line, a VPN); left unsaid it is a mistake.
  if (tls === undefined && host !== "" && !isLoopback(host)) {
    read.fault("tls", "tls_required", "tls must be true, or false if the line itself is protected");
  }
  return {
    host,
    port: read.integer("port", { min: 1, max: 65_535 }),
    systemId: read.text("systemId", { lengthMax: 15 }),
    password: read.text("password", { lengthMax: 8 }),
    systemType: read.optionalText("systemType") ?? "",
    tls: tls ?? false,
    enquireMs: read.integer("enquireMs", { min: 100, max: 600_000, fallback: 30_000 }),
    partsMax: read.integer("partsMax", { min: 1, max: 255, fallback: 10 }),
    ...readWireLimits(read, { timeoutMs: 10_000, concurrencyMax: 32 }),
  };
}

/**
 * SMPP 3.4 as a transceiver. The window is `concurrencyMax`; the encoding is always named and long texts are
 * cut here, so that the parts are those that were announced. submit_sm has no idempotency: `none`. Of a long
 * message only the last part asks for a receipt, and its id stands for the message.
 */
export function createSmpp(settings: SmppSettings, context: ConnectorContext): Connector {
  const { timeoutMs, concurrencyMax } = settings;
  const receipts = createSmppReceipts({ answerWaitMs: Math.min(timeoutMs, 5_000) });
  const window = createConcurrencyGate(concurrencyMax);
  const session = createSmppSession({ ...settings, now: context.now, onDeliver });
  let reference = 0;
  if (context.receive !== undefined) session.open();

  async function onDeliver(body: Buffer): Promise<boolean> {
    const deliver = readDeliverSm(body);
    // What cannot be read will not become readable: taken, so that it is not sent for ever.
    if (deliver === undefined) return true;
    if (context.receive === undefined) return false;
    const event = (await receipts.read(deliver)) ?? readMessage(deliver);
    await context.receive([event]);
    return true;
  }

  async function sendOne(handOff: HandOff): Promise<HandOffOutcome> {
    const refuse = (code: string): HandOffOutcome =>
      outcomeOf(handOff, code, { action: "dead" }, context.now());
    if (handOff.content.channel !== "sms") return refuse("channel_mismatch");
    const { encoding, parts } = smsParts(handOff.content.text);
    if (parts.length > settings.partsMax) return refuse("message_too_long");
    if (!isAddress(handOff.sender)) return refuse("sender_form");
    reference = (reference + 1) % 256;
    const ownReference = reference;
    const submit = (part: Buffer, index: number): Promise<SubmitReply> => {
      const isLast = index === parts.length - 1;
      const header = parts.length === 1 ? [] : [0x05, 0x00, 0x03, ownReference, parts.length, index + 1];
      const body = submitBody({
        source: handOff.sender,
        destination: internationalDigits(handOff.phone),
        esmClass: parts.length === 1 ? 0 : 0x40,
        validityPeriod: handOff.validUntil === undefined ? "" : absoluteTime(handOff.validUntil),
        registeredDelivery: isLast ? 1 : 0,
        dataCoding: encoding === "gsm7" ? 0 : 8,
        message: Buffer.concat([Buffer.from(header), part]),
      });
      return window.run(async () => {
        if (!isLast) return session.submit(body);
        const waiting = receipts.submitting(handOff);
        const reply = await session.submit(body);
        waiting.answered(reply.kind === "response" && reply.status === 0 ? reply.messageId : undefined);
        return reply;
      });
    };
    const replies: SubmitReply[] = [];
    for (const [index, part] of parts.entries()) {
      const reply = await submit(part, index);
      replies.push(reply);
      // Nothing after a part that was not taken: half a message is worse than none.
      if (reply.kind !== "response" || reply.status !== 0) break;
    }
    return readReplies(handOff, replies, context.now());
  }

  return {
    traits: { kind: "smpp", channels: ["sms"], idempotency: "none", batchMax: 1, concurrencyMax, timeoutMs },
    handOff(batch, report) {
      const calls = batch.map((handOff) => ({
        members: [handOff],
        run: (members: readonly HandOff[]) => Promise.all(members.map(sendOne)),
      }));
      return runBatch(batch, calls, { concurrencyMax, now: context.now, report });
    },
    close: () => session.close(),
  };
}

const table: CodeTable = smppSubmitCodes;

function readReplies(handOff: HandOff, replies: readonly SubmitReply[], now: Date): HandOffOutcome {
  const last = replies.at(-1);
  if (last === undefined) return outcomeOf(handOff, "empty", { action: "dead" }, now);
  const partly = replies.length > 1;
  if (last.kind === "ambiguous") return outcomeOf(handOff, last.code, { action: "unknown" }, now);
  const code = last.kind === "not_sent" ? last.code : smppStatusName(last.status);
  const isTaken = last.kind === "response" && last.status === 0;
  // Earlier parts are with the SMSC: the whole was neither handed over nor kept back.
  if (!isTaken && partly) return outcomeOf(handOff, `partial_${code}`, { action: "unknown" }, now);
  if (last.kind === "not_sent") {
    const more = last.retryAt === undefined ? {} : { retryAt: last.retryAt };
    return outcomeOf(handOff, code, { action: last.hold ? "hold" : "backoff" }, now, last.hold ? {} : more);
  }
  const row = Object.hasOwn(table, code) ? table[code] : undefined;
  const providerReference = asReference(last.messageId);
  const more = isTaken && providerReference !== undefined ? { providerReference } : {};
  return outcomeOf(handOff, code, row ?? { action: "hold" }, now, more);
}

function readMessage(deliver: DeliverSm): InboundEvent {
  const phone = fromWire(deliver.source);
  if (phone === undefined) return { type: "ignored", code: "no_number" };
  return { type: "message", phone, text: textOf(deliver), to: deliver.destination };
}

const userDataHeader = 0x40;

function textOf(deliver: DeliverSm): string {
  const skip = (deliver.esmClass & userDataHeader) === 0 ? 0 : (deliver.message[0] ?? 0) + 1;
  const octets = deliver.message.subarray(skip);
  if ((deliver.dataCoding & 0x0c) === 0x08) return fromUcs2(octets);
  return deliver.dataCoding === 0 ? fromGsm7(octets) : octets.toString("latin1");
}

/** YYMMDDhhmmss, tenths, and the distance from UTC, which is none (7.1.1.1). */
function absoluteTime(at: Date): string {
  return `${at.toISOString().replace(/\D/g, "").slice(2, 14)}000+`;
}

/** A number, or a brandname that fits: 11 characters of the default alphabet. */
function isAddress(sender: string): boolean {
  return /^\d{1,20}$/.test(sender) || /^[\x20-\x7e]{1,11}$/.test(sender);
}
