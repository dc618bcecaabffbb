import { createCipheriv, createDecipheriv, randomFillSync, timingSafeEqual } from "node:crypto";
import type { BulkSealer } from "../guard/ports/vault.ts";

/** First byte of what was sealed in bulk; a value that was sealed alone begins with 1. */
export const bulkVersion = 2;
const saltBytes = 16;
const blockBytes = 16;
const digestBytes = 16;
/** Version and digest. */
const headBytes = 1 + digestBytes;

/**
 * Many short texts at once: AES-256 in counter mode under one key, each text from a counter block of its own (its
 * salt, 127 random bits), authenticated by a keyed digest of the plain text (as SIV does, RFC 5297 section 2.4, with
 * HMAC-SHA-256). Without its salt a text cannot be read even by those who hold the key, so deleting the salt erases.
 * A cipher object a text would cost more than all the rest of a row. A salt is used once: it is drawn here, and whoever
 * changes a value later seals it alone.
 */
export function bulkSealer(
  key: Buffer,
  mac: (message: Uint8Array) => string,
): BulkSealer & { open(sealed: Buffer, salt: Uint8Array): Buffer } {
  return {
    digest: (text) => mac(text).slice(0, digestBytes),
    seal({ texts, ends, digests }, positions) {
      const salts = randomFillSync(Buffer.allocUnsafe(positions.length * saltBytes));
      const lengthOf = (at: number): number => (ends[at] ?? 0) - startOf(ends, at);
      let blocks = 0;
      let length = 0;
      for (const at of positions) {
        blocks += Math.ceil(lengthOf(at) / blockBytes);
        length += headBytes + lengthOf(at);
      }
      const counters = Buffer.allocUnsafe(blocks * blockBytes);
      let block = 0;
      for (let row = 0; row < positions.length; row++) {
        const salt = row * saltBytes;
        // The counter counts in the last four bytes: with their first bit clear it never carries beyond them.
        const first = (((salts[salt + 12] ?? 0) & 0x7f) << 24) | (salts.readUInt32BE(salt + 12) & 0xff_ff_ff);
        salts.writeUInt32BE(first, salt + 12);
        const count = Math.ceil(lengthOf(positions[row] ?? 0) / blockBytes);
        for (let at = 0; at < count; at++, block += blockBytes) {
          for (let byte = 0; byte < 12; byte++) counters[block + byte] = salts[salt + byte] ?? 0;
          counters.writeUInt32BE(first + at, block + 12);
        }
      }
      const aes = createCipheriv("aes-256-ecb", key, null);
      aes.setAutoPadding(false);
      const stream = aes.update(counters);
      const ciphers = Buffer.allocUnsafe(length);
      const cipherEnds = new Uint32Array(positions.length);
      let to = 0;
      let pad = 0;
      positions.forEach((at, row) => {
        const start = startOf(ends, at);
        const textLength = lengthOf(at);
        ciphers[to] = bulkVersion;
        digests.copy(ciphers, to + 1, at * digestBytes, (at + 1) * digestBytes);
        to += headBytes;
        for (let byte = 0; byte < textLength; byte++)
          ciphers[to + byte] = (texts[start + byte] ?? 0) ^ (stream[pad + byte] ?? 0);
        to += textLength;
        pad += Math.ceil(textLength / blockBytes) * blockBytes;
        cipherEnds[row] = to;
      });
      return { salts, ciphers, ends: cipherEnds };
    },
    open(sealed, salt) {
      if (sealed.length < headBytes) throw new Error("sealed value has an unknown form");
      const decipher = createDecipheriv("aes-256-ctr", key, salt);
      const text = Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]);
      const digest = Buffer.from(mac(text).slice(0, digestBytes), "latin1");
      if (!timingSafeEqual(digest, sealed.subarray(1, 1 + digestBytes)))
        throw new Error("sealed value was altered");
      const beside = text.indexOf(0);
      return beside < 0 ? text : text.subarray(0, beside);
    },
  };
}

function startOf(ends: Uint32Array, at: number): number {
  return at === 0 ? 0 : (ends[at - 1] ?? 0);
}
