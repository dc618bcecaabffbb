import { categories } from "../domain/finding.ts";
import { readTag } from "./entities.ts";
import type { FieldMatch } from "./field-names.ts";
import { foldTerm, type Hit, hashSyllable } from "./lexicon.ts";
import { findNumbers, numberKinds } from "./numbers.ts";
import { type Reading, tokenFlag } from "./reading-shape.ts";
import { type WordTable, wordBits } from "./word-table.ts";

/** Concepts that no lexicon lists: shapes of numbers, names after a form of address, placeholders, questions. */
export const builtInConcepts: readonly string[] = [
  ...numberKinds,
  "name",
  "full_name",
  "ph.other",
  ...categories.map((category) => `ph.${category}`),
  "question",
  "url",
];

const at = new Map(builtInConcepts.map((name, index) => [name, index]));
export const builtIn = (name: string): number => at.get(name) ?? 0;

const address =
  "anh chi em co chu bac ong ba be chau con bạn ban mr mrs ms miss dear hi hello hey chao cu di cau mo duong thay me sir madam dr a c e".split(
    " ",
  );
const surnames =
  "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh mai truong lam phung dao doan vuong luu ha ta luong ton thach kim son danh giang lo vang hau ma sung thao cu nong vi ban trieu dam lu quach ksor rmah siu kpa y h chu tu".split(
    " ",
  );

/** Marks the forms of address and the surnames in a word table. */
export function markNames(words: WordTable, table: Uint16Array): void {
  for (const word of address) words.mark(hashSyllable(foldTerm(word, table).symbols), wordBits.address);
  for (const word of surnames) words.mark(hashSyllable(foldTerm(word, table).symbols), wordBits.surname);
}

/** Adds the built-in concepts of a reading to `hits`; `offset` is the number of the lexicon's concepts. */
export function findContext(reading: Reading, text: string, offset: number, hits: Hit[]): void {
  for (const run of findNumbers(reading, text))
    hits.push({ concept: offset + builtIn(run.kind), from: run.from, to: run.to });
  findNames(reading, hits, offset);
}

function findNames(reading: Reading, hits: Hit[], offset: number): void {
  let shouting = 0;
  for (let i = 0; i < reading.tokens; i++)
    if (((reading.tokenFlags[i] ?? 0) & tokenFlag.allUpper) !== 0) shouting++;
  if (shouting * 2 > reading.tokens) return;
  for (let i = 0; i < reading.tokens; i++) {
    if (((reading.tokenFlags[i] ?? 0) & tokenFlag.upperInitial) === 0) continue;
    const size = (reading.tokenTo[i] ?? 0) - (reading.tokenFrom[i] ?? 0);
    if (size > 8 || size < 1) continue;
    if (
      i > 0 &&
      reading.tokenSentence[i] === reading.tokenSentence[i - 1] &&
      ((reading.tokenWord[i - 1] ?? 0) & wordBits.address) !== 0
    ) {
      hits.push({ concept: offset + builtIn("name"), from: i - 1, to: i + 1 });
      continue;
    }
    if (((reading.tokenWord[i] ?? 0) & wordBits.surname) === 0) continue;
    let to = i + 1;
    while (
      to < reading.tokens &&
      to - i < 5 &&
      ((reading.tokenFlags[to] ?? 0) & tokenFlag.upperInitial) !== 0
    )
      to++;
    if (to - i >= 3) {
      hits.push({ concept: offset + builtIn("full_name"), from: i, to });
      i = to - 1;
    }
  }
}

export type Placeholder = { readonly name: string; readonly start: number; readonly end: number };

const placeholder =
  /\{\{\s*([^{}\n]{1,64}?)\s*\}\}|[%$]\{\s*([^{}\n]{1,64}?)\s*\}|<([a-zA-ZÀ-ỹ_][\wÀ-ỹ .-]{0,63})>|\{([^{}\n]{1,64}?)\}|%([A-Za-z_]{2,40})%/g;

/** The placeholders of a template in all their spellings. */
export function findPlaceholders(text: string): Placeholder[] {
  if (!/[{<%]/.test(text)) return [];
  return [...text.matchAll(placeholder)]
    .filter((match) => !match[0].startsWith("<") || readTag(text, match.index, text.length) === null)
    .map((match) => ({
      name: match.slice(1).join(""),
      start: match.index,
      end: match.index + match[0].length,
    }));
}

/** The concept of a placeholder: the category of its name, if it has one. */
export const placeholderConcept = (match: FieldMatch | null): number =>
  builtIn(match === null ? "ph.other" : `ph.${match.category}`);
