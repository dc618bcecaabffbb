import type { CodeTable } from "./code-action.ts";

/**
 * eSMS CodeResult → action (developers.esms.vn, table of error codes; classes are our own reading).
 * 99 also stood for "unknown error" in older pages, so it takes only advertising from the subscriber.
 */
export const esmsCodes = {
  "100": { action: "ok" },
  "199": { action: "ok" },
  "99": { action: "optout", refusalScope: "advertising" },
  "160": { action: "backoff" },
  "105": { action: "backoff" },
  "101": { action: "hold" },
  "102": { action: "hold" },
  "103": { action: "hold" },
  "104": { action: "hold" },
  "140": { action: "hold" },
  "143": { action: "hold" },
  "177": { action: "hold" },
  "204": { action: "hold" },
  "789": { action: "hold" },
  "790": { action: "hold" },
  "799": { action: "hold" },
  "801": { action: "hold" },
  "802": { action: "hold" },
  "106": { action: "dead" },
  "107": { action: "dead" },
  "108": { action: "dead" },
  "110": { action: "dead" },
  "115": { action: "dead" },
  "118": { action: "dead" },
  "120": { action: "dead" },
  "146": { action: "dead" },
  "163": { action: "dead" },
  "171": { action: "dead" },
  "201": { action: "dead" },
  "210": { action: "dead" },
  "300": { action: "dead" },
  "301": { action: "dead" },
  "687": { action: "dead" },
  "791": { action: "dead" },
  "851": { action: "dead" },
  "852": { action: "dead" },
  "853": { action: "dead" },
  "854": { action: "dead" },
} as const satisfies CodeTable;

/** The RequestId was seen before: the first request with it decided, see `SendStatus` beside it. */
export const esmsDuplicate = "124";

/** SendStatus in answers to status queries and in callbacks. */
export const esmsSendStatus = {
  "1": "awaiting_approval",
  "2": "awaiting_sending",
  "4": "refused",
  "5": "done",
  "7": "awaiting_report",
} as const;
