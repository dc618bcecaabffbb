/** `_x000D_` and the like: how spreadsheets write characters that XML cannot hold. */
export function decodeEscapes(text: string): string {
  if (!text.includes("_x")) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/**
 * A number as a person typed it. The file holds the whole double, so an integer that went through it
 * unharmed is written out (`9.01234521E8` is 901234521); beyond 15 digits the text stays as it is, and with
 * it the sign that digits were lost.
 */
export function numberText(written: string): string {
  const text = written.trim();
  const value = Number(text);
  return text !== "" && Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : text;
}

/** A serial number under a date format as ISO date, date and time, or time; undefined if it is none. */
export function serialDateText(written: string, epoch1904: boolean): string | undefined {
  const value = Number(written);
  if (written.trim() === "" || !(value >= 0 && value < 2_958_466)) return undefined;
  // The 1900 system counts a 29 February 1900 that never was.
  const days = epoch1904 ? value + 1462 : value < 60 ? value + 1 : value;
  const iso = new Date(Math.round((days - 25_569) * 86_400) * 1000).toISOString();
  if (value < 1) return iso.slice(11, 19);
  return Number.isInteger(value) ? iso.slice(0, 10) : iso.slice(0, 19);
}

/** Column number (from 0) of a reference such as `AB12`, undefined if it has none. */
export function columnOf(reference: string): number | undefined {
  let column = 0;
  for (let at = 0; at < reference.length; at++) {
    const code = reference.charCodeAt(at);
    if (code < 0x41 || code > 0x5a) return at === 0 ? undefined : column - 1;
    column = column * 26 + (code - 0x40);
    if (column > 1_000_000) return undefined;
  }
  return column === 0 ? undefined : column - 1;
}
