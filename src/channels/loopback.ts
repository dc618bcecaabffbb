import { isIPv4 } from "node:net";

/** Whether a URL's hostname can only mean this machine; other names are not resolved, so they do not count. */
export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (bare === "localhost" || bare === "::1") return true;
  return isIPv4(bare) && bare.startsWith("127.");
}
