import { randomFillSync } from "node:crypto";
import type { Entropy } from "../guard/ports/vault.ts";

/** Entropy of the operating system, drawn in blocks. */
export function systemEntropy(): Entropy {
  const block = Buffer.alloc(16_384);
  let used = block.length;
  const take = (length: number): Buffer => {
    if (length > block.length) return randomFillSync(Buffer.alloc(length));
    if (used + length > block.length) {
      randomFillSync(block);
      used = 0;
    }
    const bytes = Buffer.from(block.subarray(used, used + length));
    used += length;
    return bytes;
  };
  return {
    bytes: take,
    id(now) {
      const bytes = take(16);
      bytes.writeUIntBE(now.getTime(), 0, 6);
      bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      const hex = bytes.toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
