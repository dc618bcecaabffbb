import { readdirSync, readFileSync } from "node:fs";

/** A JSON Schema 2020-12 node as it stands in schemas/. */
export type SchemaNode = { readonly [keyword: string]: unknown };

export type SchemaFile = {
  readonly $id: string;
  readonly description: string;
  /** By title; a title is unique across all files, so that it can name a type and an OpenAPI component. */
  readonly $defs: Readonly<Record<string, SchemaNode>>;
};

// The same distance from src/schema and from dist/schema.
const folder = new URL("../../schemas/", import.meta.url);

/** Reads every file of schemas/, in the order of their names. */
export function readSchemaFiles(): readonly SchemaFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as SchemaFile);
}

/**
 * All definitions in one record, their references rewritten to `prefix` + title.
 * Throws where two files define the same title.
 */
export function bundleSchemas(files: readonly SchemaFile[], prefix: string): Record<string, SchemaNode> {
  const bundle: Record<string, SchemaNode> = {};
  for (const file of files) {
    for (const [title, schema] of Object.entries(file.$defs)) {
      if (bundle[title] !== undefined) throw new Error(`schema title ${title} is defined twice`);
      bundle[title] = rewriteReferences(schema, prefix) as SchemaNode;
    }
  }
  return bundle;
}

function rewriteReferences(node: unknown, prefix: string): unknown {
  if (Array.isArray(node)) return node.map((item) => rewriteReferences(item, prefix));
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).map(([key, value]): [string, unknown] =>
    key === "$ref" && typeof value === "string"
      ? [key, prefix + titleOf(value)]
      : [key, rewriteReferences(value, prefix)],
  );
  return Object.fromEntries(entries);
}

/** The title that a reference points to: its last segment. */
export function titleOf(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}
