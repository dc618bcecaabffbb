import type {
  Connector,
  ConnectorContext,
  HandOff,
  HandOffOutcome,
  LookUpQuery,
  LookUpResult,
} from "../guard/ports/connector.ts";
import { type CodeTable, outcomeOf } from "./code-action.ts";
import { createHttpClient, type HttpReply } from "./http-client.ts";
import { infobipAction, infobipRequestErrors } from "./infobip-codes.ts";
import { infobipMessage, infobipPaths } from "./infobip-message.ts";
import { readInfobipWebhook } from "./infobip-webhook.ts";
import { asArray, asObject, asReference, asText, parseJsonObject } from "./json-reply.ts";
import { runBatch, type WireCall } from "./run-batch.ts";
import { readWireLimits, type SettingsReader, under, type WireLimits } from "./settings-reader.ts";
import { transportOutcome } from "./transport-outcome.ts";

export type InfobipSettings = WireLimits & {
  readonly url: URL;
  readonly apiKey: string;
  readonly callbackIps: readonly string[];
};

export function readInfobipSettings(read: SettingsReader): InfobipSettings {
  return {
    url: read.url("url"),
    apiKey: read.text("apiKey"),
    callbackIps: read.optionalTexts("callbackIps"),
    ...readWireLimits(read, { timeoutMs: 15_000, concurrencyMax: 16 }),
  };
}

const messagesPerCall = 100;
// Logs are kept for 48 hours and lag behind the send; between these two ages "not in the logs" means not taken.
const logsLagMs = 10 * 60_000;
const logsKeptMs = 47 * 3_600_000;

/**
 * Infobip's SMS, Viber and Zalo by its OpenAPI 3.1. Message ids are ours and its logs can be asked for them,
 * hence `lookup`; a repeated id is refused, but for how long is not said. smsFailover is never used: another
 * channel is another decision.
 */
export function createInfobip(settings: InfobipSettings, context: ConnectorContext): Connector {
  const { timeoutMs, concurrencyMax } = settings;
  const http = createHttpClient({ baseUrl: settings.url, timeoutMs, concurrencyMax, now: context.now });
  const headers = { Authorization: `App ${settings.apiKey}`, Accept: "application/json" };
  const webhook =
    context.inbound === undefined
      ? undefined
      : `${context.inbound.baseUrl}/receipts/${context.inbound.secret}`;

  async function sendTogether(members: readonly HandOff[]): Promise<readonly HandOffOutcome[]> {
    const [first] = members;
    if (first === undefined || first.content.channel === "page")
      return refuseAll(members, "channel_mismatch", context);
    const messages: unknown[] = [];
    const refused: HandOffOutcome[] = [];
    const sendable: HandOff[] = [];
    for (const handOff of members) {
      const message = infobipMessage(handOff, webhook, context.now());
      if (typeof message === "string") {
        const action = message === "validity_over" ? "night" : "dead";
        refused.push(outcomeOf(handOff, message, { action }, context.now()));
      } else {
        messages.push(message);
        sendable.push(handOff);
      }
    }
    if (messages.length === 0) return refused;
    const reply = await http.send({
      method: "POST",
      url: under(settings.url, infobipPaths[first.content.channel].send),
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ messages }),
    });
    // One faulty message refuses the whole request before anything is taken: then each is asked alone.
    if (reply.kind === "response" && reply.status === 400 && sendable.length > 1) {
      const alone = await Promise.all(sendable.map((handOff) => sendTogether([handOff])));
      return [...refused, ...alone.flat()];
    }
    return [...refused, ...readAnswer(sendable, reply, context.now())];
  }

  async function lookUp(queries: readonly LookUpQuery[]): Promise<readonly LookUpResult[]> {
    const found = new Map<string, LookUpResult>();
    let failed = false;
    for (const { logs } of Object.values(infobipPaths)) {
      const open = queries.filter((query) => !found.has(query.providerKey));
      for (let at = 0; at < open.length; at += messagesPerCall) {
        const url = under(settings.url, logs);
        const page = open.slice(at, at + messagesPerCall);
        url.search = new URLSearchParams([
          ...page.map((query): [string, string] => ["messageId", query.providerKey]),
          ["limit", "1000"],
        ]).toString();
        const reply = await http.send({ method: "GET", url, headers });
        const answer =
          reply.kind === "response" && reply.status === 200 ? parseJsonObject(reply.body) : undefined;
        if (answer === undefined) failed = true;
        for (const log of asArray(answer?.["results"]).map(asObject)) {
          const result = readLog(log);
          if (result !== undefined) found.set(result.providerKey, result);
        }
      }
    }
    const nowMs = context.now().getTime();
    return queries.map((query) => {
      const result = found.get(query.providerKey);
      if (result !== undefined) return result;
      const ageMs = query.handedOffAt === undefined ? 0 : nowMs - query.handedOffAt.getTime();
      const settled = !failed && ageMs > logsLagMs && ageMs < logsKeptMs;
      return settled
        ? { providerKey: query.providerKey, state: "not_found", code: "not_in_logs" }
        : {
            providerKey: query.providerKey,
            state: "unknown",
            code: failed ? "no_answer" : "not_yet_in_logs",
          };
    });
  }

  return {
    traits: {
      kind: "infobip",
      channels: ["sms", "viber", "zns"],
      idempotency: "lookup",
      batchMax: messagesPerCall,
      concurrencyMax,
      timeoutMs,
    },
    handOff(batch, report) {
      return runBatch(batch, callsOf(batch, sendTogether), { concurrencyMax, now: context.now, report });
    },
    lookUp,
    inbound: (request) => readInfobipWebhook(request, settings.callbackIps, context),
    close() {
      http.close();
      return Promise.resolve();
    },
  };
}

function callsOf(batch: readonly HandOff[], run: WireCall["run"]): readonly WireCall[] {
  const byChannel = new Map<string, HandOff[]>();
  for (const handOff of batch) {
    const members = byChannel.get(handOff.content.channel) ?? [];
    byChannel.set(handOff.content.channel, members);
    members.push(handOff);
  }
  const calls: WireCall[] = [];
  for (const members of byChannel.values()) {
    for (let at = 0; at < members.length; at += messagesPerCall) {
      calls.push({ members: members.slice(at, at + messagesPerCall), run });
    }
  }
  return calls;
}

function refuseAll(
  members: readonly HandOff[],
  code: string,
  context: ConnectorContext,
): readonly HandOffOutcome[] {
  return members.map((handOff) => outcomeOf(handOff, code, { action: "dead" }, context.now()));
}

function readAnswer(members: readonly HandOff[], reply: HttpReply, now: Date): readonly HandOffOutcome[] {
  const answer = reply.kind === "response" ? parseJsonObject(reply.body) : undefined;
  if (reply.kind !== "response" || answer === undefined || reply.status === 429) {
    return members.map((handOff) => transportOutcome(handOff, reply, now));
  }
  const errorCode = asText(answer["errorCode"]);
  if (errorCode !== undefined) {
    const table: CodeTable = infobipRequestErrors;
    const row = Object.hasOwn(table, errorCode) ? table[errorCode] : undefined;
    return members.map((handOff) =>
      row === undefined ? transportOutcome(handOff, reply, now) : outcomeOf(handOff, errorCode, row, now),
    );
  }
  const byId = new Map<string, Readonly<Record<string, unknown>>>();
  for (const message of asArray(answer["messages"]).map(asObject)) {
    const id = asText(message?.["messageId"]);
    const status = asObject(message?.["status"]);
    if (id !== undefined && status !== undefined) byId.set(id, status);
  }
  return members.map((handOff) => {
    const status = byId.get(handOff.providerKey);
    if (status === undefined) return outcomeOf(handOff, "missing_in_answer", { action: "unknown" }, now);
    const name = statusName(status);
    const row = infobipAction(name, asText(status["groupId"]) ?? "") ?? { action: "unknown" };
    const more = row.action === "ok" ? { providerReference: handOff.providerKey } : {};
    return outcomeOf(handOff, name, row, now, more);
  });
}

function readLog(log: Readonly<Record<string, unknown>> | undefined): LookUpResult | undefined {
  const providerKey = asReference(log?.["messageId"]);
  const status = asObject(log?.["status"]);
  if (providerKey === undefined || status === undefined) return undefined;
  const states = {
    "1": "accepted",
    "0": "accepted",
    "3": "delivered",
    "2": "failed",
    "4": "failed",
    "5": "failed",
  } as const;
  const group = asText(status["groupId"]) ?? "";
  const isKnown = (key: string): key is keyof typeof states => Object.hasOwn(states, key);
  return {
    providerKey,
    state: isKnown(group) ? states[group] : "unknown",
    code: statusName(status),
    providerReference: providerKey,
  };
}

function statusName(status: Readonly<Record<string, unknown>>): string {
  const name = asText(status["name"]) ?? "";
  return /^[A-Z][A-Z_0-9]{1,63}$/.test(name) ? name : "unlisted";
}
