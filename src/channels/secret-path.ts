import { createHash, timingSafeEqual } from "node:crypto";
import type { ConnectorContext, InboundRequest } from "../guard/ports/connector.ts";

/** Compares without telling by its duration where two secrets differ. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * The check that stands in for a signature where the provider has none: a secret in the path that only
 * the provider was told, and its addresses where they are known. Without a secret nothing passes.
 */
export function cameBySecretPath(
  request: InboundRequest,
  context: ConnectorContext,
  addresses: readonly string[],
): boolean {
  if (context.inbound === undefined || context.inbound.secret === "") return false;
  if (!sameSecret(request.secretPath, context.inbound.secret)) return false;
  const from = request.remoteAddress.replace(/^::ffff:/, "");
  return addresses.length === 0 || addresses.includes(from);
}
