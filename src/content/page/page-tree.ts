import { defaultTreeAdapter as adapter } from "parse5";
import { markupInScripts } from "./inline-scripts.ts";
import type { HtmlElement, HtmlParent } from "./parse-page.ts";
import { parseInner } from "./parse-page.ts";
import { blockTags, displayOf, type Seen, seenOf, visibleSeen } from "./shown.ts";
import { createStyleSheet, type StyleSheet } from "./style-rules.ts";

/** Where a piece of markup comes from; what only a script or a browser without scripts shows is `inner`. */
export type Origin = "page" | "frame" | "inner";

export type PageElement = {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly parent: PageElement | null;
  readonly node: HtmlElement;
  readonly origin: Origin;
  readonly shown: boolean;
  /** The nearest form around it. */
  readonly form: PageElement | null;
  /** The outermost hidden element around this one; null for that element itself and for what is shown. */
  readonly hiddenBy: PageElement | null;
  /** Runs of text inside: [from, to) of `PageTree.runs`. */
  readonly textFrom: number;
  textTo: number;
  /** Elements inside: up to this index of `PageTree.elements`. */
  readonly index: number;
  last: number;
  /** [start, end) of the start tag in the source; of the nearest outer element that has one. */
  readonly tagStart: number;
  readonly tagEnd: number;
};

export type TextRun = {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly element: PageElement;
  readonly shown: boolean;
};

/** Runs that read as one line; `glue` is put between where a browser would leave a gap. */
export type TextBlock = { readonly runs: readonly TextRun[]; readonly shown: boolean };

export type PageTree = {
  readonly elements: readonly PageElement[];
  readonly runs: readonly TextRun[];
  readonly blocks: readonly TextBlock[];
  readonly scripts: readonly {
    readonly element: PageElement;
    readonly text: string;
    readonly start: number;
  }[];
  readonly comments: readonly {
    readonly text: string;
    readonly start: number;
    readonly element: PageElement | null;
  }[];
  readonly byId: ReadonlyMap<string, PageElement>;
  /** href of the first base element. */
  readonly base: string | null;
  readonly stylesPartial: boolean;
};

type Growing = {
  elements: PageElement[];
  runs: TextRun[];
  blocks: TextBlock[];
  scripts: { element: PageElement; text: string; start: number }[];
  comments: { text: string; start: number; element: PageElement | null }[];
  byId: Map<string, PageElement>;
  shownLine: TextRun[];
  hiddenLine: TextRun[];
  innerUnits: number;
  base: string | null;
};

/** Inline by style, yet what stands beside them is another utterance. */
const apartTags = new Set(["br", "label", "input", "select", "textarea", "button"]);
/** Markup inside markup is read up to this many units a page, so that it cannot multiply the work. */
const innerUnitsMax = 500_000;

/** Walks the document once, in its order, and tells for each element and text whether a browser shows it. */
export function walkPage(root: HtmlParent): PageTree {
  const sheet = createStyleSheet(styleTexts(root));
  const tree: Growing = {
    elements: [],
    runs: [],
    blocks: [],
    scripts: [],
    comments: [],
    byId: new Map(),
    shownLine: [],
    hiddenLine: [],
    innerUnits: 0,
    base: null,
  };
  walkChildren(tree, sheet, root, null, visibleSeen, "page");
  endLine(tree);
  return { ...tree, stylesPartial: sheet.isPartial() };
}

function styleTexts(root: HtmlParent): string[] {
  const texts: string[] = [];
  const visit = (parent: HtmlParent): void => {
    for (const node of parent.childNodes)
      if (adapter.isElementNode(node)) {
        if (node.tagName === "style") texts.push(textIn(node));
        else visit(node);
      }
  };
  visit(root);
  return texts;
}

function textIn(element: HtmlElement): string {
  return element.childNodes.map((node) => (adapter.isTextNode(node) ? node.value : "")).join("");
}

function walkChildren(
  tree: Growing,
  sheet: StyleSheet,
  parent: HtmlParent,
  owner: PageElement | null,
  seen: Seen,
  origin: Origin,
): void {
  for (const node of parent.childNodes) {
    if (adapter.isTextNode(node)) {
      if (owner === null) continue;
      const place = node.sourceCodeLocation;
      const run: TextRun = {
        value: node.value,
        start: place?.startOffset ?? owner.tagStart,
        end: place?.endOffset ?? owner.tagEnd,
        element: owner,
        shown: seen.shown,
      };
      tree.runs.push(run);
      (seen.shown ? tree.shownLine : tree.hiddenLine).push(run);
    } else if (adapter.isCommentNode(node)) {
      tree.comments.push({
        text: node.data,
        start: node.sourceCodeLocation?.startOffset ?? owner?.tagStart ?? 0,
        element: owner,
      });
    } else if (adapter.isElementNode(node)) walkElement(tree, sheet, node, owner, seen, origin);
  }
}

function walkElement(
  tree: Growing,
  sheet: StyleSheet,
  node: HtmlElement,
  parent: PageElement | null,
  outer: Seen,
  origin: Origin,
): void {
  const attributes = new Map(node.attrs.map(({ name, value }) => [name, value]));
  const values = sheet.valuesOf({ tag: node.tagName, attributes, parent });
  const seen = seenOf(node.tagName, attributes, values, outer, parent);
  const place = node.sourceCodeLocation;
  const tag = place?.startTag ?? place;
  const element: PageElement = {
    tag: node.tagName,
    attributes,
    parent,
    node,
    origin,
    shown: seen.shown,
    form: parent === null ? null : parent.tag === "form" ? parent : parent.form,
    hiddenBy: seen.shown || parent === null || parent.shown ? null : (parent.hiddenBy ?? parent),
    textFrom: tree.runs.length,
    textTo: 0,
    index: tree.elements.length,
    last: 0,
    tagStart: tag?.startOffset ?? parent?.tagStart ?? 0,
    tagEnd: tag?.endOffset ?? parent?.tagEnd ?? 0,
  };
  tree.elements.push(element);
  const id = attributes.get("id");
  if (id !== undefined && id !== "" && !tree.byId.has(id)) tree.byId.set(id, element);
  if (node.tagName === "base") tree.base ??= attributes.get("href") ?? null;
  const display = displayOf(node.tagName, values, outer.isFlex);
  const breaks = blockTags.has(node.tagName) ? display !== "inline" : display === "block";
  const isApart = breaks || apartTags.has(node.tagName);
  if (isApart) endLine(tree);
  if (node.tagName === "script") {
    const text = textIn(node);
    const first = node.childNodes[0];
    tree.scripts.push({ element, text, start: first?.sourceCodeLocation?.startOffset ?? element.tagEnd });
    for (const markup of markupInScripts(text)) walkInner(tree, sheet, markup, element, "inner");
  } else if (node.tagName === "noscript" && origin === "page") {
    walkInner(tree, sheet, textIn(node), element, "inner");
  } else if (node.tagName === "iframe") {
    const inside = attributes.get("srcdoc");
    if (inside !== undefined) walkInner(tree, sheet, inside, element, "frame");
  } else if (node.tagName === "template" && "content" in node) {
    const shadow = attributes.has("shadowrootmode");
    endLine(tree);
    walkChildren(
      tree,
      sheet,
      node.content as HtmlParent,
      element,
      shadow ? outer : seen,
      shadow ? origin : "inner",
    );
    endLine(tree);
  } else if (node.tagName !== "style") {
    walkChildren(tree, sheet, node, element, seen, origin);
  }
  if (isApart) endLine(tree);
  element.textTo = tree.runs.length;
  element.last = tree.elements.length;
}

function walkInner(tree: Growing, sheet: StyleSheet, html: string, owner: PageElement, origin: Origin): void {
  tree.innerUnits += html.length;
  if (tree.innerUnits > innerUnitsMax) return;
  const root = parseInner(html);
  if (root === null) return;
  endLine(tree);
  const isShown = origin === "frame" && (owner.parent?.shown ?? true);
  walkChildren(tree, sheet, root, owner, isShown ? visibleSeen : { ...visibleSeen, shown: false }, origin);
  endLine(tree);
}

function endLine(tree: Growing): void {
  if (tree.shownLine.length > 0) tree.blocks.push({ runs: tree.shownLine, shown: true });
  if (tree.hiddenLine.length > 0) tree.blocks.push({ runs: tree.hiddenLine, shown: false });
  tree.shownLine = [];
  tree.hiddenLine = [];
}

/** The text of an element as its source has it, spaces folded, at most `limit` units. */
export function textOf(tree: PageTree, element: PageElement, limit = 600, shownOnly = false): string {
  let text = "";
  for (let at = element.textFrom; at < element.textTo && text.length < limit; at++) {
    const run = tree.runs[at];
    if (run === undefined || (shownOnly && !run.shown)) continue;
    const before = tree.runs[at - 1];
    text +=
      before !== undefined && text !== "" && before.element !== run.element && areApart(before, run)
        ? ` ${run.value}`
        : run.value;
  }
  return text.replace(/\s+/g, " ").trim().slice(0, limit);
}

function areApart(before: TextRun, run: TextRun): boolean {
  return (
    blockTags.has(before.element.tag) || blockTags.has(run.element.tag) || before.element.tag === "option"
  );
}
