import type { Scanner } from "../content/scan.ts";
import type { ContactInput, Evidence, RowFault } from "../domain/contract.gen.ts";
import { attributesMax, type ImportColumns } from "./import-columns.ts";
import type { TableReader } from "./ports/table-reader.ts";
import { rowFault } from "./row-fixes.ts";

/** One record of a file as a contact, before it is judged. */
export type ImportRow = {
  readonly contact: ContactInput;
  /** What this row says instead of the file's declaration, in the order of `overrideFields`; null: nothing. */
  readonly overrides: readonly string[] | null;
  /** Anything here refuses the row. */
  readonly faults: readonly RowFault[];
  /** Anything here quarantines it. */
  readonly sensitive: readonly RowFault[];
};

export type RowReading = {
  readonly columns: ImportColumns;
  readonly tables: Pick<TableReader, "day" | "moment">;
  readonly scanner: Pick<Scanner, "scanField">;
  readonly latestYear: number;
};

const nameLengthMax = 200;
const attributeLengthMax = 1_000;
const attributeNameLengthMax = 100;
const none: readonly RowFault[] = [];
/** No date at all, so that nothing reads it in another order of day and month than ours. */
const unreadable = "?";

/** Reads one record (hostile input) by the meaning of its columns. */
export function readImportRow(cells: readonly string[], reading: RowReading): ImportRow {
  const { columns } = reading;
  const faults: RowFault[] = [];
  const name = (cells[columns.name] ?? "").trim();
  if (name.length > nameLengthMax || !isWhole(name)) faults.push(rowFault("row_malformed", "name"));
  const birthCell = (cells[columns.birthDate] ?? "").trim();
  const consentCell = (cells[columns.consentedAt] ?? "").trim();
  const country = readCountry(cells[columns.country] ?? "");
  if (country === null) faults.push(rowFault("row_malformed", "country"));
  const guardian = readGuardian(cells, reading);
  const attributes = readAttributes(cells, columns, faults);
  const contact: ContactInput = { phone: cells[columns.phone] ?? "" };
  if (name !== "") contact.name = name;
  if (birthCell !== "") contact.birthDate = reading.tables.day(birthCell, reading.latestYear) ?? unreadable;
  if (country !== null && country !== "") contact.country = country;
  if (consentCell !== "")
    contact.consentedAt = reading.tables.moment(consentCell, reading.latestYear) ?? unreadable;
  if (guardian !== null && guardian !== undefined) contact.guardian = guardian;
  if (attributes !== null) contact.attributes = attributes;
  let overrides: string[] | null = null;
  for (let at = 0; at < columns.overrides.length; at++) {
    const cell = (cells[columns.overrides[at] ?? -1] ?? "").trim();
    if (cell === "") continue;
    overrides ??= columns.overrides.map(() => "");
    overrides[at] = cell;
  }
  return { contact, overrides, faults, sensitive: sensitiveColumns(cells, reading) };
}

/** A text that UTF-8 can spell: escapes in NDJSON and XLSX can name half a letter. */
export function isWhole(text: string): boolean {
  return (
    !/[\ud800-\udfff]/.test(text) ||
    !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)
  );
}

/** ISO 3166-1 alpha-2, or how Vietnamese files write their own country. null: something else is written. */
function readCountry(cell: string): string | null {
  if (cell === "") return "";
  const text = cell.trim();
  if (text === "" || /^[A-Za-z]{2}$/.test(text)) return text.toUpperCase();
  const folded = text
    .slice(0, 40)
    .normalize("NFD")
    .replaceAll(/[\p{M}\s.]/gu, "")
    .toLowerCase();
  return folded === "vietnam" || folded === "vnm" ? "VN" : null;
}

function readGuardian(cells: readonly string[], reading: RowReading): ContactInput["guardian"] | null {
  const { guardian } = reading.columns;
  const name = (cells[guardian.name] ?? "").trim();
  const phone = (cells[guardian.phone] ?? "").trim();
  if (name === "" && phone === "") return null;
  const consentedAt = (cells[guardian.consentedAt] ?? "").trim();
  const evidence = readEvidence(cells[guardian.evidence] ?? "");
  return {
    name: isWhole(name) ? name.slice(0, nameLengthMax) : "",
    phone: phone.slice(0, 64),
    consentedAt:
      consentedAt === ""
        ? unreadable
        : (reading.tables.moment(consentedAt, reading.latestYear) ?? unreadable),
    evidence: evidence === null ? [] : [evidence],
  };
}

/** A file's id, a digest or an address; null for what points nowhere. */
export function readEvidence(cell: string): Evidence | null {
  const text = cell.trim();
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    return { kind: "file", fileId: text.toLowerCase() };
  const digest = /^(?:sha-?256:)?([0-9a-f]{64})$/i.exec(text)?.[1];
  if (digest !== undefined) return { kind: "file", sha256: digest.toLowerCase() };
  return /^https?:\/\/[^\s/]+\S*$/i.test(text) && text.length <= 2_048 && isWhole(text)
    ? { kind: "url", uri: text }
    : null;
}

function readAttributes(
  cells: readonly string[],
  columns: ImportColumns,
  faults: RowFault[],
): Record<string, string> | null {
  let attributes: Record<string, string> | null = null;
  let count = 0;
  for (const { position, name } of columns.attributes) {
    const value = cells[position] ?? "";
    if (value === "") continue;
    count++;
    const usable =
      count <= attributesMax &&
      value.length <= attributeLengthMax &&
      name.length <= attributeNameLengthMax &&
      name !== "__proto__" &&
      isWhole(value) &&
      isWhole(name);
    if (!usable) {
      faults.push(rowFault("row_malformed", name.slice(0, attributeNameLengthMax)));
      return null;
    }
    attributes ??= {};
    attributes[name] = value;
  }
  return attributes;
}

function sensitiveColumns(cells: readonly string[], reading: RowReading): readonly RowFault[] {
  let found: RowFault[] | null = null;
  for (const { position, name } of reading.columns.sensitive) {
    const value = cells[position] ?? "";
    // "không", "0" and the like say that there is nothing.
    if (value === "" || reading.scanner.scanField(name, value.slice(0, 1_000)).verdict === "pass") continue;
    found ??= [];
    if (found.length < attributesMax) found.push(rowFault("sensitive_field", name.slice(0, 200)));
  }
  return found ?? none;
}
