import type { ContentData } from "../../src/content/content-data.ts";
import { createScanner } from "../../src/content/scan.ts";
import type { Category, ScanVerdict } from "../../src/domain/finding.ts";
import type { Line } from "./corpus.ts";

export type Outcome = {
  readonly line: Line;
  readonly verdict: ScanVerdict;
  readonly categories: readonly Category[];
};

/** Runs the whole pipeline over lines. */
export function judgeLines(
  data: ContentData,
  lines: readonly Line[],
  rewrite: (text: string) => string = (text) => text,
): Outcome[] {
  const scanner = createScanner(data);
  return lines.map((line) => {
    const result = scanner.scanText(rewrite(line.text), { channel: line.channel });
    const found = result.findings.flatMap((item) => (item.category === null ? [] : [item.category]));
    return { line, verdict: result.verdict, categories: [...new Set(found)] };
  });
}

export type Summary = {
  blockLines: number;
  caught: number;
  blocked: number;
  reviewLines: number;
  reviewCaught: number;
  passLines: number;
  passBlocked: number;
  passFlagged: number;
  caughtAll: number;
  categoryRight: number;
};

/** The figures of the issue. */
export function summarise(outcomes: readonly Outcome[]): Summary {
  const s: Summary = {
    blockLines: 0,
    caught: 0,
    blocked: 0,
    reviewLines: 0,
    reviewCaught: 0,
    passLines: 0,
    passBlocked: 0,
    passFlagged: 0,
    caughtAll: 0,
    categoryRight: 0,
  };
  for (const { line, verdict, categories } of outcomes) {
    const flagged = verdict !== "pass";
    if (line.label === "pass") {
      s.passLines++;
      if (flagged) s.passFlagged++;
      if (verdict === "block") s.passBlocked++;
      continue;
    }
    if (line.label === "block") {
      s.blockLines++;
      if (flagged) s.caught++;
      if (verdict === "block") s.blocked++;
    } else {
      s.reviewLines++;
      if (flagged) s.reviewCaught++;
    }
    if (flagged) {
      s.caughtAll++;
      if (line.categories.includes(categories[0] ?? "health")) s.categoryRight++;
    }
  }
  return s;
}

export const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;

export const describe = (s: Summary): string =>
  `block caught ${percent(s.caught, s.blockLines)} (blocked ${percent(s.blocked, s.blockLines)}), review caught ${percent(s.reviewCaught, s.reviewLines)}, pass blocked ${s.passBlocked}/${s.passLines} = ${percent(s.passBlocked, s.passLines)}, flagged ${s.passFlagged} = ${percent(s.passFlagged, s.passLines)}, category ${percent(s.categoryRight, s.caughtAll)}`;
