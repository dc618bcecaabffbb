import { separator } from "../fold-table.ts";
import { foldTerm, hashSyllable } from "../lexicon.ts";
import type { Reader } from "../reading.ts";
import { type Reading, suspicions, tokenFlag } from "../reading-shape.ts";
import { chatSpellings } from "./chat-spelling.ts";
import { joinSingles } from "./join-singles.ts";
import { createKnownWords } from "./known-words.ts";
import type { Part } from "./part.ts";
import { respell, split } from "./respell.ts";
import { unleet } from "./unleet.ts";
import { unmask } from "./unmask.ts";
import type { Vocabulary } from "./vocabulary.ts";

export type Revealed = { readonly reading: Reading; readonly unreadable: boolean };

export type Revealer = {
  /** The reading with its disguises taken off, or null where there was nothing to take off. */
  /** `from` to `to`: the piece of the text that was read. */
  reveal(reading: Reading, text: string, from: number, to: number): Revealed | null;
};

/** Builds the revealer; it looks at a text only where the first reading found a reason. */
export function createRevealer(reader: Reader, vocabulary: Vocabulary): Revealer {
  const known = createKnownWords(vocabulary, reader.table);
  const chat = new Map<number, string>();
  for (const [word, meaning] of chatSpellings)
    chat.set(hashSyllable(foldTerm(word, reader.table).symbols), meaning);

  /** Tokens that no vocabulary knows, or that are chat spellings: the only ones that single-word views look at. */
  const strangers = (reading: Reading): Part[] => {
    const out: Part[] = [];
    for (let i = 0; i < reading.tokens; i++) {
      const hash = reading.tokenHash[i] ?? 0;
      const size = (reading.tokenTo[i] ?? 0) - (reading.tokenFrom[i] ?? 0);
      const odd =
        size >= 2 &&
        ((reading.tokenFlags[i] ?? 0) & tokenFlag.digits) === 0 &&
        vocabulary.cost(hash) === 0 &&
        !vocabulary.isSyllable(hash);
      if (odd || (size <= 5 && chat.has(hash))) out.push(partOf(reading, i));
    }
    return out;
  };

  const reveal = (reading: Reading, text: string, from: number, to: number): Revealed | null => {
    const why = reading.suspicion;
    const signs = hasSign(text, from, to);
    if ((why & (suspicions.mask | suspicions.single | suspicions.leet)) === 0 && !signs) {
      const odd = strangers(reading);
      if (odd.length === 0 || (respell(odd, chat, known) === null && split(odd, known) === null)) return null;
    }
    const before: Part[] = [];
    for (let i = 0; i < reading.tokens; i++) before.push(partOf(reading, i));
    const sentences = before.map((part) => reading.tokenSentence[part.from] ?? 0);
    let parts = before;
    if ((why & suspicions.mask) !== 0) parts = unmask(parts, text, known) ?? parts;
    if ((why & suspicions.single) !== 0) parts = joinSingles(parts, text, known) ?? parts;
    if ((why & suspicions.leet) !== 0 || signs) parts = unleet(parts, text, known) ?? parts;
    parts = respell(parts, chat, known) ?? parts;
    parts = split(parts, known) ?? parts;
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
