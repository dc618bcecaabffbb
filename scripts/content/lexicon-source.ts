import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const lexiconFolder = "data/content/lexicon";

/** Reads `[concept]` sections of comma or line separated terms; the same concept may stand in several files. */
export function readLexicon(folder: string = lexiconFolder): { lexicon: string; fieldNames: string } {
  const concepts = new Map<string, Set<string>>();
  const fields = new Map<string, Set<string>>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".txt")) continue;
    const into = file.startsWith("field-names") ? fields : concepts;
    let terms = new Set<string>();
    for (const line of readFileSync(join(folder, file), "utf8").normalize("NFC").split("\n")) {
      const head = /^\[(.+)\]$/.exec(line.trim());
      if (head !== null) {
        terms = into.get(head[1] ?? "") ?? new Set();
        into.set(head[1] ?? "", terms);
      } else if (!line.startsWith("#")) {
        for (const term of line.split(",")) {
          const tidy = term.trim().toLowerCase();
          if (tidy !== "") terms.add(tidy);
        }
      }
    }
  }
  const lines = (map: Map<string, Set<string>>): string =>
    [...map]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, terms]) => `${name}\t${[...terms].sort().join("|")}`)
      .join("\n");
  return { lexicon: lines(concepts), fieldNames: lines(fields) };
}
