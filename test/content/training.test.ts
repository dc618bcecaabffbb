import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readCorpus, readOwn } from "../../scripts/content/corpus.ts";
import { readLexicon } from "../../scripts/content/lexicon-source.ts";
import { trainModel } from "../../scripts/content/trainer.ts";
import { buildWords } from "../../scripts/content/words.ts";
import { shippedData } from "../../src/content/content-data.ts";
import { createScanner } from "../../src/content/scan.ts";

const hash = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

describe("training", () => {
  test("gives the same weights for the same lines", () => {
    const lines = readCorpus("train-a.jsonl").slice(0, 120);
    const base = { ...readLexicon(), words: buildWords(lines) };
    expect(hash(trainModel(base, lines))).toBe(hash(trainModel(base, lines)));
  });

  test("the shipped lexicon, words and field names are those of the data folder", () => {
    const { lexicon, fieldNames } = readLexicon();
    const words = buildWords([...readCorpus("train-a.jsonl"), ...readCorpus("train-b.jsonl"), ...readOwn()]);
    expect({
      lexicon: shippedData.lexicon,
      fieldNames: shippedData.fieldNames,
      words: shippedData.words,
    }).toEqual({ lexicon, fieldNames, words });
  });

  test("a scanner without its lexicon or its weights is seen to be worse", () => {
    const text = "Chào chị Hạnh, kết quả xét nghiệm HIV của chị là dương tính";
    const blind = createScanner({ ...shippedData, model: { ...shippedData.model, buckets: "", rows: "" } });
    expect(blind.scanText(text).verdict).toBe("pass");
    expect(createScanner().scanText(text).verdict).toBe("block");
  });
});
