import { fileUnreadable } from "./file-unreadable.ts";

export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be";

export type Sniffed =
  | { readonly kind: "zip" }
  | { readonly kind: "text"; readonly encoding: TextEncoding; readonly bomBytes: 0 | 2 | 3 };

/** How much of a file's beginning the detection looks at. */
export const sniffBytes = 64 * 1024;

/** Tells what a file is by its first bytes (hostile input); its name and media type are not asked. */
export function sniff(head: Uint8Array): Sniffed {
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04]) || startsWith(head, [0x50, 0x4b, 0x05, 0x06]))
    return { kind: "zip" };
  // OLE2: the old .xls, and every XLSX with a password.
  if (startsWith(head, [0xd0, 0xcf, 0x11, 0xe0])) throw fileUnreadable("format_legacy_xls");
  for (const magic of foreignFormats) if (startsWith(head, magic)) throw fileUnreadable("format_unknown");
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return { kind: "text", encoding: "utf-8", bomBytes: 3 };
  if (startsWith(head, [0xff, 0xfe])) return { kind: "text", encoding: "utf-16le", bomBytes: 2 };
  if (startsWith(head, [0xfe, 0xff])) return { kind: "text", encoding: "utf-16be", bomBytes: 2 };
  return { kind: "text", encoding: withoutBom(head), bomBytes: 0 };
}

const foreignFormats: readonly (readonly number[])[] = [
  [0x25, 0x50, 0x44, 0x46], // %PDF
  [0x1f, 0x8b], // gzip
  [0x52, 0x61, 0x72, 0x21], // RAR
  [0x37, 0x7a, 0xbc, 0xaf], // 7z
  [0x89, 0x50, 0x4e, 0x47], // PNG
  [0xff, 0xd8, 0xff], // JPEG
];

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

/**
 * In UTF-16 the digits, delimiters and most letters have one NUL byte, always on the same side. UTF-8 text
 * has none, and a damaged file has them on both.
 */
function withoutBom(head: Uint8Array): TextEncoding {
  const pairs = Math.floor(Math.min(head.length, 4096) / 2);
  let high = 0;
  let low = 0;
  for (let pair = 0; pair < pairs; pair++) {
    if (head[2 * pair] === 0) high += 1;
    if (head[2 * pair + 1] === 0) low += 1;
  }
  if (low > pairs / 3 && high <= pairs / 50) return "utf-16le";
  if (high > pairs / 3 && low <= pairs / 50) return "utf-16be";
  return "utf-8";
}
