/** Calling codes of one and of two digits; every other code has three (ITU-T E.164 list of assigned codes). */
const shortCodes: ReadonlySet<string> = new Set(
  (
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
    "60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
  ).split(" "),
);

/** The calling code (without plus) of an E.164 number, "" if it is not one. */
export function callingCodeOf(e164: string): string {
  if (!/^\+[1-9]\d{6,14}$/.test(e164)) return "";
  const one = e164.slice(1, 2);
  if (shortCodes.has(one)) return one;
  const two = e164.slice(1, 3);
  return shortCodes.has(two) ? two : e164.slice(1, 4);
}
