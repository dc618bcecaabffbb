import type { CodeTable } from "./code-action.ts";

/**
 * HTTP status of a publisher → action, as Standard Webhooks has it: 410 means "switch this off", 2xx is the
 * only acceptance. A 5xx may have published; the same webhook-id makes asking again harmless.
 */
export const pageWebhookCodes = {
  "200": { action: "ok" },
  "201": { action: "ok" },
  "202": { action: "ok" },
  "204": { action: "ok" },
  "400": { action: "dead" },
  "401": { action: "hold" },
  "403": { action: "hold" },
  "404": { action: "hold" },
  "410": { action: "hold" },
  "413": { action: "dead" },
  "422": { action: "dead" },
  "429": { action: "backoff" },
  "500": { action: "unknown" },
  "502": { action: "unknown" },
  "503": { action: "unknown" },
  "504": { action: "unknown" },
} as const satisfies CodeTable;
