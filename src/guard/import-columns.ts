import type { Scanner } from "../content/scan.ts";
import type { TableReader } from "./ports/table-reader.ts";

/** What an import takes from each column of its file; positions count from 0, -1: no such column. */
export type ImportColumns = {
  readonly names: readonly string[];
  readonly phone: number;
  readonly name: number;
  readonly birthDate: number;
  readonly country: number;
  readonly consentedAt: number;
  readonly guardian: {
    readonly name: number;
    readonly phone: number;
    readonly consentedAt: number;
    readonly evidence: number;
  };
  /** Columns that replace what the declaration of the file says; in the order of `overrideFields`. */
  readonly overrides: readonly number[];
  /** Template data that was declared: kept. */
  readonly attributes: readonly { readonly position: number; readonly name: string }[];
  /** Columns whose name alone is sensitive, declared or not: a value in one quarantines its row. */
  readonly sensitive: readonly { readonly position: number; readonly name: string }[];
  /** Everything that is no field of a contact: looked through before a row goes into the error file. */
  readonly foreign: readonly { readonly position: number; readonly name: string }[];
};

export const overrideFields = ["basis", "method", "source", "noticeVersion", "evidence"] as const;

/** As many attributes as a contact may have over `POST /v1/contacts`. */
export const attributesMax = 50;
const attributePrefix = "attributes.";

/**
 * Data that nobody declared is not taken in: a column that is no field of a contact is kept as template data only
 * where the mapping says `attributes.<name>`, or where it is itself named so (NDJSON: a member of `attributes`).
 * All others are read past. A sensitive name counts whether declared or not, since the file should not have held it,
 * unless the mapping says `ignore`.
 */
export function importColumns(
  tables: Pick<TableReader, "columns">,
  scanner: Pick<Scanner, "matchFieldName">,
  header: readonly string[],
  mapping: Readonly<Record<string, string>>,
): ImportColumns {
  const recognised = tables.columns(header, mapping);
  const at = (field: string): number => recognised.fields.get(field) ?? -1;
  const declared = new Set(
    Object.entries(mapping).flatMap(([, target]) =>
      target.startsWith(attributePrefix) ? [target.slice(attributePrefix.length)] : [],
    ),
  );
  const isDeclared = (column: { readonly position: number; readonly name: string }): boolean =>
    declared.has(column.name) || (header[column.position] ?? "").trim().startsWith(attributePrefix);
  const known = new Set(recognised.fields.values());
  const foreign = header.flatMap((name, position) =>
    known.has(position) ? [] : [{ position, name: name.trim() }],
  );
  return {
    names: header,
    phone: at("phone"),
    name: at("name"),
    birthDate: at("birthDate"),
    country: at("country"),
    consentedAt: at("consentedAt"),
    guardian: {
      name: at("guardian.name"),
      phone: at("guardian.phone"),
      consentedAt: at("guardian.consentedAt"),
      evidence: at("guardian.evidence"),
    },
    overrides: overrideFields.map(at),
    attributes: recognised.attributes.filter(isDeclared),
    sensitive: recognised.attributes.filter((column) => scanner.matchFieldName(column.name) !== null),
    foreign,
  };
}
