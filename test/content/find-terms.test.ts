import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCorpus } from "../../scripts/content/corpus.ts";
import { shippedData } from "../../src/content/content-data.ts";
import { buildLexicon, findTerms, foldTerm } from "../../src/content/lexicon.ts";
import { createReader } from "../../src/content/reading.ts";
import type { Reading } from "../../src/content/reading-shape.ts";
import { createWordTable } from "../../src/content/word-table.ts";

const reader = createReader();
const words = createWordTable();
const lexicon = buildLexicon(shippedData.lexicon, reader.table, words);

type Term = { readonly concept: string; readonly accents: readonly number[] };
const termsByWords = new Map<string, Term[]>();
for (const line of shippedData.lexicon.split("\n")) {
  const [concept = "", list = ""] = line.split("\t");
  for (const text of list.split("|")) {
    const { symbols, accents } = foldTerm(text, reader.table);
    const key = String.fromCharCode(...symbols);
    if (symbols.length > 0) termsByWords.set(key, [...(termsByWords.get(key) ?? []), { concept, accents }]);
  }
}

const agrees = (reading: Reading, accents: readonly number[], from: number): boolean => {
  const given = accents.map((_, i) => reading.tokenAccent[from + i] ?? 0);
  if (given.some((accent, i) => accent !== 0 && accent !== accents[i])) return false;
  const needed = accents.some((accent) => accent !== 0);
  const proven = given.some((accent) => accent !== 0);
  return !needed || proven || (accents.length > 1 && !reading.accented);
};

/** Every run of words looked up by itself; what stands inside a longer term is left out. */
function slowly(reading: Reading): string[] {
  const found: { concept: string; from: number; to: number }[] = [];
  for (let from = 0; from < reading.tokens; from++)
    for (let to = from + 1; to <= Math.min(reading.tokens, from + 12); to++) {
      const key = String.fromCharCode(
        ...reading.classes.slice(reading.tokenFrom[from] ?? 0, reading.tokenTo[to - 1] ?? 0),
      );
      for (const term of termsByWords.get(key) ?? [])
        if (agrees(reading, term.accents, from)) found.push({ concept: term.concept, from, to });
    }
  return found
    .filter(
      (hit) =>
        !found.some(
          (other) =>
            other.from <= hit.from && other.to >= hit.to && other.to - other.from > hit.to - hit.from,
        ),
    )
    .map((hit) => `${hit.from}-${hit.to} ${hit.concept}`)
    .sort();
}

const both = (text: string): [string[], string[]] => {
  const reading = reader.read(text, 0, Math.min(text.length, 700));
  words.describe(reading);
  const fast = findTerms(lexicon, reading)
    .map((hit) => `${hit.from}-${hit.to} ${lexicon.concepts[hit.concept] ?? ""}`)
    .sort();
  return [fast, slowly(reading)];
};

describe("the automaton over words", () => {
  const lines = readCorpus("train-a.jsonl").map((line) => line.text);

  test("finds in every line what a look-up of every run of words finds", () => {
    let hits = 0;
    for (const line of lines) {
      const [fast, slow] = both(line);
      expect(fast).toEqual(slow);
      hits += slow.length;
    }
    expect(hits).toBeGreaterThan(lines.length);
  });

  test("and so in texts put together from terms and pieces of them", () => {
    const term = fc.constantFrom(...[...shippedData.lexicon.matchAll(/[^|\t\n]+/g)].map((match) => match[0]));
    const piece = fc.oneof(
      term,
      term.map((text) => text.split(" ").slice(1).join(" ")),
      term.map((text) => text.split(" ").slice(0, -1).join(" ")),
      fc.constantFrom("x", ".", "12", "của", "cua"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const [fast, slow] = both(pieces.join(" "));
        expect(fast).toEqual(slow);
      }),
      { numRuns: 400 },
    );
  });
});

test("a word table answers for each word what was said of it, however many there are", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { maxLength: 300 }), (hashes) => {
      const table = createWordTable();
      hashes.forEach((hash, i) => {
        table.price(hash, 1 + (i % 20));
        table.price(hash, 25);
        expect(table.number(hash)).toBe(i + 1);
      });
      hashes.forEach((hash, i) => {
        expect(table.get(hash) & 31).toBe(1 + (i % 20));
        expect(table.number(hash)).toBe(i + 1);
      });
    }),
  );
});
