import { mobilePrefixes, oldMobilePrefixes } from "./vietnam-prefixes.ts";

export type VietnameseMobile = { readonly e164: string; readonly old: boolean };

/** One byte a two-digit prefix: 1 where it is a mobile one. A look-up, because imports ask it per row. */
const isMobilePrefix: readonly boolean[] = Array.from({ length: 100 }, (_, prefix) =>
  mobilePrefixes.some((mobile) => Number(mobile) === prefix),
);
const newPrefixOf: ReadonlyMap<string, string> = new Map(Object.entries(oldMobilePrefixes));

/**
 * Reads a national significant number (digits only, no trunk zero): nine digits of a mobile in use, or ten
 * of one from before 2018, which is converted. Anything else, landlines and service numbers included, is
 * undefined: it cannot receive a message.
 */
export function vietnameseMobile(national: string): VietnameseMobile | undefined {
  if (national.length === 9) {
    const prefix = (national.charCodeAt(0) - 48) * 10 + (national.charCodeAt(1) - 48);
    return isMobilePrefix[prefix] === true ? { e164: `+84${national}`, old: false } : undefined;
  }
  if (national.length !== 10) return undefined;
  const replaced = newPrefixOf.get(national.slice(0, 3));
  return replaced === undefined ? undefined : { e164: `+84${replaced}${national.slice(3)}`, old: true };
}

/** Whether an E.164 number is a Vietnamese mobile in use today. */
export function isVietnameseMobile(e164: string): boolean {
  return e164.length === 12 && /^\+84\d{9}$/.test(e164) && vietnameseMobile(e164.slice(3)) !== undefined;
}
