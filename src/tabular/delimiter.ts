export type Delimiter = "," | ";" | "\t";

/** How the lines and cells of a text file are told apart. */
export type Dialect = {
  readonly delimiter: Delimiter;
  /** A lone CR only in files that have no LF at all (old Macintosh exports). */
  readonly newline: "\n" | "\r";
  /** Bytes of a leading `sep=;` line, which spreadsheets write for each other. */
  readonly preambleBytes: number;
};

const candidates: readonly Delimiter[] = [",", ";", "\t"];
const linesMax = 20;

/** Detects the dialect on the first lines (Latin-1 image of UTF-8). One column counts as comma. */
export function detectDialect(head: string): Dialect {
  const newline = !head.includes("\n") && head.includes("\r") ? "\r" : "\n";
  const preamble = /^sep=([,;\t])\r?\n/i.exec(head);
  if (preamble !== null) {
    const [line, declared] = preamble;
    const delimiter = candidates.find((candidate) => candidate === declared) ?? ",";
    return { delimiter, newline, preambleBytes: line.length };
  }
  const lines = firstLines(head, newline);
  let best: Delimiter = ",";
  let bestScore = 0;
  for (const candidate of candidates) {
    const counts = lines.map((line) => count(line, candidate));
    const first = counts[0] ?? 0;
    // A delimiter stands as often in every line as in the header; a comma inside names does not.
    const alike = counts.filter((each) => each === first).length;
    const score = first === 0 ? 0 : (alike / counts.length) * 1000 + Math.min(first, 100);
    if (score > bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return { delimiter: best, newline, preambleBytes: 0 };
}

/** The first records without what stands in quotation marks. */
function firstLines(head: string, newline: string): string[] {
  const bare = head.slice(0, 32 * 1024).replace(/"[^"]*"/g, "");
  const lines = bare.split(newline, linesMax + 1);
  // The last may be cut off in its middle.
  if (lines.length > 1) lines.pop();
  return lines.filter((line) => line.trim() !== "");
}

function count(line: string, wanted: string): number {
  return line.split(wanted).length - 1;
}
