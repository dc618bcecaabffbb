import type { PageElement, TextBlock, TextRun } from "./page-tree.ts";
import { sourceOffset } from "./source-position.ts";

/** A block's text with the way back to its source; units stay one for one, so offsets need no table. */
export type LineOfText = {
  readonly text: string;
  readonly block: TextBlock;
  /** Start of each run in `text`. */
  readonly starts: readonly number[];
};

export function lineOf(block: TextBlock): LineOfText {
  const starts: number[] = [];
  let text = "";
  for (const run of block.runs) {
    starts.push(text.length);
    text += run.value.replace(/[\t\n\r\f]/g, " ");
  }
  return { text, block, starts };
}

function runAt(line: LineOfText, unit: number): { run: TextRun | undefined; start: number } {
  let low = 0;
  let high = line.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((line.starts[middle] ?? 0) <= unit) low = middle;
    else high = middle - 1;
  }
  return { run: line.block.runs[low], start: line.starts[low] ?? 0 };
}

export type Place = { readonly element: PageElement | null; readonly span: readonly [number, number] };

/** Where [from, to) of a line stands in the source; markup inside markup is placed at the element that holds it. */
export function placeOf(line: LineOfText, html: string, from: number, to: number): Place {
  const first = runAt(line, from);
  const last = runAt(line, Math.max(from, to - 1));
  const element = first.run?.element ?? null;
  const start = offsetIn(first.run, html, from - first.start, false);
  const end = offsetIn(last.run, html, Math.max(from, to - 1) - last.start, true);
  return { element, span: start <= end ? [start, end] : [start, start] };
}

function offsetIn(run: TextRun | undefined, html: string, unit: number, isEnd: boolean): number {
  if (run === undefined) return 0;
  if (run.element.origin !== "page" && run.start === run.element.tagStart) return isEnd ? run.end : run.start;
  return sourceOffset(html, run.start, run.end, run.value, isEnd ? unit + 1 : unit);
}

const chunkUnits = 320;

/** [from, to) pieces of a line of at most about 320 units, cut between sentences: facts are judged by the sentence. */
export function sentencesOf(text: string): [number, number][] {
  const pieces: [number, number][] = [];
  let from = 0;
  while (text.length - from > chunkUnits) {
    const window = text.slice(from, from + chunkUnits);
    const stop = Math.max(
      window.lastIndexOf(". "),
      window.lastIndexOf("! "),
      window.lastIndexOf("? "),
      window.lastIndexOf("; "),
    );
    const space = window.lastIndexOf(" ");
    const cut = stop > 40 ? stop + 1 : space > 40 ? space + 1 : chunkUnits;
    pieces.push([from, from + cut]);
    from += cut;
  }
  pieces.push([from, text.length]);
  return pieces;
}
