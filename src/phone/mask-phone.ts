import { callingCodeOf } from "./calling-codes.ts";

/**
 * How a number may be shown: calling code, at most two leading and the last two digits
 * (`+84 90 *** ** 21`). The stars do not tell how many digits they stand for. What is not an E.164 number
 * is hidden whole.
 */
export function maskPhone(e164: string): string {
  const code = callingCodeOf(e164);
  if (code === "") return "*** **";
  const national = e164.slice(1 + code.length);
  // Of a short number two and two digits would be nearly all.
  const leading = national.length >= 8 ? `${national.slice(0, 2)} ` : "";
  return `+${code} ${leading}*** ** ${national.slice(-2)}`;
}
