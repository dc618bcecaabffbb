import { categories } from "../domain/finding.ts";
import { kindsOf, rolesOf, shapesOf } from "./concept-marks.ts";
import type { ContentData } from "./content-data.ts";
import {
  builtIn,
  builtInConcepts,
  findContext,
  findPlaceholders,
  markNames,
  placeholderConcept,
} from "./cues.ts";
import { createExtractor, type FeatureVector } from "./features.ts";
import type { FieldMatch, FieldNames } from "./field-names.ts";
import { markSmallWords } from "./language.ts";
import { buildLexicon, findTerms, type Hit, type Lexicon } from "./lexicon.ts";
import { tokenText } from "./numbers.ts";
import { createReader } from "./reading.ts";
import type { Reading } from "./reading-shape.ts";
import { tokenAt } from "./spans.ts";
import { createRevealer } from "./views/reveal.ts";
import { addVocabulary } from "./views/vocabulary.ts";
import { createWordTable } from "./word-table.ts";

/** What stands in a piece of a text; the reading and the vector are overwritten by the next piece. */
export type Piece = {
  readonly reading: Reading;
  /** Terms, cues, numbers, names and placeholders in their order. */
  readonly hits: readonly Hit[];
  readonly vector: FeatureVector;
  readonly unreadable: boolean;
};

export type Examiner = {
  readonly lexicon: Lexicon;
  /** Classes and marks of the code units of the basic plane. */
  readonly table: Uint16Array;
  /** Names of the concepts that hits refer to: the lexicon's, then the built-in ones. */
  readonly concepts: readonly string[];
  /** `channel` as the learned layer numbers it; `fieldConcept` -1 where the text has no field name. */
  examine(text: string, from: number, to: number, channel: number, fieldConcept: number): Piece;
  /** The rule of a field name, with its disguise taken off where it wears one. */
  readonly matchName: (name: string) => FieldMatch | null;
  /** What a field name says by itself, as a feature. */
  readonly fieldConceptOf: (name: string) => number;
};

/** Hits up to this number are put in order by insertion: they come nearly sorted. */
const insertedMax = 64;
/** Signs and digits among the letters of a name; most names have none and are only looked up. */
const disguisedName = /[a-z][*@$!0-9]+[a-z]|[a-z]{2}[0134](?![0-9])|[@$][a-z]/i;
const nameUnitsMax = 128;
const address = /https?:|www\.|\.(vn|com|example|ly|app|net|io)\b/;

/** Builds the word table and the automaton. An examiner keeps buffers and remembered spellings, nothing that changes a result. */
export function createExaminer(data: ContentData, fieldNames: FieldNames): Examiner {
  const reader = createReader();
  const words = createWordTable();
  const lexicon = buildLexicon(data.lexicon, reader.table, words);
  addVocabulary(words, data.words, data.lexicon, reader.table);
  markNames(words, reader.table);
  markSmallWords(words, reader.table);
  const revealer = createRevealer(reader, words, lexicon.pairs);
  const offset = lexicon.concepts.length;
  const fieldOffset = offset + builtInConcepts.length;
  const question = offset + builtIn("question");
  const url = offset + builtIn("url");
  const extractor = createExtractor(kindsOf(lexicon), rolesOf(lexicon), shapesOf(lexicon));

  const addPlaceholders = (piece: string, from: number, reading: Reading, hits: Hit[]): void => {
    for (const placeholder of findPlaceholders(piece)) {
      const token = tokenAt(reading, from + placeholder.start);
      hits.push({
        concept: offset + placeholderConcept(fieldNames.match(placeholder.name)),
        from: token,
        to: token + 1,
      });
    }
  };

  const examine = (text: string, from: number, to: number, channel: number, fieldConcept: number): Piece => {
    const first = reader.read(text, from, to);
    words.describe(first);
    const revealed = revealer.reveal(first, text, from, to);
    const reading = revealed?.reading ?? first;
    const piece = text.slice(from, to);
    const hits = findTerms(lexicon, reading);
    findContext(reading, text, offset, hits);
    addPlaceholders(piece, from, reading, hits);
    if (piece.includes("?")) hits.push({ concept: question, from: 0, to: 1 });
    if (address.test(piece)) hits.push({ concept: url, from: 0, to: 1 });
    order(hits);
    const vector = extractor.extract(reading, hits, channel, fieldConcept);
    return { reading, hits, vector, unreadable: revealed?.unreadable === true };
  };

  const matchName = (name: string): FieldMatch | null => {
    const match = fieldNames.match(name);
    if (match !== null || !disguisedName.test(name) || fieldNames.allows(name)) return match;
    const reading = reader.read(name, 0, Math.min(name.length, nameUnitsMax));
    words.describe(reading);
    const revealed = revealer.reveal(reading, name, 0, Math.min(name.length, nameUnitsMax));
    if (revealed === null) return null;
    const spelled: string[] = [];
    for (let i = 0; i < revealed.reading.tokens; i++) spelled.push(tokenText(revealed.reading, i));
    return fieldNames.match(spelled.join(" "));
  };

  const fieldConceptOf = (name: string): number => {
    const match = matchName(name);
    if (match !== null)
      return fieldOffset + categories.indexOf(match.category) * 2 + (match.severity === "block" ? 0 : 1);
    return fieldOffset + (fieldNames.allows(name) ? 100 : 101);
  };

  return {
    lexicon,
    table: reader.table,
    concepts: [...lexicon.concepts, ...builtInConcepts],
    examine,
    matchName,
    fieldConceptOf,
  };
}

const compare = (a: Hit, b: Hit): number => a.from - b.from || a.to - b.to || a.concept - b.concept;

function order(hits: Hit[]): void {
  if (hits.length > insertedMax) {
    hits.sort(compare);
    return;
  }
  for (let i = 1; i < hits.length; i++) {
    const hit = hits[i];
    if (hit === undefined) continue;
    let at = i;
    for (let before = hits[at - 1]; before !== undefined && compare(before, hit) > 0; before = hits[at - 1])
      hits[at--] = before;
    hits[at] = hit;
  }
}
