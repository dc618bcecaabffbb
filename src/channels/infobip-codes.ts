import type { CodeAction, CodeTable } from "./code-action.ts";

/**
 * Infobip's status names → action, in answers to a send (general and channel status codes of its reference).
 * A repeated message id is refused there, so the first attempt with it stands. A blocklist is kept at the
 * operator's or the account's wish and may be the subscriber's: it takes advertising.
 */
export const infobipStatuses = {
  PENDING_ACCEPTED: { action: "ok" },
  PENDING_ENROUTE: { action: "ok" },
  PENDING_WAITING_DELIVERY: { action: "ok" },
  DELIVERED_TO_OPERATOR: { action: "ok" },
  DELIVERED_TO_HANDSET: { action: "ok" },
  REJECTED_DUPLICATE_MESSAGE_ID: { action: "ok" },
  REJECTED_SYSTEM_ERROR: { action: "backoff" },
  REJECTED_FLOODING_FILTER: { action: "quota" },
  REJECTED_NETWORK: { action: "hold" },
  REJECTED_SOURCE: { action: "hold" },
  REJECTED_NOT_ENOUGH_CREDITS: { action: "hold" },
  REJECTED_SENDER: { action: "hold" },
  REJECTED_PREPAID_PACKAGE_EXPIRED: { action: "hold" },
  REJECTED_DESTINATION_NOT_REGISTERED: { action: "hold" },
  REJECTED_ROUTE_NOT_AVAILABLE: { action: "hold" },
  REJECTED_PREFIX_MISSING: { action: "dead" },
  REJECTED_INVALID_UDH: { action: "dead" },
  REJECTED_MESSAGE_TOO_LONG: { action: "dead" },
  MISSING_TO: { action: "dead" },
  REJECTED_DESTINATION: { action: "dead" },
  SIGNALS_BLOCKED: { action: "dead" },
  UNDELIVERABLE_REJECTED_PLATFORM: { action: "dead" },
  EXPIRED_EXPIRED: { action: "dead" },
  EXPIRED_DLR_UNKNOWN: { action: "dead" },
  UNDELIVERABLE_REJECTED_OPERATOR: { action: "unreachable" },
  UNDELIVERABLE_NOT_DELIVERED: { action: "unreachable" },
  UNDELIVERABLE_NOT_SENT: { action: "unreachable" },
  REJECTED_DND: { action: "optout", refusalScope: "advertising" },
  REJECTED_DESTINATION_BLOCKLISTED: { action: "optout", refusalScope: "advertising" },
} as const satisfies CodeTable;

/** By status group, for names that the reference does not list; the group is part of every answer. */
export const infobipGroups = {
  "0": { action: "ok" },
  "1": { action: "ok" },
  "2": { action: "unreachable" },
  "3": { action: "ok" },
  "4": { action: "dead" },
  "5": { action: "dead" },
} as const satisfies CodeTable;

/** The error names in reports that are a person's refusal. */
export const infobipErrors = {
  EC_SC_BLOCKED_BY_END_USER: { action: "optout", refusalScope: "sender" },
  EC_USER_BLOCKED: { action: "optout", refusalScope: "sender" },
} as const satisfies CodeTable;

/** errorCode of an answer that refuses the whole request. */
export const infobipRequestErrors = {
  E400: { action: "dead" },
  E401: { action: "hold" },
  E403: { action: "hold" },
  E404: { action: "hold" },
  E429: { action: "backoff" },
  E500: { action: "unknown" },
} as const satisfies CodeTable;

/** The row for a status; undefined where neither its name nor its group is known. */
export function infobipAction(name: string, groupId: string): CodeAction | undefined {
  const names: CodeTable = infobipStatuses;
  const groups: CodeTable = infobipGroups;
  if (Object.hasOwn(names, name)) return names[name];
  return Object.hasOwn(groups, groupId) ? groups[groupId] : undefined;
}
