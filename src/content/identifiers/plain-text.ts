import { decodeEntity, readTag } from "../entities.ts";
import { combining, ignorable } from "../fold-table.ts";

/** A text in lower case without marks, tags, entities and invisible characters; where each unit stood in the original. */
export type PlainText = { readonly text: string; readonly starts: Int32Array; readonly ends: Int32Array };

const chunkUnits = 4096;

/** Reads a text so that digits and their words stand as a reader sees them. Each unit is looked at once. */
export function readPlain(text: string, table: Uint16Array): PlainText {
  const units = new Uint16Array(text.length);
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  let size = 0;
  const put = (unit: number, start: number, end: number): void => {
    const symbol = (table[unit] ?? 0) & 63;
    if (symbol === ignorable || symbol === combining) return;
    const folded =
      symbol >= 1 && symbol < 27
        ? symbol + 96
        : symbol >= 27 && symbol < 37
          ? symbol + 21
          : unit === 0x5f
            ? 0x20
            : unit;
    units[size] = folded;
    starts[size] = start;
    ends[size++] = end;
  };
  for (let i = 0; i < text.length; ) {
    const unit = text.charCodeAt(i);
    if (unit === 0x26) {
      const entity = decodeEntity(text, i, text.length);
      if (entity !== null) {
        put(entity.codePoint > 0xffff ? 0x20 : entity.codePoint, i, entity.end);
        i = entity.end;
        continue;
      }
    }
    if (unit === 0x3c) {
      const tag = readTag(text, i, text.length);
      if (tag !== null) {
        if (tag.kind === "block") put(0x20, i, tag.end);
        i = tag.end;
        continue;
      }
    }
    put(unit, i, i + 1);
    i++;
  }
  let out = "";
  for (let from = 0; from < size; from += chunkUnits)
    out += String.fromCharCode(...units.subarray(from, Math.min(size, from + chunkUnits)));
  return { text: out, starts, ends };
}
