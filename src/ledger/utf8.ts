// With the u flag a surrogate matches only when it stands alone, so this finds exactly the ill-formed strings.
const loneSurrogate = /\p{Surrogate}/u;

/** Whether a string has an exact UTF-8 form: a lone surrogate has none. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}

/** UTF-8 bytes of a well-formed string. */
export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of hostile bytes, or null where they are not UTF-8. A byte order mark is kept: it is signed too. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
