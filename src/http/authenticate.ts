import type { IncomingMessage } from "node:http";
import { GuardError } from "../domain/guard-error.ts";
import type { Caller } from "../guard/guard.ts";
import { apiKeyMode } from "./api-key.ts";

export type AuthenticateKey = (secret: string, requestId: string) => Promise<Caller | null>;

/** The caller behind `Authorization: Bearer …` (RFC 6750 section 2.1); throws `unauthenticated`. */
export async function authenticate(
  req: IncomingMessage,
  requestId: string,
  look: AuthenticateKey,
): Promise<Caller> {
  const secret = bearerToken(req);
  // Keys of our own making are checked before the store is asked; an administrator's key may be any text.
  const plausible = secret !== null && (!secret.startsWith("sg_") || apiKeyMode(secret) !== null);
  const caller = plausible ? await look(secret, requestId) : null;
  if (caller === null) throw new GuardError("unauthenticated", "no valid key");
  return caller;
}

function bearerToken(req: IncomingMessage): string | null {
  const match = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(req.headers.authorization ?? "");
  return match?.[1] ?? null;
}
