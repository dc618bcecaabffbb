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
import { asObject, asReference, asText, parseJsonObject } from "./json-reply.ts";
import { internationalDigits } from "./phone-on-wire.ts";
import { runBatch } from "./run-batch.ts";
import { readWireLimits, type SettingsReader, under, type WireLimits } from "./settings-reader.ts";
import { transportOutcome } from "./transport-outcome.ts";
import { zaloOaCodes, znsCodes } from "./zns-codes.ts";
import { createZnsOauth, type ZnsOauthSettings } from "./zns-oauth.ts";
import { createZnsTemplates } from "./zns-templates.ts";
import { readZnsWebhook, type ZnsWebhookSettings } from "./zns-webhook.ts";

export type ZnsSettings = ZnsOauthSettings & ZnsWebhookSettings & WireLimits & { readonly url: URL };

export function readZnsSettings(read: SettingsReader): ZnsSettings {
  return {
    url: read.url("url", "https://business.openapi.zalo.me/"),
    oauthUrl: read.url("oauthUrl", "https://oauth.zaloapp.com/"),
    appId: read.text("appId"),
    appSecret: read.text("appSecret"),
    oaId: read.text("oaId"),
    oaSecret: read.text("oaSecret"),
    refreshToken: read.text("refreshToken"),
    ...readWireLimits(read, { timeoutMs: 10_000, concurrencyMax: 32 }),
  };
}

/**
 * Zalo ZNS ("ZBS Template Message"). tracking_id is only echoed, so nothing on this wire makes a repeat
 * harmless: `none`. Every answer is HTTP 200; the body's `error` decides.
 */
export function createZns(settings: ZnsSettings, context: ConnectorContext): Connector {
  const { timeoutMs, concurrencyMax } = settings;
  const http = createHttpClient({ baseUrl: settings.url, timeoutMs, concurrencyMax, now: context.now });
  const oauthHttp = createHttpClient({
    baseUrl: settings.oauthUrl,
    timeoutMs: 15_000,
    concurrencyMax: 1,
    now: context.now,
  });
  const oauth = createZnsOauth(settings, oauthHttp, context);
  const get = (path: string, query: Readonly<Record<string, string>>, token: string): Promise<HttpReply> => {
    const url = under(settings.url, path);
    url.search = new URLSearchParams(query).toString();
    return http.send({ method: "GET", url, headers: { access_token: token } });
  };
  const templates = createZnsTemplates(get, context.now);

  async function sendOne(handOff: HandOff): Promise<HandOffOutcome> {
    const { content } = handOff;
    if (content.channel !== "zns")
      return outcomeOf(handOff, "channel_mismatch", { action: "dead" }, context.now());
    const body = JSON.stringify({
      phone: internationalDigits(handOff.phone),
      template_id: content.templateId,
      template_data: content.data,
      tracking_id: handOff.providerKey,
    });
    let rejected: string | undefined;
    // Twice at most: a token that is refused is renewed once, never in a loop.
    for (let attempt = 1; ; attempt += 1) {
      const access = await oauth.accessToken(rejected);
      if (access.token === undefined) return outcomeOf(handOff, access.code, access, context.now());
      const objection = await templates.objection(content.templateId, content.tag, access.token);
      if (objection !== undefined) return outcomeOf(handOff, objection, { action: "hold" }, context.now());
      const reply = await http.send({
        method: "POST",
        url: under(settings.url, "message/template"),
        headers: { "Content-Type": "application/json", access_token: access.token },
        body,
      });
      const outcome = readAnswer(handOff, reply, context.now());
      if (outcome.action !== "refresh") return outcome;
      if (attempt === 2) return { ...outcome, action: "hold" };
      rejected = access.token;
    }
  }

  async function lookUpOne(query: LookUpQuery): Promise<LookUpResult> {
    const result = (state: LookUpResult["state"], code: string): LookUpResult => ({
      providerKey: query.providerKey,
      state,
      code,
      ...(query.providerReference === undefined ? {} : { providerReference: query.providerReference }),
    });
    if (query.providerReference === undefined) return result("unknown", "no_reference");
    const access = await oauth.accessToken();
    if (access.token === undefined) return result("unknown", access.code);
    const reply = await get("message/status", { message_id: query.providerReference }, access.token);
    const answer = reply.kind === "response" ? parseJsonObject(reply.body) : undefined;
    const error = asText(answer?.["error"]);
    if (error === undefined) return result("unknown", "no_answer");
    if (error !== "0") return result("unknown", listed(error) ? error : "unlisted");
    const status = asText(asObject(answer?.["data"])?.["status"]);
    if (status === "1") return result("delivered", "status_1");
    return status === "0" ? result("accepted", "status_0") : result("unknown", "status_-1");
  }

  return {
    traits: { kind: "zns", channels: ["zns"], idempotency: "none", batchMax: 1, concurrencyMax, timeoutMs },
    handOff(batch, report) {
      const calls = batch.map((handOff) => ({
        members: [handOff],
        run: (members: readonly HandOff[]) => Promise.all(members.map(sendOne)),
      }));
      return runBatch(batch, calls, { concurrencyMax, now: context.now, report });
    },
    lookUp: (queries) => Promise.all(queries.map(lookUpOne)),
    inbound: (request) => readZnsWebhook(request, settings),
    close() {
      http.close();
      oauthHttp.close();
      return Promise.resolve();
    },
  };
}

const table: CodeTable = { ...zaloOaCodes, ...znsCodes };

function listed(code: string): boolean {
  return Object.hasOwn(table, code);
}

function readAnswer(handOff: HandOff, reply: HttpReply, now: Date): HandOffOutcome {
  const answer = reply.kind === "response" ? parseJsonObject(reply.body) : undefined;
  const code = asText(answer?.["error"]);
  if (answer === undefined || code === undefined || (reply.kind === "response" && reply.status === 429)) {
    return transportOutcome(handOff, reply, now);
  }
  const row = listed(code) ? table[code] : undefined;
  if (row === undefined) {
    return outcomeOf(handOff, /^-?\d{1,6}$/.test(code) ? code : "unlisted", { action: "unknown" }, now);
  }
  const providerReference = asReference(asObject(answer["data"])?.["msg_id"]);
  const accepted = row.action === "ok" && providerReference !== undefined;
  return outcomeOf(handOff, code, row, now, accepted ? { providerReference } : {});
}
