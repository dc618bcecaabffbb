import type {
  ConnectorContext,
  InboundEvent,
  InboundRequest,
  InboundResult,
} from "../guard/ports/connector.ts";
import { asReference } from "./json-reply.ts";
import { kannelReports } from "./kannel-codes.ts";
import { fromWire } from "./phone-on-wire.ts";
import { cameBySecretPath } from "./secret-path.ts";
import { fromUcs2 } from "./sms-encoding.ts";

/**
 * Kannel's delivery reports (our dlr-url) and messages (a get-url with from=%p&to=%P&text=%a&coding=%c&
 * charset=%C&id=%I). The gateway is the operator's own and offers no query, so the secret path must do.
 */
export function readKannelInbound(
  request: InboundRequest,
  callbackIps: readonly string[],
  context: ConnectorContext,
): InboundResult {
  if (!cameBySecretPath(request, context, callbackIps)) return { accepted: false, code: "unauthenticated" };
  const query = rawFields(request.rawQuery);
  return request.kind === "messages" ? readMessage(query) : readReport(query);
}

// Kannel would send a body back to the subscriber as an answer: it stays empty.
const response = { status: 200, contentType: "text/plain", body: "" } as const;

function readMessage(query: ReadonlyMap<string, Buffer>): InboundResult {
  const phone = fromWire(textOf(query, "from"));
  const octets = query.get("text");
  if (phone === undefined || octets === undefined) return { accepted: false, code: "malformed" };
  const wide = textOf(query, "coding") === "2" || textOf(query, "charset").toUpperCase() === "UTF-16BE";
  const providerReference = asReference(textOf(query, "id"));
  const event: InboundEvent = {
    type: "message",
    phone,
    // A UCS-2 message comes as its very octets, big-endian, whatever the charset of the rest.
    text: wide ? fromUcs2(octets) : octets.toString("utf8"),
    to: textOf(query, "to"),
    ...(providerReference === undefined ? {} : { providerReference }),
  };
  const eventId = providerReference === undefined ? {} : { eventId: `kannel:mo:${providerReference}` };
  return { accepted: true, events: [event], ...eventId, mustConfirm: false, response };
}

function readReport(query: ReadonlyMap<string, Buffer>): InboundResult {
  const providerKey = asReference(textOf(query, "key"));
  const status = textOf(query, "status");
  const isKnown = (key: string): key is keyof typeof kannelReports => Object.hasOwn(kannelReports, key);
  if (providerKey === undefined || !isKnown(status)) return { accepted: false, code: "malformed" };
  const providerReference = asReference(textOf(query, "fid"));
  // The operator's own error number, where the SMSC's words have one: "… stat:UNDELIV err:027 …".
  const err = /\berr:(\w{1,8})\b/.exec(textOf(query, "answer"))?.[1];
  const event: InboundEvent = {
    type: "receipt",
    providerKey,
    ...(providerReference === undefined ? {} : { providerReference }),
    ...kannelReports[status],
    code: err === undefined || kannelReports[status].state !== "failed" ? `dlr_${status}` : `err_${err}`,
  };
  return { accepted: true, events: [event], mustConfirm: false, response };
}

const fieldsMax = 50;

/** Percent-decoded to octets, since a field may be in another charset than the rest. */
function rawFields(rawQuery: string): ReadonlyMap<string, Buffer> {
  const fields = new Map<string, Buffer>();
  for (const pair of rawQuery.split("&", fieldsMax)) {
    const at = pair.indexOf("=");
    if (at > 0) fields.set(octetsOf(pair.slice(0, at)).toString("utf8"), octetsOf(pair.slice(at + 1)));
  }
  return fields;
}

function octetsOf(encoded: string): Buffer {
  const latin1 = encoded
    .replaceAll("+", " ")
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin1, "latin1");
}

function textOf(query: ReadonlyMap<string, Buffer>, name: string): string {
  return query.get(name)?.toString("utf8") ?? "";
}
