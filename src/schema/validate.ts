import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import * as formats from "ajv-formats";
import type { ContractTypes } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { Language } from "../domain/language.ts";
import { readSchemaFiles, type SchemaFile, type SchemaNode, titleOf } from "./schema-files.ts";
import { tellFaults } from "./tell-faults.ts";

/** Turns what came from outside into its type, or throws `invalid_request` with every fault. */
export type Parser<T> = (value: unknown, language?: Language) => T;

export type Validators = {
  /** Compiles when its first value comes, so that a start waits for none; throws where the title is not known. */
  readonly parser: <Title extends keyof ContractTypes>(title: Title) => Parser<ContractTypes[Title]>;
  /** The same for query parameters and path segments, whose numbers and booleans arrive as text. */
  readonly textParser: <Title extends keyof ContractTypes>(title: Title) => Parser<ContractTypes[Title]>;
};

/** A problem document lists no more than this. */
const faultsMax = 1000;
/** Bodies with more values than this are told their first fault only: a list could outgrow the memory. */
const valuesMax = 200_000;

/**
 * Two passes. The first stops at the first fault, so that a hostile body costs no more than it takes to
 * find one; only a body that failed and is small is gone through again to name every fault.
 */
export function createValidators(files: readonly SchemaFile[] = readSchemaFiles()): Validators {
  const first = compiler(files, { allErrors: false, coerceTypes: false });
  const listing = files.map((file) => inlined(file, files));
  const every = compiler(listing, { allErrors: true, coerceTypes: false });
  const firstOfText = compiler(files, { allErrors: false, coerceTypes: true });
  const everyOfText = compiler(listing, { allErrors: true, coerceTypes: true });
  return {
    parser: (title) => parserOf(first(title), every(title)),
    textParser: (title) => parserOf(firstOfText(title), everyOfText(title)),
  };
}

type Compile = () => ValidateFunction;

function parserOf<T>(first: Compile, every: Compile): Parser<T> {
  return (value, language = "en") => {
    const validate = first();
    if (validate(value)) return value as T;
    const firstErrors = validate.errors ?? [];
    const all = countValues(value, valuesMax) < valuesMax ? everyErrorOf(every(), value) : [];
    const errors = tellFaults(all.length > 0 ? all : firstErrors, language, faultsMax);
    throw new GuardError("invalid_request", "the request does not follow its schema", { errors });
  };
}

function everyErrorOf(every: ValidateFunction, value: unknown): readonly ErrorObject[] {
  try {
    return every(value) ? [] : (every.errors ?? []);
  } catch (error) {
    // A text far over its limit can exhaust the stack of a regular expression; the first pass, which
    // stops at the limit, has named that fault already.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function compiler(
  files: readonly SchemaFile[],
  options: { readonly allErrors: boolean; readonly coerceTypes: boolean },
): (title: string) => Compile {
  const idOfTitle = new Map(
    files.flatMap((file) => Object.keys(file.$defs).map((title) => [title, `${file.$id}#/$defs/${title}`])),
  );
  let ajv: Ajv2020 | undefined;
  return (title) => {
    const id = idOfTitle.get(title);
    if (id === undefined) throw new Error(`no schema is titled ${title}`);
    let compiled: ValidateFunction | undefined;
    return () => {
      if (compiled !== undefined) return compiled;
      ajv ??= withSchemas(files, options);
      compiled = ajv.getSchema(id);
      if (compiled === undefined) throw new Error(`${id} cannot be found`);
      return compiled;
    };
  };
}

function withSchemas(files: readonly SchemaFile[], options: Options): Ajv2020 {
  const ajv = new Ajv2020({
    ...options,
    strict: true,
    allowUnionTypes: true,
    // `required` beside `oneOf` speaks of properties that another branch declares.
    strictRequired: false,
    strictTypes: false,
    discriminator: true,
    verbose: true,
    // The files are our own: a test holds them to the meta-schema, which takes longer to compile than they do.
    validateSchema: false,
  });
  formats.default.default(ajv, ["date-time", "date", "uri"]);
  for (const file of files) ajv.addSchema(file);
  return ajv;
}

/**
 * A copy for naming every fault of a hostile body in time that grows with its length alone. Ajv copies
 * all faults so far at each `$ref` it returns from, and `uniqueItems` compares every pair.
 */
function inlined(file: SchemaFile, files: readonly SchemaFile[]): SchemaFile {
  const definitions = Object.assign({}, ...files.map(({ $defs }) => $defs)) as SchemaFile["$defs"];
  const inline = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(inline);
    if (typeof node !== "object" || node === null) return node;
    const reference = (node as SchemaNode)["$ref"];
    if (typeof reference === "string") return inline(definitions[titleOf(reference)]);
    const entries = Object.entries(node).filter(([key]) => key !== "uniqueItems");
    return Object.fromEntries(entries.map(([key, value]) => [key, inline(value)]));
  };
  return { ...file, $defs: inline(file.$defs) as SchemaFile["$defs"] };
}

/** Counts values, but never further than `max`. */
function countValues(root: unknown, max: number): number {
  let count = 0;
  const waiting: unknown[] = [root];
  while (waiting.length > 0 && count < max) {
    const value = waiting.pop();
    count += 1;
    if (typeof value !== "object" || value === null) continue;
    const inner = Object.values(value);
    if (count + waiting.length + inner.length >= max) return max;
    for (const item of inner) waiting.push(item);
  }
  return count;
}
