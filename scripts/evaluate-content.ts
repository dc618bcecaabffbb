// Regenerates docs/detection.md: what the guard finds in the lines of an author that it was not trained on.
import { writeFileSync } from "node:fs";
import { createScanner } from "../src/content/scan.ts";
import { categories } from "../src/domain/finding.ts";
import { readOwn } from "./content/corpus.ts";
import { type Direction, direction } from "./content/directions.ts";
import { disguises } from "./content/disguises.ts";
import { readLexicon } from "./content/lexicon-source.ts";
import { judgeLines, type Outcome, percent, summarise } from "./content/measure.ts";

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

const figures = (outcomes: readonly Outcome[]): string[] => {
  const s = summarise(outcomes);
  return [
    `${s.blockLines}`,
    percent(s.caught, s.blockLines),
    percent(s.blocked, s.blockLines),
    percent(s.reviewCaught, s.reviewLines),
    `${s.passBlocked}/${s.passLines} = ${percent(s.passBlocked, s.passLines)}`,
    `${s.passFlagged}/${s.passLines} = ${percent(s.passFlagged, s.passLines)}`,
    percent(s.categoryRight, s.caughtAll),
  ];
};
const head = [
  "block lines",
  "blocked or reviewed",
  "blocked",
  "review lines caught",
  "ordinary lines blocked",
  "ordinary lines blocked or reviewed",
  "category right",
];

function breakdown(name: string, outcomes: readonly Outcome[]): string {
  const byCategory = categories.map((category) => [
    `\`${category}\``,
    ...figures(outcomes.filter((item) => item.line.categories.includes(category))).filter(
      (_, i) => i !== 4 && i !== 5,
    ),
  ]);
  const groups = ["vi", "en", "mixed"].map((lang) => [
    lang,
    ...figures(outcomes.filter((item) => item.line.lang === lang)),
  ]);
  const channels = ["sms", "zns", "viber", "page", "field"].map((channel) => [
    channel,
    ...figures(outcomes.filter((item) => item.line.channel === channel)),
  ]);
  const ids = (keep: (item: Outcome) => boolean): string =>
    outcomes
      .filter(keep)
      .map((item) => item.line.id)
      .join(", ") || "none";
  return [
    `## ${name}`,
    table(["language", ...head], groups),
    table(["channel", ...head], channels),
    table(["category", ...head.filter((_, i) => i !== 4 && i !== 5)], byCategory),
    `Ordinary lines blocked: ${ids((item) => item.line.label === "pass" && item.verdict === "block")}`,
    `Ordinary lines sent to review: ${ids((item) => item.line.label === "pass" && item.verdict === "review")}`,
    `Block lines passed: ${ids((item) => item.line.label === "block" && item.verdict === "pass")}`,
    `Wrong category: ${ids((item) => item.line.label !== "pass" && item.verdict !== "pass" && !item.line.categories.includes(item.categories[0] ?? "health"))}`,
  ].join("\n\n");
}

function disguiseRows({ data, unseen }: Direction): string[][] {
  const scanner = createScanner(data);
  const clear = unseen.map((line) => ({
    line,
    verdict: scanner.scanText(line.text, { channel: line.channel }).verdict,
    terms: scanner.examine(line.text, { channel: line.channel }).terms,
  }));
  return Object.entries(disguises).map(([name, disguise]) => {
    let kept = 0;
    let caught = 0;
    let wrong = 0;
    for (const { line, verdict, terms } of clear) {
      if (name === "base64" && line.channel === "field") continue;
      const found =
        scanner.scanText(disguise(line.text, terms), { channel: line.channel }).verdict !== "pass";
      if (line.label !== "pass" && verdict !== "pass") {
        caught++;
        if (found) kept++;
      } else if (line.label === "pass" && verdict === "pass" && found) wrong++;
    }
    return [name, `${kept}/${caught} = ${percent(kept, caught)}`, `${wrong}`];
  });
}

const both = [direction("a"), direction("b")];
const judged = both.map(({ name, data, unseen }) => ({ name, outcomes: judgeLines(data, unseen) }));
const { lexicon, fieldNames } = readLexicon();
const count = (prefix: RegExp): number =>
  lexicon
    .split("\n")
    .filter((line) => prefix.test(line))
    .reduce((sum, line) => sum + line.split("|").length, 0);

const text = `# How well the content guard detects

Regenerate with \`npx tsx scripts/evaluate-content.ts\`; train with \`npx tsx scripts/train-content.ts\` (same inputs, same bytes).

## How to read this

Two authors wrote 900 labelled lines each (\`data/content/corpus/train-a.jsonl\`, \`train-b.jsonl\`); ${readOwn().length} further lines
(\`own-*.jsonl\`) were written for this project where validation showed holes. Each direction below trains the shipped pipeline on
one author and the project's own lines, takes its thresholds from folds of these lines, and is measured on the other author.

- The first lexicon and the cues were written while reading author a, so **b → a** was the development set from the start.
- Later every false line of author a and those among author b's **odd**-numbered lines were read, to find holes; the terms of
  \`wider.txt\`, the field names and the lines of \`own-3\` and \`own-4\` were written after that. Lines that resembled one that
  had been read were thrown away again; single terms were not. So both directions in total are now optimistic.
- **a → b, even lines** is the honest figure: no even-numbered line of author b was ever read, only its totals were seen.
- Settings of the learned layer and its thresholds were chosen on totals of both directions, seen several times.
- The shipped weights are trained on both authors and the own lines.
- Some of the lines of \`own-6\` and the last lists of terms were written after reading misses of author a and of author b's
  odd lines once more; lines that resembled what had been read were again left out.

## Lines written to be unlike the rest

Twice, lines were written for every category and language without looking at what the guard says of them, the ordinary ones as
near misses on purpose, so they are much harder than traffic. Each set was measured once, then learned from
(\`own-5\`, \`own-7\`); these rows are records of that first reading and cannot be regenerated.

| lines | guard | blocked or reviewed | blocked | ordinary lines blocked | ordinary lines blocked or reviewed | category right |
| --- | --- | --- | --- | --- | --- | --- |
| own-5: 1465, of these 704 ordinary | before | 84.7 % | 41.1 % | 1.1 % | 8.2 % | 88.6 % |
| own-7: 477, of these 224 ordinary | before own-5, own-6 and their terms | 73.1 % | 31.6 % | 1.3 % | 4.9 % | 81.1 % |
| own-7 | after own-5, own-6 and their terms | 76.3 % | 36.4 % | 0.9 % | 1.8 % | 85.0 % |

On wording this terse the goals are missed: movements told without a word for place (44 % of location lines caught), secrets
asked for in passing, notes in columns of free text and the category of English lines (76 % right) are the weak side.

Lexicon: ${count(/./)} terms, of these ${count(/^health\./)} for health and ${count(/^(cue|fact|ask|allow)\./)} cues and harmless readings; ${fieldNames.split("|").length} field names.

## Both directions

${table(["direction", ...head], [...judged.map(({ name, outcomes }) => [name, ...figures(outcomes)]), ...judged.slice(0, 1).map(({ name, outcomes }) => [`${name}, even lines`, ...figures(outcomes.filter((item) => Number(item.line.id.slice(1)) % 2 === 0))])])}

Goals: ≥ 90 % blocked or reviewed; ordinary lines ≤ 0.5 % blocked and ≤ 4 % blocked or reviewed; category right ≥ 92 %.
Where a figure above misses its goal, the goal is missed.

${judged.map(({ name, outcomes }) => breakdown(name, outcomes)).join("\n\n")}

## Disguises

Of what was caught in the clear, how much is still caught when the text is disguised, and how many ordinary lines become
false ones that were not false in the clear. Goal: ≥ 95 % and none. A whole text that stays unreadable is sent to review by
policy, which counts here as a false one.

${both.map((item) => `### ${item.name}\n\n${table(["disguise", "kept", "new false ones"], disguiseRows(item))}`).join("\n\n")}
`;
writeFileSync("docs/detection.md", text);
for (const { name, outcomes } of judged) console.log(name, figures(outcomes).join(" | "));
