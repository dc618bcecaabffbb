import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export type Block = {
  readonly language: string;
  readonly text: string;
  /** The last heading of level two before it. */
  readonly section: string;
  readonly line: number;
};

/** The fenced blocks of a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let section = "";
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | null = null;
  readFileSync(`${root}${page}`, "utf8")
    .split("\n")
    .forEach((line, at) => {
      const fence = /^```(\w*)\s*$/.exec(line);
      if (open === null) {
        if (line.startsWith("## ")) section = line.slice(3);
        if (fence !== null) open = { language: fence[1] ?? "", line: at + 1, lines: [] };
      } else if (fence === null) open.lines.push(line);
      else {
        blocks.push({ language: open.language, text: open.lines.join("\n"), section, line: open.line });
        open = null;
      }
    });
  if (open !== null) throw new Error(`${page} does not close a block`);
  return blocks;
}
