import { digitZero } from "../fold-table.ts";
import { hashStart, hashStep } from "../reading-shape.ts";
import type { Part } from "./part.ts";
import { segment } from "./segment.ts";
import { hashOfClasses, type Vocabulary } from "./vocabulary.ts";

/** Set in the first unit of a word that starts with a capital. */
const upperBit = 1 << 12;

/** Questions that every view asks about folded words. */
export type KnownWords = {
  /** Cost in bits; 0 where the word is unknown. */
  costOf(word: string): number;
  isSyllable(word: string): boolean;
  isSensitive(word: string): boolean;
  /** A long word that can be cut into known ones. */
  isLongWord(word: string): boolean;
  knows(part: Part): boolean;
  /** A part that reads as `word`, over the span of the parts that it replaces. */
  replaced(word: string, start: number, end: number, at: Part): Part;
  /** Whether a marked word is `folded` without its marks. */
  folds(word: string, folded: string): boolean;
  hashOf(part: Part): number;
  /** Where one run of letters ends its known words; one end where it is a word or cannot be cut. */
  endsOf(part: Part): readonly number[];
  /** A part cut at these ends. */
  cut(part: Part, ends: readonly number[]): Part[];
};

/** The hash that a reader would give to letters a–z and digits; other units never match. */
export function hashOf(word: string): number {
  let hash = hashStart;
  for (let i = 0; i < word.length; i++) {
    const unit = word.charCodeAt(i);
    hash = hashStep(hash, unit >= 0x61 ? unit - 0x60 : unit - 0x30 + digitZero);
  }
  return hash;
}

const hashOfPart = (part: Part): number => {
  let hash = hashStart;
  for (const word of part.words) hash = hashStep(hash, word & 63);
  return hash;
};

export function createKnownWords(vocabulary: Vocabulary, table: Uint16Array): KnownWords {
  const knows = (part: Part): boolean => {
    const hash = hashOfPart(part);
    return vocabulary.cost(hash) > 0 || vocabulary.isSyllable(hash);
  };
  const endsOf = (part: Part): readonly number[] => {
    const classes = part.words.map((word) => word & 63);
    if (vocabulary.cost(hashOfClasses(classes, 0, classes.length)) > 0) return [classes.length];
    return segment(classes, vocabulary).ends;
  };
  const cut = (part: Part, ends: readonly number[]): Part[] => {
    if (ends.length === 1) return [part];
    let from = 0;
    return ends.map((end) => {
      const piece = {
        ...part,
        words: part.words.slice(from, end),
        starts: part.starts.slice(from, end),
        ends: part.ends.slice(from, end),
      };
      from = end;
      return piece;
    });
  };
  const replaced = (word: string, start: number, end: number, at: Part): Part => {
    const words = Array.from(word, (letter) => (letter === " " ? 0 : (table[letter.charCodeAt(0)] ?? 0)));
    const plain = words.every((unit) => ((unit >> 6) & 63) === 0);
    if (((at.words[0] ?? 0) & upperBit) !== 0) words[0] = (words[0] ?? 0) | upperBit;
    return {
      from: at.from,
      to: at.to,
      words,
      starts: words.map(() => start),
      ends: words.map(() => end),
      plain,
    };
  };
  const folds = (word: string, folded: string): boolean =>
    word.length === folded.length &&
    Array.from(word).every(
      (letter, i) => ((table[letter.charCodeAt(0)] ?? 0) & 63) === folded.charCodeAt(i) - 0x60,
    );
  const classesOf = (word: string): number[] => Array.from(word, (letter) => letter.charCodeAt(0) - 0x60);
  return {
    costOf: (word) => vocabulary.cost(hashOf(word)),
    isSyllable: (word) => vocabulary.isSyllable(hashOf(word)),
    isSensitive: (word) => vocabulary.isSensitive(hashOf(word)),
    isLongWord: (word) => word.length >= 5 && segment(classesOf(word), vocabulary).known === 1,
    knows,
    replaced,
    folds,
    hashOf: hashOfPart,
    endsOf,
    cut,
  };
}
