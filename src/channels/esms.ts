import { createHash } from "node:crypto";
import type {
  Connector,
  ConnectorContext,
  HandOff,
  HandOffOutcome,
  LookUpQuery,
  LookUpResult,
} from "../guard/ports/connector.ts";
import { type CodeAction, type CodeTable, outcomeOf } from "./code-action.ts";
import { esmsCodes, esmsDuplicate } from "./esms-codes.ts";
import { type EsmsInboundSettings, readEsmsInbound } from "./esms-inbound.ts";
import { createHttpClient, type HttpReply } from "./http-client.ts";
import { asArray, asObject, asReference, asText, parseJsonObject } from "./json-reply.ts";
import { nationalDigits } from "./phone-on-wire.ts";
import { runBatch } from "./run-batch.ts";
import { readWireLimits, type SettingsReader, under, type WireLimits } from "./settings-reader.ts";
import { transportOutcome } from "./transport-outcome.ts";
import { nextVietnamDay } from "./vietnam-time.ts";

export type EsmsSettings = EsmsInboundSettings &
  WireLimits & {
    readonly url: URL;
    readonly apiKey: string;
    readonly secretKey: string;
    /** What to do with advertising that the advertising endpoint cannot take. */
    readonly smallAdvertising: "care" | "refuse";
  };

export function readEsmsSettings(read: SettingsReader): EsmsSettings {
  const secretKey = read.text("secretKey");
  return {
    url: read.url("url", "https://rest.esms.vn/"),
    apiKey: read.text("apiKey"),
    secretKey,
    smallAdvertising: read.oneOf("smallAdvertising", ["care", "refuse"], "care"),
    privateKey: read.optionalText("privateKey") ?? secretKey,
    callbackIps: read.optionalTexts("callbackIps"),
    ...readWireLimits(read, { timeoutMs: 15_000, concurrencyMax: 64 }),
  };
}

const advertisedMin = 30;
const advertisedMax = 5_000;
const callsPath = "MainService.svc/json/";

/**
 * eSMS (developers.esms.vn). Care messages go one by one with a RequestId that the provider refuses to
 * take twice on one day (code 124), hence `key`. Advertising is a product of its own there: one text to
 * 30..5,000 distinct numbers in one call. Identical texts of a batch are grouped into such calls; what is
 * left over (fewer than 30, or a text for one person) goes one by one like a care message, and eSMS itself
 * refuses it with 146 unless that text is registered; or it stays here, by setting.
 */
export function createEsms(settings: EsmsSettings, context: ConnectorContext): Connector {
  const { timeoutMs, concurrencyMax } = settings;
  const http = createHttpClient({ baseUrl: settings.url, timeoutMs, concurrencyMax, now: context.now });
  const credentials = { ApiKey: settings.apiKey, SecretKey: settings.secretKey };
  const callback =
    context.inbound === undefined
      ? {}
      : { CallbackUrl: `${context.inbound.baseUrl}/receipts/${context.inbound.secret}` };

  const post = (path: string, body: object): Promise<HttpReply> =>
    http.send({
      method: "POST",
      url: under(settings.url, `${callsPath}${path}`),
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...credentials, ...body }),
    });

  async function sendOne(handOff: HandOff): Promise<HandOffOutcome> {
    if (handOff.content.channel !== "sms") return outcomeOf(handOff, "channel_mismatch", dead, context.now());
    if (handOff.purpose === "advertising" && settings.smallAdvertising === "refuse") {
      return outcomeOf(handOff, "107", esmsCodes["107"], context.now());
    }
    const reply = await post("SendMultipleMessage_V4_post_json/", {
      SmsType: "2",
      Phone: nationalDigits(handOff.phone),
      Content: handOff.content.text.normalize("NFC"),
      Brandname: handOff.sender,
      IsUnicode: isAscii(handOff.content.text.normalize("NFC")) ? "0" : "1",
      RequestId: handOff.providerKey,
      ...callback,
    });
    const now = context.now();
    const outcome = readAnswer(handOff, reply, now);
    // The provider's page says that a RequestId blocks "within the day": after midnight there, no more.
    return outcome.state === "unknown" ? { ...outcome, repeatableUntil: nextVietnamDay(now) } : outcome;
  }

  const sendEach = (members: readonly HandOff[]): Promise<readonly HandOffOutcome[]> =>
    Promise.all(members.map(sendOne));

  async function sendTogether(group: readonly HandOff[]): Promise<readonly HandOffOutcome[]> {
    const [first] = group;
    if (first?.content.channel !== "sms") return [];
    const reply = await post("SendMultipleSMSBrandname_json/", {
      SmsType: "1",
      Phones: group.map((handOff) => nationalDigits(handOff.phone)),
      Content: first.content.text.normalize("NFC"),
      Brandname: first.sender,
      RequestId: groupKey(group),
      ...callback,
    });
    const now = context.now();
    return group.map((handOff) => {
      const outcome = readAnswer(handOff, reply, now);
      // The RequestId stands for this very group; one message sent again in another group would be a second one.
      return outcome.state === "unknown" ? { ...outcome, repeatableUntil: now } : outcome;
    });
  }

  async function lookUpOne(query: LookUpQuery): Promise<LookUpResult> {
    const unknown = (code: string): LookUpResult => ({
      providerKey: query.providerKey,
      state: "unknown",
      code,
    });
    if (query.providerReference === undefined) return unknown("no_reference");
    const ask = (path: string): Promise<HttpReply> => {
      const url = under(settings.url, `${callsPath}${path}`);
      url.search = new URLSearchParams({ RefId: query.providerReference ?? "", ...credentials }).toString();
      return http.send({ method: "GET", url });
    };
    const reply = await ask("GetSendStatus");
    const answer = reply.kind === "response" ? parseJsonObject(reply.body) : undefined;
    const code = asText(answer?.["CodeResponse"]);
    if (answer === undefined || code === undefined) return unknown("no_answer");
    if (code !== "100") return unknown(digits(code));
    const found = (state: LookUpResult["state"]): LookUpResult => ({
      providerKey: query.providerKey,
      state,
      code: `status_${digits(asText(answer["SendStatus"]) ?? "")}`,
      ...(query.providerReference === undefined ? {} : { providerReference: query.providerReference }),
    });
    const status = asText(answer["SendStatus"]);
    if (status === "4") return found("failed");
    if (status !== "5") return found("accepted");
    if (Number(asText(answer["TotalReceiver"]) ?? "1") > 1) {
      // One call for many numbers: only the list by number tells about this one.
      const list = await ask("GetSmsReceiverStatus_get");
      const receivers = list.kind === "response" ? parseJsonObject(list.body) : undefined;
      const own = asArray(receivers?.["ReceiverList"])
        .map(asObject)
        .find((item) => query.phone !== undefined && asText(item?.["Phone"]) === nationalDigits(query.phone));
      if (own === undefined) return found("accepted");
      return found(own["SentResult"] === true ? "delivered" : own["IsSent"] === true ? "failed" : "accepted");
    }
    return found(Number(asText(answer["SendSuccess"]) ?? "0") > 0 ? "delivered" : "failed");
  }

  return {
    traits: {
      kind: "esms",
      channels: ["sms"],
      idempotency: "key",
      batchMax: advertisedMax,
      concurrencyMax,
      timeoutMs,
    },
    handOff(batch, report) {
      const { together, single } = groupAdvertising(batch);
      const calls = [
        ...together.map((members) => ({ members, run: sendTogether })),
        ...single.map((handOff) => ({ members: [handOff], run: sendEach })),
      ];
      return runBatch(batch, calls, { concurrencyMax, now: context.now, report });
    },
    sharedKeys(batch) {
      const keys = new Map<string, string>();
      for (const group of groupAdvertising(batch).together) {
        const key = groupKey(group);
        for (const handOff of group) keys.set(handOff.intentId, key);
      }
      return keys;
    },
    keyForgottenAt: nextVietnamDay,
    lookUp: (queries) => Promise.all(queries.map(lookUpOne)),
    inbound: (request) => readEsmsInbound(request, settings, context),
    close() {
      http.close();
      return Promise.resolve();
    },
  };
}

const dead: CodeAction = { action: "dead" };

function readAnswer(handOff: HandOff, reply: HttpReply, now: Date): HandOffOutcome {
  const answer = reply.kind === "response" ? parseJsonObject(reply.body) : undefined;
  const code = asText(answer?.["CodeResult"]);
  if (reply.kind !== "response" || answer === undefined || reply.status === 429) {
    return transportOutcome(handOff, reply, now);
  }
  if (code === undefined) {
    // Seen in place of code 99, with nothing that names the number: not enough to suppress anybody.
    if (asText(answer["error"]) !== undefined && reply.status < 500) {
      return outcomeOf(handOff, "invalid_request", dead, now);
    }
    return transportOutcome(handOff, reply, now);
  }
  const providerReference = asReference(answer["SMSID"]);
  const more = providerReference === undefined ? {} : { providerReference };
  if (code === esmsDuplicate) {
    // An earlier attempt with this key stands; only if it was refused was nothing accepted.
    const row: CodeAction = asText(answer["SendStatus"]) === "4" ? dead : { action: "ok" };
    return outcomeOf(handOff, code, row, now, more);
  }
  const table: CodeTable = esmsCodes;
  const row = Object.hasOwn(table, code) ? table[code] : undefined;
  // A code that no page lists says neither that it was accepted nor that it was not.
  return outcomeOf(
    handOff,
    digits(code),
    row ?? { action: "unknown" },
    now,
    row?.action === "ok" ? more : {},
  );
}

/** Distinct numbers, one sender, one text: that is what one advertising call can carry. */
function groupAdvertising(batch: readonly HandOff[]): {
  readonly together: readonly (readonly HandOff[])[];
  readonly single: readonly HandOff[];
} {
  const single: HandOff[] = [];
  const byText = new Map<string, Map<string, HandOff>>();
  for (const handOff of batch) {
    if (handOff.purpose !== "advertising" || handOff.content.channel !== "sms") {
      single.push(handOff);
      continue;
    }
    const key = JSON.stringify([handOff.sender, handOff.content.text]);
    const group = byText.get(key) ?? new Map<string, HandOff>();
    byText.set(key, group);
    if (group.has(handOff.phone)) single.push(handOff);
    else group.set(handOff.phone, handOff);
  }
  const together: HandOff[][] = [];
  for (const group of byText.values()) {
    const members = [...group.values()];
    for (let at = 0; at < members.length; ) {
      const rest = members.length - at;
      // Never leave a remainder below the minimum behind a full call.
      const size =
        rest > advertisedMax && rest < advertisedMax + advertisedMin
          ? rest - advertisedMin
          : Math.min(rest, advertisedMax);
      const call = members.slice(at, at + size);
      if (call.length >= advertisedMin) together.push(call);
      else single.push(...call);
      at += size;
    }
  }
  return { together, single };
}

function groupKey(group: readonly HandOff[]): string {
  const keys = group.map((handOff) => handOff.providerKey).sort();
  return createHash("sha256").update(JSON.stringify(keys)).digest("hex").slice(0, 48);
}

function isAscii(text: string): boolean {
  return !/\P{ASCII}/u.test(text);
}

function digits(code: string): string {
  return /^-?\d{1,6}$/.test(code) ? code : "unlisted";
}
