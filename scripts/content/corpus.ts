import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Category, categories } from "../../src/domain/finding.ts";

export type Line = {
  readonly id: string;
  readonly lang: string;
  readonly channel: "sms" | "zns" | "viber" | "page" | "field";
  readonly industry: string;
  readonly text: string;
  readonly label: "block" | "review" | "pass";
  readonly categories: readonly Category[];
};

export const corpusFolder = "data/content/corpus";

const parse = (row: string): Line => {
  const value = JSON.parse(row) as Line;
  if (value.categories.some((category) => !categories.includes(category)))
    throw new Error(`unknown category in ${value.id}`);
  return value;
};

/** One corpus file. */
export function readCorpus(name: string): Line[] {
  const path = join(corpusFolder, name);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((row) => row.trim() !== "")
    .map(parse);
}

/** The project's own lines, by neither of the two authors. */
export function readOwn(): Line[] {
  return readdirSync(corpusFolder)
    .filter((file) => file.startsWith("own-"))
    .sort()
    .flatMap(readCorpus);
}
