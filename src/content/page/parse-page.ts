import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse, parseFragment } from "parse5";

export type HtmlNode = DefaultTreeAdapterTypes.Node;
export type HtmlElement = DefaultTreeAdapterTypes.Element;
export type HtmlParent = DefaultTreeAdapterTypes.ParentNode;

export type Unparsable = "empty" | "binary" | "too_long" | "too_complex" | "not_html";

/** UTF-16 units; a landing page of this size is a mistake or an attack. */
export const pageUnitsMax = 5_000_000;
/** The depth at which Chromium itself stops nesting. */
const depthMax = 512;
const nodesMax = 200_000;
/** parse5 looks for repeated attribute names one by one, so their number is held down before it runs. */
const attributesMax = 256;

class TooComplex extends Error {}

/** Parses with bounds on depth, nodes and attributes; names the reason where the bytes are no page. */
export function parsePage(html: string, needsTags: boolean): HtmlParent | Unparsable {
  const fault = faultOf(html, needsTags);
  if (fault !== null) return fault;
  try {
    return parse(html, { sourceCodeLocationInfo: true, treeAdapter: boundedAdapter() });
  } catch (error) {
    if (error instanceof TooComplex || error instanceof RangeError) return "too_complex";
    throw error;
  }
}

/** Markup inside markup (noscript, srcdoc, strings of a script); null where it goes past the bounds. */
export function parseInner(html: string): HtmlParent | null {
  if (html.length > pageUnitsMax / 10 || hasAttributeBomb(html)) return null;
  try {
    return parseFragment(html, { scriptingEnabled: false, treeAdapter: boundedAdapter() });
  } catch (error) {
    if (error instanceof TooComplex || error instanceof RangeError) return null;
    throw error;
  }
}

function faultOf(html: string, needsTags: boolean): Unparsable | null {
  if (html.length > pageUnitsMax) return "too_long";
  if (/^[\s\ufeff]*$/.test(html)) return "empty";
  if (isBinary(html)) return "binary";
  if (needsTags && !/<(?:!doctype|[a-z][a-z0-9-]*[\s/>])/i.test(html)) return "not_html";
  return hasAttributeBomb(html) ? "too_complex" : null;
}

const signatures = ["%PDF-", "PK\u0003\u0004", "GIF8", "\ufffdPNG", "\u0089PNG"];

function isBinary(html: string): boolean {
  if (html.includes("\0") || signatures.some((signature) => html.startsWith(signature))) return true;
  const strange = html.match(/[^\P{Cc}\t\n\f\r\u0080-\u009f]|\ufffd/gu)?.length ?? 0;
  return strange > 16 && strange > html.length / 200;
}

/** One pass over tags as a tokenizer sees them; raw text (script, style, comments) is stepped over. */
function hasAttributeBomb(html: string): boolean {
  const opening = /<(?:!--|(\/?[a-zA-Z][^\s/>]*))/g;
  for (let found = opening.exec(html); found !== null; found = opening.exec(html)) {
    if (found[1] === undefined) {
      const end = html.indexOf("-->", opening.lastIndex);
      if (end < 0) return false;
      opening.lastIndex = end + 3;
      continue;
    }
    const end = endOfTag(html, opening.lastIndex);
    if (end < 0) return true;
    const name = found[1].toLowerCase();
    opening.lastIndex = end;
    if (name !== "script" && name !== "style") continue;
    const close = name === "script" ? /<\/script[\s/>]/gi : /<\/style[\s/>]/gi;
    close.lastIndex = end;
    if (close.exec(html) === null) return false;
    opening.lastIndex = close.lastIndex;
  }
  return false;
}

/** -1 where the tag has too many attributes. */
function endOfTag(html: string, from: number): number {
  const token = /\s*(?:=\s*(?:"[^"]*(?:"|$)|'[^']*(?:'|$)|[^\s>"']?[^\s>]*)|(>)|\/|[^\s/>=]+|$)/y;
  let attributes = 0;
  token.lastIndex = from;
  while (token.lastIndex < html.length) {
    const found = token.exec(html);
    if (found === null) break;
    if (found[1] !== undefined) return token.lastIndex;
    if (++attributes > attributesMax * 2) return -1;
  }
  return html.length;
}

function boundedAdapter(): typeof defaultTreeAdapter {
  let nodes = 0;
  let depth = 0;
  const count = (): void => {
    if (++nodes > nodesMax) throw new TooComplex();
  };
  const adapter: typeof defaultTreeAdapter & {
    onItemPush(): void;
    onItemPop(): void;
  } = {
    ...defaultTreeAdapter,
    createElement(...given) {
      count();
      return defaultTreeAdapter.createElement(...given);
    },
    createCommentNode(...given) {
      count();
      return defaultTreeAdapter.createCommentNode(...given);
    },
    onItemPush() {
      if (++depth > depthMax) throw new TooComplex();
    },
    onItemPop() {
      depth--;
    },
  };
  return adapter;
}
