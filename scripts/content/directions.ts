import type { ContentData } from "../../src/content/content-data.ts";
import { type Line, readCorpus, readOwn } from "./corpus.ts";
import { readLexicon } from "./lexicon-source.ts";
import { trainModel } from "./trainer.ts";
import { buildWords } from "./words.ts";

export type Direction = {
  readonly name: string;
  readonly data: ContentData;
  readonly unseen: readonly Line[];
};

/** The shipped pipeline, trained without one of the two authors; that author's lines are what it is measured on. */
export function direction(trainOn: "a" | "b"): Direction {
  const other = trainOn === "a" ? "b" : "a";
  const lines = [...readCorpus(`train-${trainOn}.jsonl`), ...readOwn()];
  const base = { ...readLexicon(), words: buildWords(lines) };
  return {
    name: `${trainOn} → ${other}`,
    data: { ...base, model: trainModel(base, lines), digest: "" },
    unseen: readCorpus(`train-${other}.jsonl`),
  };
}
