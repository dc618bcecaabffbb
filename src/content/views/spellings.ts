import { digitZero } from "../fold-table.ts";
import { accentedKeystrokes, fromKeystrokes, soundings } from "./chat-spelling.ts";
import type { KnownWords } from "./known-words.ts";
import { lettersOf, type Part } from "./part.ts";

/** How a word may be meant that is not spelt as it should be. It depends on the word's letters alone. */
export type Spelling = {
  /** What telex or VNI keystrokes would have written. */
  readonly typed: string | null;
  /** What an unknown word sounds like. */
  readonly sounded: string | null;
  /** Ends of the words that an unknown long word is written together from. */
  readonly cuts: readonly number[] | null;
};

/** Words whose spelling is remembered; all are forgotten when there are more. */
const rememberedMax = 4096;
const rememberedLengthMax = 24;

/** Longer words are neither typed by keystrokes nor spelt as they sound: only cutting them makes sense. */
export const spelledLengthMax = 10;

export type Spellings = (part: Part, letters?: string) => Spelling;

/** Messages of a campaign repeat their words, so what was worked out for one is kept for the next. */
export function createSpellings(known: KnownWords): Spellings {
  const remembered = new Map<string, Spelling>();
  return (part, letters = lettersOf(part)) => {
    const seen = remembered.get(letters);
    if (seen !== undefined) return seen;
    const unknown = !known.knows(part);
    const spelling: Spelling = {
      typed: typedOf(letters, known),
      sounded: unknown ? soundedOf(letters, known) : null,
      cuts: unknown ? cutsOf(part, known) : null,
    };
    if (letters.length > rememberedLengthMax) return spelling;
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(letters, spelling);
    return spelling;
  };
}

function typedOf(letters: string, known: KnownWords): string | null {
  if (letters.length < 2 || letters.length > spelledLengthMax || known.isSyllable(letters)) return null;
  const typed = fromKeystrokes(letters);
  if (typed === null || !known.isSyllable(typed)) return null;
  const accented = accentedKeystrokes(letters);
  return accented !== null && known.folds(accented, typed) ? accented : typed;
}

function soundedOf(letters: string, known: KnownWords): string | null {
  if (letters.length < 2 || letters.length > 8 || !/^[a-z]+$/.test(letters)) return null;
  return soundings(letters).find((word) => known.isSyllable(word)) ?? null;
}

function cutsOf(part: Part, known: KnownWords): readonly number[] | null {
  if (part.words.length < 5 || part.words.some((word) => (word & 63) >= digitZero)) return null;
  const ends = known.endsOf(part);
  const short = ends.some((end, i) => end - (ends[i - 1] ?? 0) < 2);
  return ends.length < 2 || ends.length * 2.4 > part.words.length || short ? null : ends;
}
