import type { Hit } from "./lexicon.ts";
import type { Reading } from "./reading-shape.ts";

/** The token that holds a unit of the text, or the last one before it. */
export function tokenAt(reading: Reading, unit: number): number {
  for (let i = 0; i < reading.tokens; i++)
    if ((reading.ends[(reading.tokenTo[i] ?? 1) - 1] ?? 0) > unit) return i;
  return Math.max(0, reading.tokens - 1);
}

/** UTF-16 range of a hit. */
export function spanOf(reading: Reading, hit: Hit): [number, number] {
  return [
    reading.starts[reading.tokenFrom[hit.from] ?? 0] ?? 0,
    reading.ends[(reading.tokenTo[hit.to - 1] ?? 1) - 1] ?? 0,
  ];
}

/** text[from, to) without the white space around it. */
export function trimmed(text: string, from: number, to: number): [number, number] {
  const piece = text.slice(from, to);
  const start = piece.length - piece.trimStart().length;
  return [from + start, from + Math.max(start, piece.trimEnd().length)];
}
