import { fold, type ReadText } from "./folded-text.ts";

/** Finds terms as whole words. */
export type TermList = (text: ReadText) => boolean;

/**
 * Terms are written in lower case, Vietnamese ones with their marks; `…` stands for up to 24 characters within
 * a sentence, `#` for a number. A term ending in `=` is only taken with its marks: without them it would be
 * another everyday word.
 */
export function createTermList(terms: readonly string[]): TermList {
  const exact = new RegExp(termPattern(terms, "exact"), "u");
  const folded = new RegExp(termPattern(terms, "folded"), "u");
  return (text) => (text.marked ? exact.test(text.exact) : folded.test(text.folded));
}

/** The source of a regular expression (flag u) that finds any of the terms in that form of a text. */
export function termPattern(terms: readonly string[], form: "exact" | "folded"): string {
  const written =
    form === "exact"
      ? terms.map((term) => term.replace(/=$/, "").normalize("NFC"))
      : terms.filter((term) => !term.endsWith("=")).map(fold);
  // Without a term nothing may match, and an empty alternative would match everything.
  const alternatives = written.length === 0 ? "(?!)" : written.map(patternOf).join("|");
  return `(?<![\\p{L}\\p{N}])(?:${alternatives})(?![\\p{L}\\p{N}])`;
}

function patternOf(term: string): string {
  return term
    .replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
    .replace(/ ?… ?/g, "(?:[^.!?\\n]{0,24}?[^\\p{L}\\p{N}.!?])")
    .replace(/#/g, "\\d[\\d.,]{0,12} ?(?:k|d|đ|vnd|vnđ|%|tr|trieu|triệu)?");
}
