import { formulaSafe } from "./formula-safe.ts";

/** Written first, so that spreadsheets take the file for UTF-8. */
export const errorCsvMark = "\ufeff";

/** The original columns, then `row`, `code` and `fix`. */
export function errorCsvHeader(columns: readonly string[]): string {
  return csvLine([...columns, "row", "code", "fix"]);
}

/** One refused row, padded to the columns of the file. `rowNumber` counts from 1 without the header. */
export function errorCsvRow(
  columns: readonly string[],
  cells: readonly string[],
  refused: { readonly rowNumber: number; readonly code: string; readonly fix: string },
): string {
  const original = columns.map((_, at) => cells[at] ?? "");
  return csvLine([...original, String(refused.rowNumber), refused.code, refused.fix]);
}

/** A record of RFC 4180, every cell safe against formula injection. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => quoted(formulaSafe(cell))).join(",")}\r\n`;
}

function quoted(cell: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
