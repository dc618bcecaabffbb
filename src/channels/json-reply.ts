/** Hostile input: a provider's JSON, one level of it, or undefined if it is anything else. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}

/** Numbers and ids are often strings on these wires, and the other way round; both become a string. */
export function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A provider's id, if it is one: short, printable, without spaces. */
export function asReference(value: unknown): string | undefined {
  const text = asText(value);
  return text !== undefined && /^[\x21-\x7e]{1,128}$/.test(text) ? text : undefined;
}
