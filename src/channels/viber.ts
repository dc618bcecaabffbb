import { createHash } from "node:crypto";
import type { Purpose } from "../domain/vocabulary.ts";
import type {
  Connector,
  ConnectorContext,
  HandOff,
  HandOffOutcome,
  RenderedContent,
} from "../guard/ports/connector.ts";
import { type CodeTable, outcomeOf } from "./code-action.ts";
import { createHttpClient, type HttpReply } from "./http-client.ts";
import { asReference, asText, parseJsonObject } from "./json-reply.ts";
import { internationalDigits } from "./phone-on-wire.ts";
import { runBatch } from "./run-batch.ts";
import { readWireLimits, type SettingsReader, under, type WireLimits } from "./settings-reader.ts";
import { transportOutcome } from "./transport-outcome.ts";
import { readViberCallback } from "./viber-callback.ts";
import { viberCodes } from "./viber-codes.ts";

export type ViberSettings = WireLimits & {
  readonly url: URL;
  readonly serviceId: number;
  readonly callbackIps: readonly string[];
};

export function readViberSettings(read: SettingsReader): ViberSettings {
  return {
    url: read.url("url", "https://services.viber.com/"),
    serviceId: read.integer("serviceId", { min: 1, max: 2_147_483_647 }),
    callbackIps: read.optionalTexts("callbackIps"),
    ...readWireLimits(read, { timeoutMs: 10_000, concurrencyMax: 32 }),
  };
}

// Limits of the specification (v11.3). A time to live of a day is ours: after that a message has no use.
const textLengthMax = 1_000;
const captionLengthMax = 30;
const ttlUsualS = 86_400;
const ttlMaxS = 1_209_600;
const ttlMinS = 30;

/**
 * Viber Business Messages, the partners' own API: no token, Viber knows us by our address and service id.
 * `seq` is only echoed and there is no status query, so nothing makes a repeat harmless: `none`.
 */
export function createViber(settings: ViberSettings, context: ConnectorContext): Connector {
  const { timeoutMs, concurrencyMax } = settings;
  const http = createHttpClient({ baseUrl: settings.url, timeoutMs, concurrencyMax, now: context.now });

  async function sendOne(handOff: HandOff): Promise<HandOffOutcome> {
    const refuse = (code: string): HandOffOutcome =>
      outcomeOf(handOff, code, { action: "dead" }, context.now());
    const { content } = handOff;
    if (content.channel !== "viber") return refuse("channel_mismatch");
    const form = formOf(content, label(handOff.purpose));
    if (typeof form === "string") return refuse(form);
    const ttl = timeToLiveS(handOff, context.now());
    if (ttl < ttlMinS) return outcomeOf(handOff, "validity_over", { action: "night" }, context.now());
    const reply = await http.send({
      method: "POST",
      url: under(settings.url, "vibersrvc/1/send_message"),
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        service_id: settings.serviceId,
        dest: internationalDigits(handOff.phone),
        seq: sequenceOf(handOff.providerKey),
        type: form.type,
        label: label(handOff.purpose),
        ttl,
        tag: handOff.providerKey,
        message: { ...form.message, "#tracking_data": handOff.providerKey },
      }),
    });
    return readAnswer(handOff, reply, context.now());
  }

  return {
    traits: {
      kind: "viber",
      channels: ["viber"],
      idempotency: "none",
      batchMax: 1,
      concurrencyMax,
      timeoutMs,
    },
    handOff(batch, report) {
      const calls = batch.map((handOff) => ({
        members: [handOff],
        run: (members: readonly HandOff[]) => Promise.all(members.map(sendOne)),
      }));
      return runBatch(batch, calls, { concurrencyMax, now: context.now, report });
    },
    inbound: (request) => readViberCallback(request, settings, context),
    close() {
      http.close();
      return Promise.resolve();
    },
  };
}

const table: CodeTable = viberCodes;

function readAnswer(handOff: HandOff, reply: HttpReply, now: Date): HandOffOutcome {
  const answer = reply.kind === "response" ? parseJsonObject(reply.body) : undefined;
  const code = asText(answer?.["status"]);
  if (answer === undefined || code === undefined || (reply.kind === "response" && reply.status === 429)) {
    return transportOutcome(handOff, reply, now);
  }
  const row = Object.hasOwn(table, code) ? table[code] : undefined;
  if (row === undefined) {
    return outcomeOf(handOff, /^\d{1,6}$/.test(code) ? code : "unlisted", { action: "unknown" }, now);
  }
  const providerReference = asReference(answer["message_token"]);
  const accepted = row.action === "ok" && providerReference !== undefined;
  return outcomeOf(handOff, code, row, now, accepted ? { providerReference } : {});
}

/** Anything that wants something of the reader is a promotion; only care and transactions are not. */
function label(purpose: Purpose): "promotion" | "transaction" {
  return purpose === "customer_care" || purpose === "transaction" ? "transaction" : "promotion";
}

/** Viber's type number for what is to be shown, in the variants that carry tracking data; or what is wrong. */
function formOf(
  content: Extract<RenderedContent, { channel: "viber" }>,
  kind: "promotion" | "transaction",
): { readonly type: number; readonly message: Readonly<Record<string, string>> } | string {
  const text = content.text.normalize("NFC");
  if (text === "" || Array.from(text).length > textLengthMax) return "text_length";
  const { imageUrl, buttonText, buttonUrl } = content;
  if (imageUrl === undefined && buttonText === undefined && buttonUrl === undefined) {
    return { type: kind === "promotion" ? 225 : 206, message: { "#txt": text } };
  }
  // An image with a text goes with a button or not at all.
  if (buttonText === undefined || buttonUrl === undefined) return "button_missing";
  if (Array.from(buttonText).length > captionLengthMax) return "caption_length";
  const button = { "#txt": text, "#caption": buttonText, "#action": buttonUrl };
  return imageUrl === undefined
    ? { type: 209, message: button }
    : { type: 208, message: { ...button, "#img": imageUrl } };
}

function timeToLiveS(handOff: HandOff, now: Date): number {
  if (handOff.validUntil === undefined) return ttlUsualS;
  return Math.min(Math.floor((handOff.validUntil.getTime() - now.getTime()) / 1000), ttlMaxS);
}

/** An integer that is the same for every attempt at a message. */
function sequenceOf(providerKey: string): number {
  return createHash("sha256").update(providerKey).digest().readUInt32BE(0) >>> 1;
}
