import { type ContactField, columnNames, contactFields } from "./contact-fields.ts";

export type HeaderFault = {
  readonly column: string;
  readonly code: "column_unknown" | "field_unknown" | "field_twice";
};

/** What the columns of a file mean. Positions count from 0. */
export type RecognisedHeader = {
  readonly fields: ReadonlyMap<ContactField, number>;
  /** Columns that are no field of a contact, with the name under which their value is known. */
  readonly attributes: readonly { readonly position: number; readonly name: string }[];
  /** What is wrong with the explicit mapping; empty without one. */
  readonly faults: readonly HeaderFault[];
};

const attributePrefix = "attributes.";
const ignored = "ignore";

/**
 * Recognises Vietnamese and English column names, with or without accents. `mapping` (column → field,
 * `attributes.<name>` or `ignore`) wins: a mapped column means nothing else, and a mapped field is looked
 * for nowhere else.
 */
export function recogniseHeader(
  header: readonly string[],
  mapping: Readonly<Record<string, string>> = {},
): RecognisedHeader {
  const folded = header.map(foldColumnName);
  const fields = new Map<ContactField, number>();
  const attributes = new Map<number, string>();
  const faults: HeaderFault[] = [];
  const taken = new Set<number>();
  for (const [column, target] of Object.entries(mapping)) {
    const position = positionOf(column, header, folded);
    if (position < 0 || taken.has(position)) {
      faults.push({ column, code: position < 0 ? "column_unknown" : "field_twice" });
      continue;
    }
    const field = contactFields.find((each) => each === target);
    if (field !== undefined && fields.has(field)) faults.push({ column, code: "field_twice" });
    else if (field !== undefined) fields.set(field, position);
    else if (target.startsWith(attributePrefix) && target.length > attributePrefix.length)
      attributes.set(position, target.slice(attributePrefix.length));
    else if (target !== ignored) faults.push({ column, code: "field_unknown" });
    taken.add(position);
  }
  for (const field of contactFields) {
    if (fields.has(field)) continue;
    const position = bestPosition(columnNames[field], folded, taken);
    if (position === undefined) continue;
    fields.set(field, position);
    taken.add(position);
  }
  header.forEach((name, position) => {
    if (!taken.has(position)) attributes.set(position, attributeName(name));
  });
  return {
    fields,
    attributes: [...attributes].map(([position, name]) => ({ position, name })),
    faults,
  };
}

/**
 * "Số điện thoại (*)" → "sodienthoai": lower case without accents, remarks in brackets, spaces and
 * punctuation, so that every way of writing a name is one.
 */
export function foldColumnName(name: string): string {
  return name
    .slice(0, 200)
    .replace(/\([^()]*\)|\[[^[\]]*\]/g, " ")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

function positionOf(column: string, header: readonly string[], folded: readonly string[]): number {
  const exact = header.indexOf(column);
  return exact >= 0 ? exact : folded.indexOf(foldColumnName(column));
}

function bestPosition(
  names: readonly string[],
  folded: readonly string[],
  taken: ReadonlySet<number>,
): number | undefined {
  for (const name of names) {
    const position = folded.findIndex((each, at) => each === name && !taken.has(at));
    if (position >= 0) return position;
  }
  return undefined;
}

/** NDJSON flattens `attributes: {city}` to `attributes.city`; the value is known as `city`. */
function attributeName(name: string): string {
  const trimmed = name.trim();
  return trimmed.startsWith(attributePrefix) ? trimmed.slice(attributePrefix.length) : trimmed;
}
