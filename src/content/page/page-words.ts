import type { Finding, ScanResult } from "../../domain/finding.ts";
import type { Scanner } from "../scan.ts";
import { foldWords } from "./fold.ts";
import { stringsIn } from "./inline-scripts.ts";
import { type LineOfText, lineOf, placeOf, sentencesOf } from "./line-of-text.ts";
import type { Draft } from "./page-finding.ts";
import type { PageElement, PageTree } from "./page-tree.ts";
import { namesSomebody } from "./person-names.ts";

/** Units of text read on one page; what lies beyond is for a person. */
const unitsMax = 600_000;
const spokenAttributes = [
  "alt",
  "title",
  "aria-label",
  "aria-description",
  "placeholder",
  "value",
  "summary",
  "data-title",
  "data-content",
];
const spokenMeta =
  /^(?:description|keywords|title|og:title|og:description|twitter:title|twitter:description|author|subject)$/i;

export type WordsRead = {
  readonly drafts: readonly Draft[];
  readonly language: string;
  readonly isCut: boolean;
};

/** Reads the words of a page through the scanner and brings each finding back to its place in the source. */
export function readWords(
  scanner: Pick<Scanner, "scanText">,
  tree: PageTree,
  lines: readonly LineOfText[],
  html: string,
  skipped: ReadonlySet<PageElement>,
): WordsRead {
  const drafts: Draft[] = [];
  const known = new Map<string, ScanResult>();
  const languages = new Map<string, number>();
  let units = 0;
  let isCut = false;
  const scan = (text: string): ScanResult | null => {
    const shape = shapeOf(text);
    const before = known.get(shape);
    if (before !== undefined) return before;
    units += text.length;
    if (units > unitsMax) {
      isCut = true;
      return null;
    }
    const result = scanner.scanText(text, { channel: "page", field: "html" });
    known.set(shape, result);
    return result;
  };
  const put = (
    text: string,
    finding: Finding,
    isShown: boolean,
    element: PageElement | null,
    span: readonly [number, number],
  ): void => {
    if (!isShown && isFaint(finding, text)) return;
    const { category, messages, fix, citation } = finding;
    const severity = !isShown ? "review" : isFaint(finding, text) ? "notice" : finding.severity;
    drafts.push({
      rule: "page_sensitive_content",
      severity,
      category,
      element,
      span,
      texts: { messages, fix, citation },
    });
  };
  for (const line of lines) {
    const [first] = line.block.runs;
    if (first === undefined || isSkipped(first.element, skipped)) continue;
    for (const [from, to] of sentencesOf(line.text)) {
      const text = line.text.slice(from, to);
      if (!hasWords(text)) continue;
      const result = scan(text);
      if (result === null) continue;
      if (line.block.shown)
        languages.set(result.language, (languages.get(result.language) ?? 0) + text.length);
      for (const finding of result.findings) {
        const place = placeOf(line, html, from + finding.span[0], from + finding.span[1]);
        put(text, finding, line.block.shown, place.element, place.span);
      }
    }
  }
  const scanAside = (
    text: string,
    isShown: boolean,
    element: PageElement | null,
    span: readonly [number, number],
  ): void => {
    for (const [from, to] of sentencesOf(text.slice(0, 20_000))) {
      const piece = text.slice(from, to).replace(/\s+/g, " ");
      if (hasWords(piece))
        for (const finding of scan(piece)?.findings ?? []) put(piece, finding, isShown, element, span);
    }
  };
  for (const element of tree.elements) {
    for (const [text, name] of spokenIn(element))
      scanAside(text, element.origin !== "inner", element, attributeSpan(element, name));
  }
  for (const { element, text, start } of tree.scripts)
    for (const item of stringsIn(text))
      if (isProse(item.text) && !/<[a-z]/i.test(item.text)) {
        const from = start + item.at;
        scanAside(
          item.text,
          false,
          element,
          element.origin === "page"
            ? [from, Math.min(html.length, from + item.text.length)]
            : [element.tagStart, element.tagEnd],
        );
      }
  for (const { text, start, element } of tree.comments)
    if (text.length < 20_000)
      scanAside(text.replace(/<[^>]{0,500}>/g, " "), false, element, [
        start,
        Math.min(html.length, start + text.length + 7),
      ]);
  return { drafts, language: mostRead(languages), isCut };
}

/**
 * A page has hundreds of lines and speaks to everybody: a mere hint that names nobody, or holds no sensitive term, is
 * told and stops nothing. Facts, and hints about somebody named, keep their severity.
 */
function isFaint(finding: Finding, text: string): boolean {
  if (finding.severity !== "review" || !/^[a-z_]+\.(?:hint|plain)/.test(finding.rule)) return false;
  const isWhole = finding.span[1] - finding.span[0] >= text.trim().length;
  return isWhole || !(namesSomebody(text) || text.includes("{{"));
}

/** Lines of a grid or list differ by small numbers only; short runs of digits decide no verdict. */
function shapeOf(text: string): string {
  return /\d{4}/.test(text) ? text : text.replace(/\d/g, "0");
}

/** Words of a language, or numbers that may identify, rather than keys and code. */
const isProse = (text: string): boolean => /\S\s+\S+\s+\S/.test(text) || /\d{6}/.test(text);

function isSkipped(element: PageElement, skipped: ReadonlySet<PageElement>): boolean {
  if (element.tag === "style" || element.tag === "script") return true;
  for (let up: PageElement | null = element, steps = 0; up !== null && steps < 8; up = up.parent, steps++)
    if (skipped.has(up) && up.last - up.index < 16) return true;
  return false;
}

const hasWords = (text: string): boolean => /[\p{L}\d]{2}/u.test(text) && text.trim().length > 3;

function spokenIn(element: PageElement): [string, string][] {
  const { attributes, tag } = element;
  if (tag === "meta") {
    const name = attributes.get("name") ?? attributes.get("property") ?? "";
    const content = attributes.get("content");
    return content !== undefined && spokenMeta.test(name) ? [[content, "content"]] : [];
  }
  const spoken: [string, string][] = [];
  const isControl = /^(?:input|textarea|select|option|button)$/.test(tag);
  for (const name of spokenAttributes) {
    const text = attributes.get(name);
    // What a control asks for is judged with its label; a value is data only where it is shown.
    if (text === undefined || text.length < 4 || (isControl && name !== "value")) continue;
    if (name === "value" && !(tag === "input" && /\s|\d{6}/.test(text))) continue;
    spoken.push([text, name]);
  }
  return spoken;
}

function attributeSpan(element: PageElement, name: string): readonly [number, number] {
  const place = element.node.sourceCodeLocation?.attrs?.[name];
  return place === undefined ? [element.tagStart, element.tagEnd] : [place.startOffset, place.endOffset];
}

function mostRead(languages: ReadonlyMap<string, number>): string {
  let best = "und";
  let most = 0;
  for (const [language, count] of languages)
    if (language !== "und" && count > most) [best, most] = [language, count];
  return best;
}

export function linesOf(tree: PageTree): LineOfText[] {
  return tree.blocks.map(lineOf);
}

export type ShownWords = { readonly element: PageElement; readonly words: string };

/** The shown lines of ordinary length, folded once for every rule that reads wording. */
export function shownWordsOf(lines: readonly LineOfText[]): ShownWords[] {
  const shown: ShownWords[] = [];
  for (const { text, block } of lines) {
    const [first] = block.runs;
    if (!block.shown || first === undefined || text.length < 8 || text.length > 4_000 || text.trim() === "")
      continue;
    shown.push({ element: first.element, words: foldWords(text) });
  }
  return shown;
}
