import type { HandOff, HandOffOutcome } from "../guard/ports/connector.ts";
import { outcomeOf } from "./code-action.ts";
import type { HttpReply } from "./http-client.ts";

/**
 * What can be said without the provider's own code: no answer, or an answer that its table does not cover.
 * Refused before a byte left, or by a gateway's 4xx, is certain; everything else may have been accepted.
 */
export function transportOutcome(handOff: HandOff, reply: HttpReply, now: Date): HandOffOutcome {
  if (reply.kind === "not_sent") {
    const retryAt = reply.retryAt === undefined ? {} : { retryAt: reply.retryAt };
    return outcomeOf(handOff, reply.code, { action: "backoff" }, now, retryAt);
  }
  if (reply.kind === "ambiguous") return outcomeOf(handOff, reply.code, { action: "unknown" }, now);
  const code = `http_${reply.status}`;
  if (reply.status === 429) {
    const retryAt = retryAfter(reply.headers["retry-after"], now);
    return outcomeOf(handOff, code, { action: "backoff" }, now, retryAt === undefined ? {} : { retryAt });
  }
  if ([400, 413, 414, 415, 422].includes(reply.status))
    return outcomeOf(handOff, code, { action: "dead" }, now);
  if (reply.status >= 300 && reply.status < 500 && reply.status !== 408) {
    return outcomeOf(handOff, code, { action: "hold" }, now);
  }
  return outcomeOf(handOff, reply.status < 300 ? "unreadable_response" : code, { action: "unknown" }, now);
}

const waitMaxMs = 3_600_000;

/** Seconds or an HTTP date (RFC 9110, 10.2.3); capped, since the header is the provider's word only. */
export function retryAfter(value: string | undefined, now: Date): Date | undefined {
  if (value === undefined) return undefined;
  const atMs = /^\d{1,9}$/.test(value) ? now.getTime() + Number(value) * 1000 : Date.parse(value);
  if (!Number.isFinite(atMs)) return undefined;
  return new Date(Math.min(Math.max(atMs, now.getTime()), now.getTime() + waitMaxMs));
}
