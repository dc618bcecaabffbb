import type { CodeTable } from "./code-action.ts";

/** The answers of Kannel's sendsms, by HTTP status and the beginning of its text. */
export const kannelAnswers = {
  "202": { action: "ok" },
  "400": { action: "dead" },
  "403": { action: "hold" },
  "404": { action: "hold" },
  "503 Temporal failure": { action: "backoff" },
} as const satisfies CodeTable;

/** %d of a delivery report: a bit each, one at a time. */
export const kannelReports = {
  "1": { state: "delivered", action: "ok" },
  "2": { state: "failed", action: "unreachable" },
  "4": { state: "accepted", action: "ok" },
  "8": { state: "accepted", action: "ok" },
  "16": { state: "failed", action: "dead" },
} as const;
