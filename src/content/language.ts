import type { Hit } from "./lexicon.ts";
import type { Reading } from "./reading-shape.ts";

const englishWords = new Set(
  "the and you your for with this from have are is our will was by on at to of we it".split(" "),
);
const vietnameseWords = new Set(
  "cua khong duoc cho va la co den ban anh chi em voi nhe trong ngay quy khach vui long moi nay cac mot nhan tai de theo xin gui tu so".split(
    " ",
  ),
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

/** Tells Vietnamese (with and without marks) from English by their small words; other scripts by their letters. */
export function guessLanguage(reading: Reading, words: readonly string[], text: string): string {
  if (reading.accented) return "vi";
  let english = 0;
  let vietnamese = 0;
  for (const word of words) {
    if (englishWords.has(word)) english++;
    if (vietnameseWords.has(word)) vietnamese++;
  }
  if (english === 0 && vietnamese === 0) {
    const head = text.slice(0, 400);
    for (const [pattern, language] of scripts) if (pattern.test(head)) return language;
    return "und";
  }
  return vietnamese >= english ? "vi" : "en";
}

export type { Hit };
