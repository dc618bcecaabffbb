import type { Connector, ConnectorContext, HandOff, HandOffOutcome } from "../guard/ports/connector.ts";
import { type CodeTable, outcomeOf } from "./code-action.ts";
import { createHttpClient, type HttpReply } from "./http-client.ts";
import { asReference } from "./json-reply.ts";
import { kannelAnswers } from "./kannel-codes.ts";
import { readKannelInbound } from "./kannel-inbound.ts";
import { runBatch } from "./run-batch.ts";
import { readWireLimits, type SettingsReader, under, type WireLimits } from "./settings-reader.ts";
import { smsEncodingOf, smsParts } from "./sms-encoding.ts";
import { transportOutcome } from "./transport-outcome.ts";

export type KannelSettings = WireLimits & {
  readonly url: URL;
  readonly username: string;
  readonly password: string;
  readonly smsc: string | undefined;
  /** The gateway's max-messages: beyond it Kannel cuts the text and tells nobody. */
  readonly partsMax: number;
  readonly callbackIps: readonly string[];
};

export function readKannelSettings(read: SettingsReader): KannelSettings {
  return {
    url: read.url("url"),
    username: read.text("username"),
    password: read.text("password"),
    smsc: read.optionalText("smsc"),
    partsMax: read.integer("partsMax", { min: 1, max: 255, fallback: 6 }),
    callbackIps: read.optionalTexts("callbackIps"),
    ...readWireLimits(read, { timeoutMs: 10_000, concurrencyMax: 16 }),
  };
}

/**
 * Kannel's sendsms. It knows no idempotency and no status query: `none`. Accented text always goes as UCS-2
 * with its charset named, since without these Kannel accepts it and delivers question marks.
 */
export function createKannel(settings: KannelSettings, context: ConnectorContext): Connector {
  const { timeoutMs, concurrencyMax } = settings;
  const http = createHttpClient({ baseUrl: settings.url, timeoutMs, concurrencyMax, now: context.now });
  const path = /cgi-bin\/sendsms\/?$/.test(settings.url.pathname) ? "" : "cgi-bin/sendsms";

  async function sendOne(handOff: HandOff): Promise<HandOffOutcome> {
    const refuse = (code: string, action: "dead" | "night"): HandOffOutcome =>
      outcomeOf(handOff, code, { action }, context.now());
    if (handOff.content.channel !== "sms") return refuse("channel_mismatch", "dead");
    const text = handOff.content.text.normalize("NFC");
    if (smsParts(text).parts.length > settings.partsMax) return refuse("message_too_long", "dead");
    const validityMin = minutesLeft(handOff, context.now());
    if (validityMin !== undefined && validityMin < 1) return refuse("validity_over", "night");
    const url = path === "" ? new URL(settings.url) : under(settings.url, path);
    url.search = new URLSearchParams({
      username: settings.username,
      password: settings.password,
      ...(settings.smsc === undefined ? {} : { smsc: settings.smsc }),
      from: handOff.sender,
      to: handOff.phone,
      text,
      coding: smsEncodingOf(text) === "gsm7" ? "0" : "2",
      charset: "UTF-8",
      ...(validityMin === undefined ? {} : { validity: String(validityMin) }),
      ...reportTo(handOff, context),
    }).toString();
    return readAnswer(handOff, await http.send({ method: "GET", url }), context.now());
  }

  return {
    traits: {
      kind: "kannel",
      channels: ["sms"],
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
    inbound: (request) => readKannelInbound(request, settings.callbackIps, context),
    close() {
      http.close();
      return Promise.resolve();
    },
  };
}

/** Kannel fills in %d (what happened), %A (the SMSC's words) and %F (its id). */
function reportTo(handOff: HandOff, context: ConnectorContext): Readonly<Record<string, string>> {
  if (context.inbound === undefined) return {};
  const key = encodeURIComponent(handOff.providerKey);
  const { baseUrl, secret } = context.inbound;
  return {
    "dlr-mask": "31",
    "dlr-url": `${baseUrl}/receipts/${secret}?key=${key}&status=%d&answer=%A&fid=%F`,
  };
}

function minutesLeft(handOff: HandOff, now: Date): number | undefined {
  if (handOff.validUntil === undefined) return undefined;
  return Math.floor((handOff.validUntil.getTime() - now.getTime()) / 60_000);
}

const table: CodeTable = kannelAnswers;

function readAnswer(handOff: HandOff, reply: HttpReply, now: Date): HandOffOutcome {
  if (reply.kind !== "response" || reply.status === 429) return transportOutcome(handOff, reply, now);
  const status = String(reply.status);
  const row = table[status] ?? rowByText(status, reply.body);
  if (row === undefined) return transportOutcome(handOff, reply, now);
  // Newer versions name the message behind the words: "0: Accepted for delivery: <uuid>".
  const reference = asReference(/^\d+: [^:]+: ([\w-]+)\s*$/.exec(reply.body)?.[1]);
  const more = row.action === "ok" && reference !== undefined ? { providerReference: reference } : {};
  return outcomeOf(handOff, `http_${status}`, row, now, more);
}

/** A 503 of a proxy in between says nothing; Kannel's own says that it did not take the message. */
function rowByText(status: string, body: string) {
  return Object.entries(table).find(([key]) => key.includes(" ") && `${status} ${body}`.startsWith(key))?.[1];
}
