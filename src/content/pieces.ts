import { readingUnitsMax } from "./reading.ts";

/** Longer texts are read in pieces of about this many units, cut between sentences. */
const pieceUnits = 700;

/** Units of a piece: more where much of the text will vanish in reading, so that disguise does not change the cuts. */
function pieceLimit(text: string): number {
  if (text.length <= pieceUnits) return pieceUnits;
  let read = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x26 || unit === 0x3c) {
      const close = text.slice(i, i + 12).indexOf(unit === 0x26 ? ";" : ">");
      if (close > 0) i += close;
      if (unit === 0x26) read++;
      continue;
    }
    const next = text.charCodeAt(i + 1);
    if (
      unit > 0x20 &&
      !(unit >= 0xdc00 && unit <= 0xdfff) &&
      !(unit >= 0x300 && unit < 0x370) &&
      unit !== 0xad &&
      unit !== 0x200b
    )
      read++;
    else if (unit <= 0x20 && next > 0x20 && text.charCodeAt(i - 2) > 0x20) read++;
  }
  return Math.min(readingUnitsMax, Math.ceil((pieceUnits * text.length) / Math.max(1, read)));
}

/** Cuts a long text into pieces between sentences, or between words where a sentence has no end. */
export function pieces(text: string): [number, number][] {
  const limit = pieceLimit(text);
  if (text.length <= limit) return [[0, text.length]];
  const out: [number, number][] = [];
  let from = 0;
  while (from < text.length) {
    let to = Math.min(text.length, from + limit);
    if (to < text.length) {
      const window = text.slice(from, to);
      const sentence = Math.max(
        window.lastIndexOf(". "),
        window.lastIndexOf("! "),
        window.lastIndexOf("? "),
        window.lastIndexOf("\n"),
      );
      const space = window.lastIndexOf(" ");
      if (sentence > limit / 4) to = from + sentence + 1;
      else if (space > limit / 2) to = from + space + 1;
    }
    out.push([from, Math.min(to, from + readingUnitsMax)]);
    from = to;
  }
  return out;
}
