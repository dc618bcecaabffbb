const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const checksumLength = 6;

type Sha256 = (bytes: string) => Uint8Array;

/** `sg_live_…` or `sg_test_…`: 24 random bytes in base 62 and a checksum, so that scanners tell a leak from chance. */
export function formatApiKey(mode: "live" | "test", random: Uint8Array, sha256: Sha256): string {
  const head = `sg_${mode}_${base62(random).padStart(33, "0")}`;
  return head + checksum(head, sha256);
}

/** Whether a text has the form of a key and its checksum; says nothing about whether it was ever given out. */
export function isApiKey(text: string, sha256: Sha256): boolean {
  if (!/^sg_(live|test)_[0-9A-Za-z]{30,80}$/.test(text)) return false;
  const head = text.slice(0, -checksumLength);
  return checksum(head, sha256) === text.slice(-checksumLength);
}

function checksum(head: string, sha256: Sha256): string {
  return base62(sha256(head).subarray(0, 4)).padStart(checksumLength, "0");
}

function base62(bytes: Uint8Array): string {
  let value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  do {
    text = `${alphabet[Number(value % 62n)] ?? ""}${text}`;
    value /= 62n;
  } while (value > 0n);
  return text;
}
