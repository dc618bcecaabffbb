// The content scan with every view on, beside plain matching of the same terms by other means, alternated in one run.
// Run: npx tsx bench/scan.ts (read the ratios; the compiled build is faster than tsx for both sides alike).
import { createRequire } from "node:module";
import AhoCorasick from "modern-ahocorasick";
import { readCorpus } from "../scripts/content/corpus.ts";
import { shippedData } from "../src/content/content-data.ts";
import { createScanner } from "../src/content/scan.ts";

const bare = (text: string): string =>
  text.replace(/đ/g, "d").replace(/Đ/g, "D").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const terms = [
  ...new Set(
    shippedData.lexicon
      .split("\n")
      .flatMap((line) => line.slice(line.indexOf("\t") + 1).split("|"))
      .map(bare),
  ),
];
const texts = [...readCorpus("train-a.jsonl"), ...readCorpus("train-b.jsonl")]
  .map((line) => line.text)
  .filter((text) => text.length > 140 && text.length < 180);
/** A text or the text of a page as long as the goal names, in UTF-16 units. */
const pageUnits = 200_000;
const page = Array.from({ length: Math.ceil(pageUnits / (texts.join("\n").length + 1)) }, () =>
  texts.join("\n"),
)
  .join("\n")
  .slice(0, pageUnits);

const scanner = createScanner();
const ahoCorasick = new AhoCorasick(terms);
// The package has no types and no module of its own kind.
const Plain = createRequire(import.meta.url)("ahocorasick") as new (
  words: readonly string[],
) => { search(text: string): unknown };
const plain = new Plain(terms);
const alternation = new RegExp(
  `\\b(?:${terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})\\b`,
  "g",
);

const sides: readonly (readonly [string, (text: string) => unknown])[] = [
  ["guard, all views and weights", (text) => scanner.scanText(text, { channel: "sms" })],
  ["modern-ahocorasick, folding and matching only", (text) => ahoCorasick.search(bare(text))],
  ["ahocorasick, folding and matching only", (text) => plain.search(bare(text))],
  ["RegExp alternation, folding and matching only", (text) => [...bare(text).matchAll(alternation)]],
];

const cpuOf = (work: () => void): number => {
  const start = process.cpuUsage();
  work();
  const used = process.cpuUsage(start);
  return used.user + used.system;
};

const best = sides.map(() => Number.POSITIVE_INFINITY);
// The first rounds warm the compiler up. RegExp takes a thousand times longer and runs in few of them.
const rounds = 40;
for (let round = 0; round < rounds; round++)
  sides.forEach(([name, run], i) => {
    if (name.startsWith("RegExp") && round > 1) return;
    const used = cpuOf(() => {
      for (const text of texts) run(text);
    });
    best[i] = Math.min(best[i] ?? used, used / texts.length);
  });
console.log(
  `${terms.length} terms, ${texts.length} messages of about 160 characters, CPU µs a message (best of ${rounds} rounds)`,
);
sides.forEach(([name], i) => {
  console.log(
    `${(best[i] ?? 0).toFixed(1).padStart(9)}  ${name}  ×${((best[i] ?? 0) / (best[0] ?? 1)).toFixed(2)}`,
  );
});
// modern-ahocorasick and RegExp take minutes for a text so long: their time grows with the square of the length.
const pageTimes = sides
  .filter(([name]) => /^(guard|ahocorasick)/.test(name))
  .map(([, run]) => Math.min(...Array.from({ length: 6 }, () => cpuOf(() => run(page)))) / 1000);
console.log(
  `${(page.length / 1000).toFixed(0)} kB text, CPU ms: guard ${(pageTimes[0] ?? 0).toFixed(1)}, ahocorasick ${(pageTimes[1] ?? 0).toFixed(1)}`,
);
