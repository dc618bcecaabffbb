import type { HandOff, HandOffOutcome, ProviderAction, RefusalScope } from "../guard/ports/connector.ts";
import { nextVietnamDay, nextVietnamHour, nextVietnamMonth } from "./vietnam-time.ts";

/** One row of a provider's table: what its code calls for. */
export type CodeAction = {
  readonly action: ProviderAction;
  /** What a refusal covers; stands exactly where the action is `optout`. */
  readonly refusalScope?: RefusalScope;
  /** When a quota begins anew; the next day if unset. */
  readonly quotaResets?: "next_day" | "next_month";
};

export type CodeTable = Readonly<Record<string, CodeAction>>;

const backoffMs = 30_000;
const jitterMs = 15_000;
// A shared opening hour trips rate limits: the night's messages are spread over this long.
const openingSpreadMs = 30 * 60_000;

/** The outcome that a row calls for. Only `ok` was accepted, only `unknown` may have been. */
export function outcomeOf(
  handOff: HandOff,
  code: string,
  row: CodeAction,
  now: Date,
  more: { readonly providerReference?: string; readonly retryAt?: Date } = {},
): HandOffOutcome {
  const retryAt = more.retryAt ?? retryTime(row, now);
  return {
    intentId: handOff.intentId,
    state: row.action === "ok" ? "sent" : row.action === "unknown" ? "unknown" : "rejected",
    action: row.action,
    code,
    ...(more.providerReference === undefined ? {} : { providerReference: more.providerReference }),
    ...(row.refusalScope === undefined ? {} : { refusalScope: row.refusalScope }),
    ...(retryAt === undefined ? {} : { retryAt }),
  };
}

function retryTime(row: CodeAction, now: Date): Date | undefined {
  switch (row.action) {
    case "backoff":
      return later(now, backoffMs + Math.random() * jitterMs);
    case "quota":
      return later(
        row.quotaResets === "next_month" ? nextVietnamMonth(now) : nextVietnamDay(now),
        Math.random() * openingSpreadMs,
      );
    case "night":
      return later(nextVietnamHour(now, 6), Math.random() * openingSpreadMs);
    default:
      return undefined;
  }
}

function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + Math.round(ms));
}
