import { foldTerm, hashSyllable } from "./lexicon.ts";
import type { Reading } from "./reading-shape.ts";
import { type WordTable, wordBits } from "./word-table.ts";

const englishWords =
  "the and you your for with this from have are is our will was by on at to of we it".split(" ");
const vietnameseWords =
  "cua khong duoc cho va la co den ban anh chi em voi nhe trong ngay quy khach vui long moi nay cac mot nhan tai de theo xin gui tu so".split(
    " ",
  );
const scripts: readonly (readonly [RegExp, string])[] = [
  [/[\u3040-\u30ff]/u, "ja"],
  [/[\uac00-\ud7af]/u, "ko"],
  [/[\u4e00-\u9fff]/u, "zh"],
  [/[\u0e00-\u0e7f]/u, "th"],
  [/[\u0400-\u04ff]/u, "ru"],
  [/[\u0600-\u06ff]/u, "ar"],
  [/[\u0900-\u097f]/u, "hi"],
  [/[\u1780-\u17ff]/u, "km"],
  [/[\u0e80-\u0eff]/u, "lo"],
];

/** Words at the start of a text that tell its language. */
const wordsMax = 60;

/** Marks the small words of both languages in a word table. */
export function markSmallWords(words: WordTable, table: Uint16Array): void {
  for (const word of englishWords) words.mark(hashSyllable(foldTerm(word, table).symbols), wordBits.english);
  for (const word of vietnameseWords)
    words.mark(hashSyllable(foldTerm(word, table).symbols), wordBits.vietnamese);
}

/** Tells Vietnamese (with and without marks) from English by their small words; other scripts by their letters. */
export function guessLanguage(reading: Reading, text: string): string {
  if (reading.accented) return "vi";
  let english = 0;
  let vietnamese = 0;
  const count = Math.min(reading.tokens, wordsMax);
  for (let i = 0; i < count; i++) {
    const word = reading.tokenWord[i] ?? 0;
    if ((word & wordBits.english) !== 0) english++;
    if ((word & wordBits.vietnamese) !== 0) vietnamese++;
  }
  if (english === 0 && vietnamese === 0) {
    const head = text.slice(0, 400);
    for (const [pattern, language] of scripts) if (pattern.test(head)) return language;
    return "und";
  }
  return vietnamese >= english ? "vi" : "en";
}
