import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./markdown-blocks.ts";

/** The pages that people read, relative to the repository; generated ones are checked where they are made. */
export function pages(): readonly string[] {
  const within = (folder: string): string[] =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => (folder === "" ? name : `${folder}/${name}`));
  return [...within(""), ...within("docs"), ...within("docs/guide"), ...within("docs/decisions")];
}

/** Links to files of the repository, without their anchors. */
export function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? "")
    .filter((link) => !/^(https?:|mailto:|#|\/)/.test(link))
    .map((link) => link.split("#")[0] ?? "");
}

/** The lines below a heading of level two, up to the next. */
export function linesOfSection(page: string, section: string): readonly string[] {
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  const from = lines.indexOf(`## ${section}`);
  if (from < 0) throw new Error(`${page} has no section ${section}`);
  const length = lines.slice(from + 1).findIndex((line) => line.startsWith("## "));
  return lines.slice(from + 1, length < 0 ? undefined : from + 1 + length);
}
