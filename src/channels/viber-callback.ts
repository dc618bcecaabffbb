import { createHash } from "node:crypto";
import type {
  ConnectorContext,
  InboundEvent,
  InboundRequest,
  InboundResult,
} from "../guard/ports/connector.ts";
import { asReference, asText, parseJsonObject } from "./json-reply.ts";
import { fromWire } from "./phone-on-wire.ts";
import { cameBySecretPath } from "./secret-path.ts";

/**
 * Viber's callback: unsigned, and no query could confirm it, so the secret path and the list of addresses
 * are all there is. Expired may be followed by delivered or seen, and delivered by expired.
 */
export function readViberCallback(
  request: InboundRequest,
  settings: { readonly serviceId: number; readonly callbackIps: readonly string[] },
  context: ConnectorContext,
): InboundResult {
  if (!cameBySecretPath(request, context, settings.callbackIps))
    return { accepted: false, code: "unauthenticated" };
  const body = parseJsonObject(request.rawBody.toString("utf8"));
  const status = asText(body?.["message_status"]);
  const phone = fromWire(asText(body?.["phone_number"]) ?? "");
  const sameService = asText(body?.["service_id"]) === String(settings.serviceId);
  if (body === undefined || status === undefined || phone === undefined || !sameService) {
    return { accepted: false, code: "malformed" };
  }
  const token = asReference(body["message_token"]);
  const time = asReference(body["message_time"]) ?? "";
  return {
    accepted: true,
    events: [eventOf(status, phone, token)],
    eventId: `viber:${token ?? createHash("sha256").update(phone).digest("hex").slice(0, 16)}:${status.slice(0, 8)}:${time}`,
    mustConfirm: false,
    response: { status: 200, contentType: "application/json", body: "{}" },
  };
}

const receipts = {
  "0": { state: "delivered", action: "ok" },
  "1": { state: "seen", action: "ok" },
  "2": { state: "expired", action: "unreachable" },
} as const;

function eventOf(status: string, phone: string, token: string | undefined): InboundEvent {
  const code = `status_${/^\d{1,3}$/.test(status) ? status : "unlisted"}`;
  if (status === "5") return { type: "opt_out", phone, refusalScope: "sender", code };
  if ((status === "0" || status === "1" || status === "2") && token !== undefined) {
    return { type: "receipt", providerReference: token, phone, code, ...receipts[status] };
  }
  // 4 is "subscribe": a door opened on Viber, not a consent to advertising.
  return { type: "ignored", code };
}
