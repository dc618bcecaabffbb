import { randomFillSync } from "node:crypto";
import type { Entropy } from "../guard/ports/vault.ts";

const idsMax = 0x1_ff_ff_ff;

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
    ids(now, count) {
      if (count > idsMax) throw new RangeError("too many ids at once");
      const bytes = randomFillSync(Buffer.allocUnsafe(count * 16));
      // 26 bits behind the time count on from a start in their lower half; the other 48 stay random.
      const first = randomFillSync(Buffer.allocUnsafe(4)).readUInt32BE() & 0x1_ff_ff_ff;
      for (let at = 0; at < count; at++) {
        const offset = at * 16;
        const counter = first + at;
        bytes.writeUIntBE(now.getTime(), offset, 6);
        bytes.writeUInt16BE(0x7000 | (counter >>> 14), offset + 6);
        bytes.writeUInt16BE(0x8000 | (counter & 0x3fff), offset + 8);
      }
      return bytes;
    },
  };
}
