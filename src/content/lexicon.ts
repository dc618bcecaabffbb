import type { Category } from "../domain/finding.ts";
import { categories } from "../domain/finding.ts";
import { type Automaton, buildAutomaton } from "./automaton.ts";
import { separator } from "./fold-table.ts";
import { hashStart, hashStep, type Reading, tokenFlag } from "./reading-shape.ts";
import { termShift, type WordTable } from "./word-table.ts";

/** Lines "concept<TAB>term|term|…"; the concept of a sensitive term starts with its category. */
export type LexiconText = string;

export type Lexicon = {
  readonly automaton: Automaton;
  /** Numbers of words that stand one after the other in a term, as `pairOf` joins them. */
  readonly pairs: ReadonlySet<number>;
  readonly concepts: readonly string[];
  readonly conceptOf: Uint16Array;
  readonly syllablesOf: Uint8Array;
  /** Offset into `accents` of the first syllable of a term. */
  readonly accentFrom: Int32Array;
  readonly accents: Int32Array;
  /** Category number of a concept, -1 for cues. */
  readonly categoryOf: Int8Array;
};

export type Hit = {
  readonly concept: number;
  /** Token range [from, to). */
  readonly from: number;
  readonly to: number;
};

const hitsMax = 512;

/** Two word numbers in one. */
export const pairOf = (first: number, second: number): number => first * 0x20000 + second;

/** Parses the generated lexicon, numbers its words in `words` and builds the automaton; some tens of milliseconds. */
export function buildLexicon(text: LexiconText, table: Uint16Array, words: WordTable): Lexicon {
  const concepts: string[] = [];
  const patterns: number[][] = [];
  const conceptOf: number[] = [];
  const syllables: number[] = [];
  const accentFrom: number[] = [];
  const accents: number[] = [];
  for (const line of text.split("\n")) {
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const concept = concepts.push(line.slice(0, tab)) - 1;
    for (const term of line.slice(tab + 1).split("|")) {
      const folded = foldTerm(term, table);
      if (folded.symbols.length === 0) continue;
      patterns.push(wordHashes(folded.symbols).map((hash) => words.number(hash)));
      conceptOf.push(concept);
      accentFrom.push(accents.length);
      syllables.push(folded.accents.length);
      accents.push(...folded.accents);
    }
  }
  return {
    automaton: buildAutomaton(patterns),
    pairs: new Set(patterns.flatMap((words) => words.slice(1).map((word, i) => pairOf(words[i] ?? 0, word)))),
    concepts,
    conceptOf: Uint16Array.from(conceptOf),
    syllablesOf: Uint8Array.from(syllables),
    accentFrom: Int32Array.from(accentFrom),
    accents: Int32Array.from(accents),
    categoryOf: Int8Array.from(concepts, (name) => categories.indexOf(name.split(".")[0] as Category)),
  };
}

/** Folds a term of the lexicon as a reader folds text. */
export function foldTerm(term: string, table: Uint16Array): { symbols: Uint8Array; accents: number[] } {
  const symbols: number[] = [];
  const accents: number[] = [];
  for (const syllable of term.normalize("NFC").split(/[^\p{L}\p{N}]+/u)) {
    if (syllable === "") continue;
    if (symbols.length > 0) symbols.push(separator);
    let accent = 0;
    let tone = 0;
    for (let i = 0; i < syllable.length; i++) {
      const word = table[syllable.charCodeAt(i)] ?? 0;
      symbols.push(word & 63);
      accent = (Math.imul(accent, 7) + ((word >> 6) & 7)) | 0;
      if ((word >> 9) & 7) tone = (word >> 9) & 7;
    }
    accents.push(accent === 0 && tone === 0 ? 0 : (Math.imul(accent, 8) + tone) | 0 || 1);
  }
  return { symbols: Uint8Array.from(symbols), accents };
}

/** The hash that a reader gives to a folded syllable. */
export function hashSyllable(symbols: Uint8Array): number {
  let hash = hashStart;
  for (const symbol of symbols) hash = hashStep(hash, symbol);
  return hash;
}

/** The hashes of the words of a folded term. */
function wordHashes(symbols: Uint8Array): number[] {
  const hashes = [hashStart];
  for (const symbol of symbols)
    if (symbol === separator) hashes.push(hashStart);
    else hashes[hashes.length - 1] = hashStep(hashes.at(-1) ?? hashStart, symbol);
  return hashes;
}

/** Finds the terms of a reading whose words were looked up; a term inside a longer one is dropped. Ordered by place. */
export function findTerms(lexicon: Lexicon, reading: Reading): Hit[] {
  const { step, first, pattern, more } = lexicon.automaton;
  const { tokens, tokenWord } = reading;
  const hits: Hit[] = [];
  let state = 0;
  for (let token = 0; token < tokens; token++) {
    const word = (tokenWord[token] ?? 0) >>> termShift;
    state = word === 0 ? 0 : step(state, word);
    if (state === 0) continue;
    for (let output = first[state] ?? -1; output >= 0; output = more[output] ?? -1) {
      const term = pattern[output] ?? 0;
      const size = lexicon.syllablesOf[term] ?? 1;
      if (!accentsAgree(lexicon, reading, term, token - size + 1, size)) continue;
      keep(hits, { concept: lexicon.conceptOf[term] ?? 0, from: token - size + 1, to: token + 1 });
    }
  }
  return hits;
}

function keep(hits: Hit[], hit: Hit): void {
  for (let last = hits.at(-1); last !== undefined; last = hits.at(-1)) {
    if (last.to === hit.to && last.from < hit.from) return;
    if (last.from < hit.from || (last.from === hit.from && last.to === hit.to)) break;
    hits.pop();
  }
  if (hits.length < hitsMax) hits.push(hit);
}

/**
 * A bare syllable of the text may stand for an accented one of the term, an accented one must be the same.
 * Where the text is accented at all, one syllable at least must prove the term.
 */
function accentsAgree(lexicon: Lexicon, reading: Reading, term: number, from: number, size: number): boolean {
  const base = lexicon.accentFrom[term] ?? 0;
  let needed = false;
  let proven = false;
  let revealed = false;
  for (let i = 0; i < size; i++) {
    const wanted = lexicon.accents[base + i] ?? 0;
    const given = reading.tokenAccent[from + i] ?? 0;
    if (((reading.tokenFlags[from + i] ?? 0) & tokenFlag.revealed) !== 0) revealed = true;
    if (given !== 0 && given !== wanted) return false;
    if (wanted !== 0) {
      needed = true;
      if (given !== 0) proven = true;
    }
  }
  return !needed || proven || revealed || (size > 1 && !reading.accented);
}
