import { separator } from "../fold-table.ts";
import { foldTerm, hashSyllable, pairOf } from "../lexicon.ts";
import type { Reader } from "../reading.ts";
import { type Reading, suspicions, tokenFlag } from "../reading-shape.ts";
import { costMask, termShift, type WordTable, wordBits } from "../word-table.ts";
import { chatSpellings } from "./chat-spelling.ts";
import { joinSingles } from "./join-singles.ts";
import { createKnownWords } from "./known-words.ts";
import { marked, type Part } from "./part.ts";
import { respell, split, typedMin } from "./respell.ts";
import { createSpellings } from "./spellings.ts";
import { unleet } from "./unleet.ts";
import { createUnmask } from "./unmask.ts";
import { createVocabulary } from "./vocabulary.ts";

export type Revealed = { readonly reading: Reading; readonly unreadable: boolean };

export type Revealer = {
  /** The reading with its disguises taken off, or null where there was nothing to take off. */
  /** `from` to `to`: the piece of the text that was read. */
  reveal(reading: Reading, text: string, from: number, to: number): Revealed | null;
};

/** Builds the revealer; it looks at a text only where the first reading found a reason. */
export function createRevealer(reader: Reader, words: WordTable, pairs: ReadonlySet<number>): Revealer {
  const vocabulary = createVocabulary(words);
  const termWord = (hash: number): number => words.get(hash) >>> termShift;
  const known = createKnownWords(vocabulary, reader.table);
  const spellings = createSpellings(known);
  const unmask = createUnmask(known, (first, second) => pairs.has(pairOf(termWord(first), termWord(second))));
  const chat = new Map<number, string>();
  for (const [word, meaning] of chatSpellings) {
    const hash = hashSyllable(foldTerm(word, reader.table).symbols);
    chat.set(hash, meaning);
    words.mark(hash, wordBits.chat);
  }

  /** Whether a word is spelt in chat, or unknown and spelt as it sounds, by keystrokes or together with others. */
  const hasStranger = (reading: Reading): boolean => {
    let typed = 0;
    for (let i = 0; i < reading.tokens; i++) {
      const word = reading.tokenWord[i] ?? 0;
      const size = (reading.tokenTo[i] ?? 0) - (reading.tokenFrom[i] ?? 0);
      if ((word & wordBits.chat) !== 0 && size <= 5) return true;
      if (size < 2 || (word & (costMask | wordBits.syllable)) !== 0) continue;
      if (((reading.tokenFlags[i] ?? 0) & tokenFlag.digits) !== 0) continue;
      const part = partOf(reading, i);
      const spelling = spellings(part);
      if (spelling.sounded !== null || spelling.cuts !== null) return true;
      if (spelling.typed !== null && !marked(part) && ++typed >= typedMin) return true;
    }
    return false;
  };

  const reveal = (reading: Reading, text: string, from: number, to: number): Revealed | null => {
    const why = reading.suspicion;
    const signs = hasSign(text, from, to);
    if (
      (why & (suspicions.mask | suspicions.single | suspicions.leet)) === 0 &&
      !signs &&
      !hasStranger(reading)
    )
      return null;
    const before: Part[] = [];
    for (let i = 0; i < reading.tokens; i++) before.push(partOf(reading, i));
    const sentences = before.map((part) => reading.tokenSentence[part.from] ?? 0);
    let parts = before;
    if ((why & suspicions.mask) !== 0) parts = unmask(parts, text) ?? parts;
    if ((why & suspicions.single) !== 0) parts = joinSingles(parts, text, known) ?? parts;
    if ((why & suspicions.leet) !== 0 || signs) parts = unleet(parts, text, known) ?? parts;
    parts = respell(parts, chat, known, spellings) ?? parts;
    parts = split(parts, known, spellings) ?? parts;
    const singles = parts.filter((part) => part.words.length === 1).length;
    const unreadable = parts.length >= 12 && singles * 2 > parts.length;
    if (parts === before) return unreadable ? { reading, unreadable } : null;
    return { reading: written(parts, sentences), unreadable };
  };

  const written = (parts: readonly Part[], sentences: readonly number[]): Reading => {
    const out = reader.begin();
    let sentence = 0;
    for (const part of parts) {
      const now = sentences[part.from] ?? sentence;
      if (now !== sentence) reader.breakSentence(out);
      sentence = now;
      part.words.forEach((word, i) => {
        if ((word & 63) !== separator) reader.put(out, word, part.starts[i] ?? 0, part.ends[i] ?? 0);
        else closeWith(out, part);
      });
      closeWith(out, part);
    }
    reader.finish(out);
    words.describe(out);
    return out;
  };

  const closeWith = (out: Reading, part: Part): void => {
    const before = out.tokens;
    reader.gap(out, part.ends.at(-1) ?? 0);
    if (part.plain && out.tokens > before)
      out.tokenFlags[before] = (out.tokenFlags[before] ?? 0) | tokenFlag.revealed;
  };

  return { reveal };
}

function partOf(reading: Reading, token: number): Part {
  const from = reading.tokenFrom[token] ?? 0;
  const to = reading.tokenTo[token] ?? 0;
  const words: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const upper = ((reading.tokenFlags[token] ?? 0) & tokenFlag.upperInitial) !== 0;
  for (let i = from; i < to; i++) {
    words.push(
      (reading.classes[i] ?? 0) | ((reading.marks[i] ?? 0) << 6) | (upper && i === from ? 1 << 12 : 0),
    );
    starts.push(reading.starts[i] ?? 0);
    ends.push(reading.ends[i] ?? 0);
  }
  return { from: token, to: token + 1, words, starts, ends, plain: false };
}

/** Whether a sign that may stand for a letter stands before one, between these two places. */
function hasSign(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    if (unit !== 0x40 && unit !== 0x24 && unit !== 0x21 && unit !== 0x7c) continue;
    if (/^\p{L}/u.test(text.slice(i + 1, i + 3))) return true;
  }
  return false;
}
