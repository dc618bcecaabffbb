import { createFoldTable, lookAlikeMap } from "../../src/content/fold-table.ts";
import { foldTerm } from "../../src/content/lexicon.ts";
import type { Line } from "./corpus.ts";

const folded = (word: string, table: Uint16Array): string =>
  [...foldTerm(word, table).symbols]
    .map((symbol) => (symbol < 27 ? String.fromCharCode(symbol + 96) : "?"))
    .join("");

/** The folded words of a corpus by rarity: the vocabulary that disguised words are read with. */
export function buildWords(lines: readonly Line[]): string {
  const table = createFoldTable(lookAlikeMap());
  const counts = new Map<string, number>();
  let total = 0;
  for (const line of lines)
    for (const token of line.text.toLowerCase().split(/[^\p{L}]+/u)) {
      if (token === "") continue;
      const word = folded(token.normalize("NFC"), table);
      if (word.includes("?") || (word.length === 1 && !"aeiouy".includes(word))) continue;
      counts.set(word, (counts.get(word) ?? 0) + 1);
      total++;
    }
  const byCost = new Map<number, string[]>();
  for (const [word, count] of counts) {
    const cost = Math.min(16, Math.max(3, Math.round(Math.log2(total / count))));
    byCost.set(cost, [...(byCost.get(cost) ?? []), word]);
  }
  return [...byCost]
    .sort(([a], [b]) => a - b)
    .map(([cost, words]) => `${cost}\t${words.sort().join("|")}`)
    .join("\n");
}
