import { createHash } from "node:crypto";
import type {
  ConnectorContext,
  InboundEvent,
  InboundRequest,
  InboundResult,
} from "../guard/ports/connector.ts";
import { esmsSendStatus } from "./esms-codes.ts";
import { asReference } from "./json-reply.ts";
import { fromWire } from "./phone-on-wire.ts";
import { cameBySecretPath, sameSecret } from "./secret-path.ts";

export type EsmsInboundSettings = {
  /** Signs messages from subscribers; eSMS issues it with the short code. The API's secret key if not set. */
  readonly privateKey: string;
  /** eSMS publishes no addresses; where the operator knows them, only these may call back. */
  readonly callbackIps: readonly string[];
};

/** Receipts come by an unsigned GET and wait for a status query; messages carry an MD5 signature. */
export function readEsmsInbound(
  request: InboundRequest,
  settings: EsmsInboundSettings,
  context: ConnectorContext,
): InboundResult {
  const query = new URLSearchParams(request.rawQuery);
  return request.kind === "messages"
    ? readMessage(query, settings, request.receivedAt)
    : readReceipt(query, request, settings, context);
}

// The signature covers the time of receipt to the second; eSMS gives no limit, repeats come within minutes.
const freshMs = 24 * 3_600_000;

function readMessage(query: URLSearchParams, settings: EsmsInboundSettings, receivedAt: Date): InboundResult {
  const field = (name: string): string => query.get(name) ?? "";
  // The provider's page spells this field both ways.
  const time = query.get("receiverTime") ?? field("receiveTime");
  const signed = `${field("cpid")}${field("smsid")}${field("content")}${time}${settings.privateKey}`;
  const expected = createHash("md5").update(signed, "utf8").digest("base64");
  if (!sameSecret(field("sign").replaceAll(" ", "+"), expected)) return refused("unauthenticated");
  const sentAt = esmsTime(time);
  const phone = fromWire(field("sender"));
  const smsId = asReference(field("smsid"));
  if (sentAt === undefined || phone === undefined || smsId === undefined) return refused("malformed");
  if (Math.abs(receivedAt.getTime() - sentAt.getTime()) > freshMs) return refused("stale");
  return {
    accepted: true,
    events: [
      {
        type: "message",
        phone,
        text: field("content"),
        to: field("serviceNumber"),
        providerReference: smsId,
      },
    ],
    eventId: `esms:mo:${smsId}`,
    mustConfirm: false,
    response: {
      status: 200,
      contentType: "application/xml; charset=utf-8",
      // An empty Message: a confirmation goes out as a hand-off of its own, with its own record.
      body: `<ClientResponse><Message></Message><Smsid>${escapeXml(smsId)}</Smsid><Receiver>${escapeXml(phone.slice(1))}</Receiver></ClientResponse>`,
    },
  };
}

function readReceipt(
  query: URLSearchParams,
  request: InboundRequest,
  settings: EsmsInboundSettings,
  context: ConnectorContext,
): InboundResult {
  if (!cameBySecretPath(request, context, settings.callbackIps)) return refused("unauthenticated");
  const smsId = asReference(query.get("SMSID") ?? undefined);
  const status = query.get("SendStatus") ?? "";
  if (smsId === undefined || !Object.hasOwn(esmsSendStatus, status)) return refused("malformed");
  const providerKey = asReference(query.get("RequestId") ?? undefined);
  const phone = fromWire(query.get("phonenumber") ?? "");
  const together = Number(query.get("TotalReceiver") ?? "1") > 1 && phone === undefined;
  const event: InboundEvent = together
    ? { type: "ignored", code: "aggregate" }
    : {
        type: "receipt",
        providerReference: smsId,
        ...(providerKey === undefined ? {} : { providerKey }),
        ...(phone === undefined ? {} : { phone }),
        ...receiptState(status, Number(query.get("SendSuccess") ?? "0")),
      };
  return {
    accepted: true,
    events: [event],
    mustConfirm: true,
    response: { status: 200, contentType: "text/plain", body: "OK" },
  };
}

function receiptState(status: string, success: number) {
  const code = `status_${status}`;
  if (status === "5" && success > 0) return { state: "delivered", action: "ok", code } as const;
  if (status === "5") return { state: "failed", action: "unreachable", code } as const;
  if (status === "4") return { state: "failed", action: "dead", code } as const;
  return { state: "accepted", action: "ok", code } as const;
}

/** yyyyMMddHHmmss on the clock of Viet Nam. */
function esmsTime(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+07:00`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function refused(code: "unauthenticated" | "malformed" | "stale"): InboundResult {
  return { accepted: false, code };
}
