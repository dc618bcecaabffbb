import type { ErrorObject } from "ajv/dist/2020.js";
import type { Fault } from "../domain/guard-error.ts";
import type { Language } from "../domain/language.ts";
import { codeOfKeyword, faultMessage } from "./fault-messages.ts";
import type { SchemaNode } from "./schema-files.ts";

/** What Ajv found, in words and codes that do not change with the validator. Never repeats what was sent. */
export function tellFaults(errors: readonly ErrorObject[], language: Language, max: number): Fault[] {
  const telling: ErrorObject[] = [];
  for (const error of errors) {
    if (saysMoreThanItsUnion(error)) telling.push(error);
    if (telling.length === max) break;
  }
  return (telling.length > 0 ? telling : errors.slice(0, max)).map((error) => {
    const code = codeOfKeyword[error.keyword] ?? "not_allowed";
    return {
      pointer: (error.instancePath + pointerBeyond(error)).slice(0, 1000),
      code,
      message: faultMessage(code, boundOf(error), language),
    };
  });
}

/**
 * A branch of a union that did not fit says less than the union; a discriminator says less than the
 * `enum` beside it; `propertyNames` repeats the fault that the name itself already has.
 */
function saysMoreThanItsUnion(error: ErrorObject): boolean {
  const branch =
    /\/(anyOf|oneOf)\/\d+\/\w+$/.test(error.schemaPath) && Object.keys(error.parentSchema ?? {}).length === 1;
  return !branch && error.keyword !== "discriminator" && error.keyword !== "propertyNames";
}

function pointerBeyond(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const name =
    params["missingProperty"] ?? params["additionalProperty"] ?? params["tag"] ?? error.propertyName;
  // RFC 6901 section 3: "~" and "/" are escaped.
  return typeof name === "string" ? `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}` : "";
}

/** What would have been allowed, read from the schema alone. */
function boundOf(error: ErrorObject): string {
  const schema = (error.parentSchema ?? {}) as SchemaNode;
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case "type":
    case "enum":
      return listOf(error.schema);
    case "const":
    case "pattern":
      return String(error.schema);
    case "format":
    case "anyOf":
      return formatNames[String(schema["format"])] ?? "RFC 3339";
    case "oneOf":
      return listOf((error.schema as readonly SchemaNode[]).flatMap((branch) => branch["required"] ?? []));
    default:
      return typeof params["limit"] === "number" ? String(params["limit"]) : "";
  }
}

const formatNames: Readonly<Record<string, string>> = {
  "date-time": "RFC 3339 (2026-01-31T09:00:00+07:00)",
  date: "RFC 3339 (2026-01-31)",
  uri: "RFC 3986",
};

function listOf(values: unknown): string {
  return Array.isArray(values) ? values.map(String).join(", ") : String(values);
}
