// Writes src/domain/contract.gen.ts from schemas/. `--check` only says whether it is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { compile } from "json-schema-to-typescript";
import { bundleSchemas, readSchemaFiles } from "../src/schema/schema-files.ts";

const target = new URL("../src/domain/contract.gen.ts", import.meta.url);

/** The TypeScript text of every schema, one exported type a title. */
export async function generateTypes(): Promise<string> {
  const definitions = bundleSchemas(readSchemaFiles(), "#/definitions/");
  const titles = Object.keys(definitions).sort();
  const text = await compile(
    {
      title: "ContractTypes",
      description: "Every schema by its title: what the validator's answer is typed with.",
      type: "object",
      additionalProperties: false,
      required: titles,
      properties: Object.fromEntries(titles.map((title) => [title, { $ref: `#/definitions/${title}` }])),
      definitions: Object.fromEntries(titles.map((title) => [title, forTypes(definitions[title])])),
    } as Parameters<typeof compile>[0],
    "ContractTypes",
    {
      bannerComment: "// Generated from schemas/ by scripts/generate-types.ts. Do not edit.",
      additionalProperties: false,
      ignoreMinAndMaxItems: true,
      unknownAny: true,
      style: { printWidth: 110 },
    },
  );
  return withReadonlyArrays(text);
}

const narrowing = [
  "discriminator",
  "propertyNames",
  "default",
  "format",
  "pattern",
  "minItems",
  "maxItems",
  "uniqueItems",
];

/** Leaves out what narrows values but not types, and turns what the generator cannot read into what it can. */
function forTypes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(forTypes);
  if (typeof node !== "object" || node === null) return node;
  const schema = node as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties" && typeof value === "object" && value !== null) {
      out[key] = Object.fromEntries(Object.entries(value).map(([name, sub]) => [name, forTypes(sub)]));
    } else if (key === "prefixItems") out["items"] = forTypes(value);
    else if (key === "items" && "prefixItems" in schema) continue;
    else if (narrowing.includes(key) && !("prefixItems" in schema)) continue;
    else if ((key === "oneOf" || key === "anyOf") && isConstraintOnly(value)) continue;
    else out[key] = forTypes(value);
  }
  // A union of closed objects says everything; the keywords beside it would only intersect it.
  if ("oneOf" in out || "anyOf" in out) {
    delete out["type"];
    delete out["properties"];
    delete out["required"];
  }
  return out;
}

function isConstraintOnly(branches: unknown): boolean {
  return (
    Array.isArray(branches) &&
    branches.every((branch: unknown) =>
      Object.keys(branch as object).every((key) => key === "required" || key === "format"),
    )
  );
}

// The values of the domain are deeply readonly and could not be answered through mutable arrays.
function withReadonlyArrays(text: string): string {
  return text
    .replace(/(?<![\w"])((?:[A-Z]\w*|string|number|boolean)|\([^()]*\))\[\]/g, "readonly $1[]")
    .replace(/(:\s)(\[number, number\])/g, "$1readonly $2");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const text = await generateTypes();
  if (!process.argv.includes("--check")) writeFileSync(target, text);
  else if (readFileSync(target, "utf8") !== text) {
    console.error("src/domain/contract.gen.ts is stale: run npx tsx scripts/generate-types.ts");
    process.exitCode = 1;
  }
}
