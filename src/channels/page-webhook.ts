import { createHmac } from "node:crypto";
import type { Connector, ConnectorContext, HandOff, HandOffOutcome } from "../guard/ports/connector.ts";
import { type CodeTable, outcomeOf } from "./code-action.ts";
import { createHttpClient, type HttpReply } from "./http-client.ts";
import { pageWebhookCodes } from "./page-webhook-codes.ts";
import { runBatch } from "./run-batch.ts";
import { readWireLimits, type SettingsReader, type WireLimits } from "./settings-reader.ts";
import { transportOutcome } from "./transport-outcome.ts";

export type PageWebhookSettings = WireLimits & { readonly url: URL; readonly key: Buffer };

export function readPageWebhookSettings(read: SettingsReader): PageWebhookSettings {
  const secret = read.text("secret");
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  if (secret !== "" && (key.length < 24 || key.length > 64)) {
    read.fault("secret", "invalid", "secret must be whsec_ and the base64 of 24 to 64 bytes");
  }
  return { url: read.url("url"), key, ...readWireLimits(read, { timeoutMs: 20_000, concurrencyMax: 4 }) };
}

/**
 * An approved page on its way to the publisher: a Standard Webhooks request (v1, HMAC-SHA256 over
 * "id.timestamp.body"). webhook-id is the same for every attempt and publishers must honour it: `key`.
 */
export function createPageWebhook(settings: PageWebhookSettings, context: ConnectorContext): Connector {
  const { timeoutMs, concurrencyMax } = settings;
  const http = createHttpClient({ baseUrl: settings.url, timeoutMs, concurrencyMax, now: context.now });

  async function publish(handOff: HandOff): Promise<HandOffOutcome> {
    const { content } = handOff;
    if (content.channel !== "page")
      return outcomeOf(handOff, "channel_mismatch", { action: "dead" }, context.now());
    const { approvalId, pageId, url, digest, html } = content;
    const at = context.now();
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const data = { approvalId, pageId, url, digest, html };
    const body = JSON.stringify({ type: "page.publish", timestamp: at.toISOString(), data });
    const reply = await http.send({
      method: "POST",
      url: settings.url,
      headers: {
        "Content-Type": "application/json",
        "webhook-id": handOff.providerKey,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${sign(settings.key, handOff.providerKey, timestamp, body)}`,
      },
      body,
    });
    return readAnswer(handOff, reply, context.now());
  }

  return {
    traits: {
      kind: "page-webhook",
      channels: ["page"],
      idempotency: "key",
      batchMax: 1,
      concurrencyMax,
      timeoutMs,
    },
    handOff(batch, report) {
      const calls = batch.map((handOff) => ({
        members: [handOff],
        run: (members: readonly HandOff[]) => Promise.all(members.map(publish)),
      }));
      return runBatch(batch, calls, { concurrencyMax, now: context.now, report });
    },
    close() {
      http.close();
      return Promise.resolve();
    },
  };
}

function sign(key: Buffer, id: string, timestamp: string, body: string): string {
  return createHmac("sha256", key).update(`${id}.${timestamp}.${body}`, "utf8").digest("base64");
}

const table: CodeTable = pageWebhookCodes;

function readAnswer(handOff: HandOff, reply: HttpReply, now: Date): HandOffOutcome {
  if (reply.kind !== "response" || reply.status === 429) return transportOutcome(handOff, reply, now);
  const status = String(reply.status);
  const row = Object.hasOwn(table, status) ? table[status] : undefined;
  if (row === undefined) return transportOutcome(handOff, reply, now);
  const more = row.action === "ok" ? { providerReference: handOff.providerKey } : {};
  return outcomeOf(handOff, `http_${status}`, row, now, more);
}
