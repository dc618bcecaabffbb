import { GuardError } from "../domain/guard-error.ts";
import { encodeUtf8, isWellFormed } from "./utf8.ts";

/** What a sharing record may hold. A bigint is written as a decimal string, so that no reader rounds it. */
export type CanonicalValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue };

/** Deeper nesting is refused: no record needs it, and a cycle would never end. */
const depthMax = 64;

/**
 * The one JSON spelling of a value (RFC 8785: no white space, keys ordered by UTF-16 code unit, numbers as
 * ECMAScript writes them). Throws `internal_error` with a JSON pointer, never with content, for what has no
 * such spelling: undefined, NaN, infinities, lone surrogates, class instances.
 */
export function canonicalText(value: unknown): string {
  return write(value, "", 0);
}

/** UTF-8 bytes of {@link canonicalText}: what a leaf commits to. */
export function canonicalBytes(value: unknown): Uint8Array {
  return encodeUtf8(canonicalText(value));
}

function write(value: unknown, pointer: string, depth: number): string {
  if (depth > depthMax) throw unwritable(pointer, "is nested too deeply");
  if (value === null) return "null";
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "number":
      // JSON.stringify would write null here and hide the fault.
      if (!Number.isFinite(value)) throw unwritable(pointer, "is not a finite number");
      return JSON.stringify(value);
    case "bigint":
      return `"${value.toString()}"`;
    case "string":
      return writeString(value, pointer);
    case "object":
      if (Array.isArray(value)) return writeArray(value, pointer, depth);
      return writeObject(value, pointer, depth);
    default:
      throw unwritable(pointer, `is a ${typeof value}`);
  }
}

function writeString(value: string, pointer: string): string {
  if (!isWellFormed(value)) throw unwritable(pointer, "holds a lone surrogate");
  return JSON.stringify(value);
}

function writeArray(values: readonly unknown[], pointer: string, depth: number): string {
  // Array.from also visits holes, which then fail as undefined.
  const items = Array.from(values, (item, i) => write(item, `${pointer}/${i}`, depth + 1));
  return `[${items.join(",")}]`;
}

function writeObject(value: object, pointer: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw unwritable(pointer, "is not a plain object");
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]: [string, unknown]) => {
      const at = `${pointer}/${key}`;
      return `${writeString(key, at)}:${write(item, at, depth + 1)}`;
    });
  return `{${members.join(",")}}`;
}

function unwritable(pointer: string, why: string): GuardError {
  return new GuardError("internal_error", `record has no canonical form: ${pointer || "/"} ${why}`);
}
