import type { Request } from "express";

/**
 * Whether a POST comes from a page of this console: Fetch Metadata where the browser sends it, and the Origin in any
 * case. A request that tells neither comes from no browser that could be trusted with a session, and is refused.
 */
export function isSameOrigin(req: Pick<Request, "headers">): boolean {
  const site = req.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const { origin, host } = req.headers;
  if (origin === undefined) return site !== undefined;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host;
}
