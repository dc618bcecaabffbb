import type { CodeTable } from "./code-action.ts";

/**
 * Viber's `status` → action. 12 says that this very message was taken before, so it counts as sent; 11 and
 * 401 are both given for an unlisted address; 7 is the only one that leaves open what happened.
 */
export const viberCodes = {
  "0": { action: "ok" },
  "12": { action: "ok" },
  "1": { action: "backoff" },
  "7": { action: "unknown" },
  "2": { action: "hold" },
  "11": { action: "hold" },
  "401": { action: "hold" },
  "13": { action: "hold" },
  "14": { action: "hold" },
  "43": { action: "hold" },
  "3": { action: "dead" },
  "4": { action: "dead" },
  "5": { action: "dead" },
  "6": { action: "dead" },
  "17": { action: "dead" },
  "18": { action: "dead" },
  "20": { action: "dead" },
  "21": { action: "dead" },
  "27": { action: "dead" },
  "28": { action: "dead" },
  "29": { action: "dead" },
  "30": { action: "dead" },
  "31": { action: "dead" },
  "32": { action: "dead" },
  "38": { action: "dead" },
  "39": { action: "dead" },
  "40": { action: "dead" },
  "41": { action: "dead" },
  "8": { action: "optout", refusalScope: "sender" },
  "9": { action: "unreachable" },
  "10": { action: "unreachable" },
} as const satisfies CodeTable;
