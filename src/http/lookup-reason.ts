import { GuardError } from "../domain/guard-error.ts";

const charactersMin = 8;
const charactersMax = 500;

/** Why somebody looks, from X-Lookup-Reason; throws `lookup_reason_missing`. */
export function lookupReason(header: string | undefined): string {
  const reason = utf8(header ?? "").trim();
  if (reason.length >= charactersMin && reason.length <= charactersMax) return reason;
  throw new GuardError("lookup_reason_missing", "no reason of 8 to 500 characters");
}

// HTTP hands header bytes over as Latin-1; Vietnamese is sent as UTF-8.
function utf8(header: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(header, "latin1"));
  } catch {
    return header;
  }
}
