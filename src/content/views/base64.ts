import { bytesOf } from "../model.ts";

export type Hidden = { readonly text: string; readonly start: number; readonly end: number };

const shortest = 16;
const longest = 8192;

/** Base64 runs that decode to readable UTF-8 text. Each unit is looked at once. */
export function findBase64(text: string): Hidden[] {
  const found: Hidden[] = [];
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    const unit = text.charCodeAt(i);
    const inside =
      (unit >= 0x41 && unit <= 0x5a) ||
      (unit >= 0x61 && unit <= 0x7a) ||
      (unit >= 0x2f && unit <= 0x39) ||
      unit === 0x2b ||
      unit === 0x3d;
    if (inside) {
      if (start < 0) start = i;
      continue;
    }
    if (start >= 0 && i - start >= shortest && i - start <= longest) {
      const decoded = readable(text.slice(start, i));
      if (decoded !== null) found.push({ text: decoded, start, end: i });
    }
    start = -1;
  }
  return found;
}

function readable(run: string): string | null {
  if (!/[a-z]/.test(run) || !/[A-Z]/.test(run)) return null;
  const text = decodeUtf8(bytesOf(run));
  if (text === null || text.length < 8) return null;
  let letters = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return null;
    if (unit === 0x20 || unit >= 0x41) letters++;
  }
  return letters * 10 >= text.length * 7 ? text : null;
}

/** Strict UTF-8 (RFC 3629) by hand: the pure folders use no platform decoder. */
function decodeUtf8(bytes: Uint8Array): string | null {
  let out = "";
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] ?? 0;
    const size =
      lead < 0x80
        ? 1
        : lead >= 0xc2 && lead < 0xe0
          ? 2
          : lead >= 0xe0 && lead < 0xf0
            ? 3
            : lead >= 0xf0 && lead < 0xf5
              ? 4
              : 0;
    if (size === 0 || i + size > bytes.length) return null;
    let codePoint = size === 1 ? lead : lead & (0xff >> (size + 1));
    for (let k = 1; k < size; k++) {
      const next = bytes[i + k] ?? 0;
      if ((next & 0xc0) !== 0x80) return null;
      codePoint = (codePoint << 6) | (next & 0x3f);
    }
    if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint < 0xe000)) return null;
    out += String.fromCodePoint(codePoint);
    i += size;
  }
  return out;
}
