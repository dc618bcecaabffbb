import { digitZero, otherLetter } from "../fold-table.ts";

/** A syllable as it should be read: folded units with where each stood, and whether it was rewritten. */
export type Part = {
  /** Token range [from, to) of the first reading. */
  readonly from: number;
  readonly to: number;
  readonly words: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Rewritten: any accent may be meant. */
  readonly plain: boolean;
};

export const nothing: Part = { from: 0, to: 0, words: [], starts: [], ends: [], plain: false };

/** The letter of a folded class, "?" for one of another script. */
export const letterOf = (symbol: number): string =>
  symbol >= digitZero && symbol < otherLetter
    ? String.fromCharCode(symbol + 21)
    : symbol < digitZero && symbol > 0
      ? String.fromCharCode(symbol + 96)
      : "?";

/** The folded letters of a part. */
export function lettersOf(part: Part): string {
  let out = "";
  for (const word of part.words) out += letterOf(word & 63);
  return out;
}

/** Whether a part carries a vowel mark or a tone. */
export const marked = (part: Part): boolean => part.words.some((word) => ((word >> 6) & 63) !== 0);
