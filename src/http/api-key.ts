import { createHash } from "node:crypto";

export type ApiKeyMode = "live" | "test";

/** The randomness of one key, in bytes. */
export const apiKeyRandomBytes = 32;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// 32 bytes are at most 43 digits to base 62, four bytes at most six.
const bodyLength = 43;
const checksumLength = 6;
const form = new RegExp(`^sg_(live|test)_[0-9A-Za-z]{${bodyLength + checksumLength}}$`);

/**
 * `sg_live_` or `sg_test_`, 43 characters of randomness, 6 of checksum. Only letters and digits after the
 * prefix, so that a double click selects the whole; the prefix lets secret scanners find a leaked one.
 */
export function createApiKey(mode: ApiKeyMode, random: Uint8Array): string {
  if (random.length !== apiKeyRandomBytes)
    throw new RangeError(`a key needs ${apiKeyRandomBytes} random bytes`);
  const unchecked = `sg_${mode}_${base62(random, bodyLength)}`;
  return unchecked + checksum(unchecked);
}

/** The key's mode; null where the text cannot be one. The checksum spares a look-up for mistyped keys only. */
export function apiKeyMode(text: string): ApiKeyMode | null {
  const mode = form.exec(text)?.[1];
  if (mode !== "live" && mode !== "test") return null;
  return text.endsWith(checksum(text.slice(0, -checksumLength))) ? mode : null;
}

/** What is stored instead of the key. 256 random bits need no salt and no slow hash. */
export function apiKeyDigest(text: string): Uint8Array {
  return createHash("sha256").update(text, "utf8").digest();
}

function checksum(unchecked: string): string {
  return base62(createHash("sha256").update(unchecked, "utf8").digest().subarray(0, 4), checksumLength);
}

function base62(bytes: Uint8Array, length: number): string {
  let value = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  let text = "";
  for (let index = 0; index < length; index += 1) {
    text = alphabet.charAt(Number(value % 62n)) + text;
    value /= 62n;
  }
  return text;
}
