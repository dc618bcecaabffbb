import type {
  ConnectorContext,
  InboundEvent,
  InboundRequest,
  InboundResult,
} from "../guard/ports/connector.ts";
import type { CodeAction, CodeTable } from "./code-action.ts";
import { infobipErrors } from "./infobip-codes.ts";
import { asArray, asObject, asReference, asText, parseJsonObject } from "./json-reply.ts";
import { fromWire } from "./phone-on-wire.ts";
import { cameBySecretPath } from "./secret-path.ts";

const resultsMax = 1_000;

/**
 * Infobip's webhooks: delivery and seen reports, and messages from subscribers. They carry no signature of
 * their own, so reports wait for the logs to confirm them; a subscriber's message nothing could confirm.
 */
export function readInfobipWebhook(
  request: InboundRequest,
  callbackIps: readonly string[],
  context: ConnectorContext,
): InboundResult {
  if (!cameBySecretPath(request, context, callbackIps)) return { accepted: false, code: "unauthenticated" };
  const results = parseJsonObject(request.rawBody.toString("utf8"))?.["results"];
  if (!Array.isArray(results) || results.length > resultsMax) return { accepted: false, code: "malformed" };
  const read = request.kind === "messages" ? readMessage : readReport;
  return {
    accepted: true,
    events: asArray(results).map((item) => read(asObject(item) ?? {})),
    mustConfirm: request.kind === "receipts",
    response: { status: 200, contentType: "application/json", body: "{}" },
  };
}

function readMessage(item: Readonly<Record<string, unknown>>): InboundEvent {
  const phone = fromWire(asText(item["from"]) ?? asText(item["sender"]) ?? "");
  const text = asText(item["text"]) ?? asText(asObject(item["message"])?.["text"]);
  // A Zalo user's id is no number, and a file is no word.
  if (phone === undefined || text === undefined) return { type: "ignored", code: "no_number_or_text" };
  const providerReference = asReference(item["messageId"]);
  return {
    type: "message",
    phone,
    text,
    to: asText(item["to"]) ?? "",
    ...(providerReference === undefined ? {} : { providerReference }),
  };
}

const groupStates = { "2": "failed", "3": "delivered", "4": "expired", "5": "failed" } as const;

function readReport(item: Readonly<Record<string, unknown>>): InboundEvent {
  const providerKey = asReference(item["messageId"]);
  if (providerKey === undefined) return { type: "ignored", code: "no_message_id" };
  const phone = fromWire(asText(item["to"]) ?? "");
  const own = { providerKey, providerReference: providerKey, ...(phone === undefined ? {} : { phone }) };
  const status = asObject(item["status"]);
  if (status === undefined && item["seenAt"] !== undefined) {
    return { type: "receipt", ...own, state: "seen", code: "seen", action: "ok" };
  }
  const group = asText(status?.["groupId"]) ?? "";
  const isFinal = (key: string): key is keyof typeof groupStates => Object.hasOwn(groupStates, key);
  const state = isFinal(group) ? groupStates[group] : "accepted";
  if (state === "delivered" || state === "accepted") {
    return { type: "receipt", ...own, state, code: nameOf(status), action: "ok" };
  }
  const error = asObject(item["error"]);
  const row = errorAction(error);
  return {
    type: "receipt",
    ...own,
    state,
    code: nameOf(error),
    action: row.action,
    ...(row.refusalScope === undefined ? {} : { refusalScope: row.refusalScope }),
  };
}

/** `permanent` is Infobip's own word on whether another try could succeed. */
function errorAction(error: Readonly<Record<string, unknown>> | undefined): CodeAction {
  const table: CodeTable = infobipErrors;
  const name = nameOf(error);
  const row = Object.hasOwn(table, name) ? table[name] : undefined;
  return row ?? { action: error?.["permanent"] === true ? "unreachable" : "backoff" };
}

function nameOf(object: Readonly<Record<string, unknown>> | undefined): string {
  const name = asText(object?.["name"]) ?? "";
  return /^[A-Z][A-Z_0-9]{1,63}$/.test(name) ? name : "unlisted";
}
