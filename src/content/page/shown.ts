/** What a browser shows: inherited state of an element, from its tag, attributes and simple styles. */
export type Seen = {
  readonly shown: boolean;
  /** display: none and the like: nothing inside can show again. */
  readonly gone: boolean;
  readonly isVisible: boolean;
  readonly hasFontSize: boolean;
  readonly isFlex: boolean;
};

export const visibleSeen: Seen = {
  shown: true,
  gone: false,
  isVisible: true,
  hasFontSize: true,
  isFlex: false,
};

/** Elements whose text content is never painted. */
const neverShownTags = new Set(
  "head script style template noscript title meta link base datalist textarea iframe object audio video canvas progress meter noembed noframes rp param source track area input img embed".split(
    " ",
  ),
);

export const blockTags = new Set(
  "html body address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu nav ol optgroup option p plaintext pre search section select summary table caption colgroup col tbody thead tfoot tr td th ul xmp".split(
    " ",
  ),
);

type Attributes = ReadonlyMap<string, string>;
type Around = { readonly tag: string; readonly attributes: Attributes } | null;

export function seenOf(
  tag: string,
  attributes: Attributes,
  values: ReadonlyMap<string, string>,
  outer: Seen,
  parent: Around,
): Seen {
  const visibility = values.get("visibility");
  const isVisible =
    visibility === undefined || visibility === "inherit"
      ? outer.isVisible
      : !/^(?:hidden|collapse)$/.test(visibility);
  const hasFontSize = fontSizeOf(values, outer.hasFontSize);
  const gone = outer.gone || isGone(tag, attributes, values, parent);
  const display = values.get("display") ?? "";
  return {
    shown: !gone && isVisible && hasFontSize,
    gone,
    isVisible,
    hasFontSize,
    isFlex: /^(?:inline-)?(?:flex|grid)$/.test(display),
  };
}

function isGone(
  tag: string,
  attributes: Attributes,
  values: ReadonlyMap<string, string>,
  parent: Around,
): boolean {
  if (neverShownTags.has(tag)) return true;
  const display = values.get("display");
  if (display === "none") return true;
  if (tag === "input" && attributes.get("type")?.toLowerCase() === "hidden") return true;
  const hidden = attributes.get("hidden");
  if (hidden !== undefined && (hidden.toLowerCase() === "until-found" || display === undefined)) return true;
  if (attributes.has("popover") && display === undefined) return true;
  if (tag === "dialog" && !attributes.has("open") && display === undefined) return true;
  if (parent?.tag === "details" && !parent.attributes.has("open") && tag !== "summary") return true;
  if (values.get("content-visibility") === "hidden") return true;
  return isUnpainted(values);
}

/** Painted nowhere: transparent, clipped to nothing, folded to nothing or moved off the page. */
function isUnpainted(values: ReadonlyMap<string, string>): boolean {
  const opacity = values.get("opacity");
  if (opacity !== undefined && Number.parseFloat(opacity) === 0) return true;
  const position = values.get("position");
  const isPlaced = position === "absolute" || position === "fixed";
  if (isPlaced && ["left", "top", "right"].some((side) => isFar(values.get(side)))) return true;
  if (isFar(values.get("text-indent"))) return true;
  if (isPlaced && /^rect\(\s*(?:0|1px)/.test(values.get("clip") ?? "")) return true;
  if (/^inset\(\s*(?:50|100)%/.test(values.get("clip-path") ?? "")) return true;
  if (/scale(?:x|y)?\(\s*0(?:\.0*)?\s*[,)]/.test(values.get("transform") ?? "")) return true;
  if (!/^(?:hidden|clip)/.test(values.get("overflow") ?? "")) return false;
  return ["height", "max-height", "width", "max-width"].some((side) =>
    /^[01](?:px)?$/.test(values.get(side) ?? ""),
  );
}

function isFar(value: string | undefined): boolean {
  return (
    value !== undefined && /^-\d{3,}(?:px|em|rem|vw|vh|%|$)/.test(value) && Number.parseFloat(value) <= -900
  );
}

function fontSizeOf(values: ReadonlyMap<string, string>, outer: boolean): boolean {
  const size =
    values.get("font-size") ?? /(?:^|\s)(0(?:px|em|rem|pt|%)?)(?:\/|\s)/.exec(values.get("font") ?? "")?.[1];
  if (size === undefined || size === "inherit") return outer;
  if (/^0+(?:\.0*)?(?:[a-z%]|$)/.test(size)) return false;
  // Relative to the parent's size: nothing of nothing stays nothing.
  return /(?:\d|\.)(?:em|%)$/.test(size) && !/rem$/.test(size) ? outer : true;
}

export function displayOf(
  tag: string,
  values: ReadonlyMap<string, string>,
  isInFlex: boolean,
): "block" | "inline" | "" {
  const display = values.get("display");
  if (isInFlex) return "block";
  if (display === undefined) return "";
  if (/^(?:block|flex|grid|table|list-item|flow-root|table-row|table-cell|table-caption)$/.test(display))
    return "block";
  return tag === "br" ? "" : "inline";
}
