import { createHash } from "node:crypto";
import type { InboundEvent, InboundRequest, InboundResult } from "../guard/ports/connector.ts";
import { asObject, asReference, asText, parseJsonObject } from "./json-reply.ts";
import { fromWire } from "./phone-on-wire.ts";
import { sameSecret } from "./secret-path.ts";

export type ZnsWebhookSettings = { readonly appId: string; readonly oaId: string; readonly oaSecret: string };

// Zalo tries again for about two hours (30 s, 5, 15, 30, 60 min); older bodies are somebody else's repeats.
const oldestMs = 3 * 3_600_000;
const newestMs = 5 * 60_000;

/**
 * Zalo's webhook. Its MAC is a plain SHA-256 over appId, raw body, the body's own timestamp and the OA's
 * secret; some senders put the OA's id in the app id's place, so both are taken. The timestamp inside is the
 * only freshness there is, hence the MAC itself as the id for the replay store.
 */
export function readZnsWebhook(request: InboundRequest, settings: ZnsWebhookSettings): InboundResult {
  const signature = request.headers["x-zevent-signature"] ?? "";
  const match = /^mac=([0-9a-f]{64})$/i.exec(signature);
  const body = parseJsonObject(request.rawBody.toString("utf8"));
  const timestamp = asText(body?.["timestamp"]);
  const mac = match?.[1]?.toLowerCase();
  if (mac === undefined || body === undefined || timestamp === undefined) return refused("unauthenticated");
  const genuine = [settings.appId, settings.oaId].some((prefix) =>
    sameSecret(mac, webhookMac(prefix, request.rawBody, timestamp, settings.oaSecret)),
  );
  if (!genuine) return refused("unauthenticated");
  const ageMs = request.receivedAt.getTime() - Number(timestamp);
  if (!(ageMs < oldestMs && ageMs > -newestMs)) return refused("stale");
  return {
    accepted: true,
    events: [readEvent(body)],
    eventId: `zns:${mac}`,
    mustConfirm: false,
    response: { status: 200, contentType: "application/json", body: "{}" },
  };
}

function webhookMac(prefix: string, rawBody: Buffer, timestamp: string, oaSecret: string): string {
  return createHash("sha256").update(prefix).update(rawBody).update(timestamp).update(oaSecret).digest("hex");
}

function readEvent(body: Readonly<Record<string, unknown>>): InboundEvent {
  const name = asText(body["event_name"]) ?? "";
  if (name === "user_received_message") return receipt(body);
  if (name === "change_template_status") {
    const templateId = asReference(body["template_id"]);
    const status = asText(asObject(body["status"])?.["new_status"]);
    if (templateId !== undefined && status !== undefined) {
      return { type: "template_status", templateId, enabled: status === "ENABLE" };
    }
  }
  // follow, unfollow and chat messages name a Zalo user, not a number: nobody whom we could suppress.
  return { type: "ignored", code: /^[a-z_]{1,64}$/.test(name) ? name : "unlisted" };
}

function receipt(body: Readonly<Record<string, unknown>>): InboundEvent {
  const message = asObject(body["message"]);
  const providerReference = asReference(message?.["msg_id"]);
  // The OA's chat event has the same name; only a delivery has its time.
  if (message?.["delivery_time"] === undefined || providerReference === undefined) {
    return { type: "ignored", code: "user_received_message" };
  }
  const providerKey = asReference(message["tracking_id"]);
  const phone = fromWire(asText(asObject(body["recipient"])?.["id"]) ?? "");
  return {
    type: "receipt",
    providerReference,
    ...(providerKey === undefined ? {} : { providerKey }),
    ...(phone === undefined ? {} : { phone }),
    state: "delivered",
    code: "user_received_message",
    action: "ok",
  };
}

function refused(code: "unauthenticated" | "stale"): InboundResult {
  return { accepted: false, code };
}
