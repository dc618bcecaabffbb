/** The properties that decide whether and how text shows. */
const read = new Set([
  "display",
  "visibility",
  "opacity",
  "font-size",
  "font",
  "position",
  "left",
  "right",
  "top",
  "text-indent",
  "clip",
  "clip-path",
  "height",
  "max-height",
  "width",
  "max-width",
  "overflow",
  "transform",
  "content-visibility",
]);

export type Declarations = Map<string, { readonly value: string; readonly important: boolean }>;
type Compound = {
  readonly tag: string;
  readonly id: string;
  readonly classes: readonly string[];
  readonly attributes: readonly (readonly [string, string | null])[];
};
type Rule = {
  /** Innermost first, with whether the next one out must be the parent. */
  readonly parts: readonly { readonly compound: Compound; readonly isChild: boolean }[];
  readonly weight: number;
  readonly order: number;
  readonly declarations: Declarations;
};
export type Styled = {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly parent: Styled | null;
};
export type StyleSheet = {
  /** The winning values for an element, inline style included. */
  valuesOf(element: Styled): ReadonlyMap<string, string>;
  /** Whether a bound was met, so that some rules were not applied. */
  readonly isPartial: () => boolean;
};

const rulesMax = 2_000;
const stepsMax = 4_000_000;

/** Reads simple rules (tag, class, id, attribute; descendant and child) of style elements, media screen only. */
export function createStyleSheet(sources: readonly string[]): StyleSheet {
  const byKey = new Map<string, Rule[]>();
  let partial = false;
  let steps = 0;
  let order = 0;
  for (const source of sources) {
    for (const [prelude, body] of rulesOf(source)) {
      const declarations = readDeclarations(body);
      if (declarations.size === 0) continue;
      for (const selector of prelude.split(",")) {
        const rule = readSelector(selector.trim(), declarations, order++);
        if (rule === null) continue;
        if (order > rulesMax) {
          partial = true;
          break;
        }
        const key = keyOf(rule.parts[0]?.compound);
        const list = byKey.get(key);
        if (list === undefined) byKey.set(key, [rule]);
        else list.push(rule);
      }
    }
  }
  const matches = (rule: Rule, element: Styled): boolean => {
    let at: Styled | null = element;
    let mustBeThis = true;
    for (const { compound, isChild } of rule.parts) {
      while (at !== null && !matchesCompound(compound, at)) {
        if (mustBeThis) return false;
        if (++steps > stepsMax) return false;
        at = at.parent;
      }
      if (at === null) return false;
      at = at.parent;
      mustBeThis = isChild;
    }
    return true;
  };
  const valuesOf = (element: Styled): ReadonlyMap<string, string> => {
    const inline = element.attributes.get("style");
    if (byKey.size === 0 && inline === undefined) return empty;
    const won = new Map<string, { value: string; weight: number }>();
    const put = (declarations: Declarations, weight: number): void => {
      for (const [name, { value, important }] of declarations) {
        const total = weight + (important ? 1e9 : 0);
        if (total >= (won.get(name)?.weight ?? 0)) won.set(name, { value, weight: total });
      }
    };
    for (const key of keysOf(element))
      for (const rule of byKey.get(key) ?? []) {
        if (++steps > stepsMax) {
          partial = true;
          break;
        }
        if (matches(rule, element)) put(rule.declarations, rule.weight * 1e4 + rule.order);
      }
    if (inline !== undefined) put(readDeclarations(inline.slice(0, 4_000)), 5e8);
    return new Map([...won].map(([name, { value }]) => [name, value]));
  };
  return { valuesOf, isPartial: () => partial };
}

const empty: ReadonlyMap<string, string> = new Map();

function keyOf(compound: Compound | undefined): string {
  if (compound === undefined) return "*";
  if (compound.id !== "") return `#${compound.id}`;
  if (compound.classes.length > 0) return `.${compound.classes[0] ?? ""}`;
  return compound.tag === "" ? "*" : compound.tag;
}

function keysOf(element: Styled): string[] {
  const keys = ["*", element.tag];
  const id = element.attributes.get("id");
  if (id !== undefined) keys.push(`#${id}`);
  for (const name of new Set(classesOf(element))) keys.push(`.${name}`);
  return keys;
}

function classesOf(element: Styled): string[] {
  return (element.attributes.get("class") ?? "").split(/\s+/, 64).filter((name) => name !== "");
}

function matchesCompound(compound: Compound, element: Styled): boolean {
  if (compound.tag !== "" && compound.tag !== element.tag) return false;
  if (compound.id !== "" && compound.id !== element.attributes.get("id")) return false;
  if (compound.classes.length > 0) {
    const classes = classesOf(element);
    if (!compound.classes.every((name) => classes.includes(name))) return false;
  }
  return compound.attributes.every(([name, value]) => {
    const given = element.attributes.get(name);
    return given !== undefined && (value === null || value === given);
  });
}

/** [selectors, declarations] of a sheet; media other than all and screen do not apply. */
function rulesOf(source: string): [string, string][] {
  const rules: [string, string][] = [];
  const text = source.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, " ");
  const token = /([^{};]*)([{};])/g;
  const applies: boolean[] = [];
  let prelude: string | null = null;
  let body = "";
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [, before = "", mark] = found;
    if (prelude !== null) {
      body += `${before};`;
      if (mark !== "}") continue;
      if (applies.every(Boolean)) rules.push([prelude, body]);
      prelude = null;
      body = "";
    } else if (mark === "{") {
      const head = before.trim();
      if (/^@(?:media|supports|layer|container|scope)/i.test(head))
        applies.push(/^@(?:media\s+(?:only\s+)?(?:all|screen)|layer\b.*)\s*$/i.test(head));
      else prelude = head;
    } else if (mark === "}") applies.pop();
  }
  return rules.filter(([head]) => !head.startsWith("@"));
}

function readDeclarations(body: string): Declarations {
  const out: Declarations = new Map();
  for (const line of body.toLowerCase().split(";")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trim();
    if (!read.has(name)) continue;
    const value = line.slice(colon + 1).trim();
    const important = value.endsWith("!important") || /!\s*important$/.test(value);
    out.set(name, { value: important ? value.slice(0, value.lastIndexOf("!")).trim() : value, important });
  }
  return out;
}

/** null where the selector asks for more than is read here (pseudo-classes, siblings). */
function readSelector(selector: string, declarations: Declarations, order: number): Rule | null {
  if (selector === "" || selector.length > 200 || /[:+~\\|]/.test(selector)) return null;
  const words = selector
    .replace(/\s*>\s*/g, " > ")
    .trim()
    .split(/\s+/);
  const parts: { compound: Compound; isChild: boolean }[] = [];
  let weight = 0;
  for (let at = words.length - 1; at >= 0; at--) {
    const compound = readCompound(words[at] ?? "");
    if (compound === null) return null;
    const isChild = words[at - 1] === ">";
    if (isChild) at--;
    parts.push({ compound, isChild });
    weight +=
      (compound.id === "" ? 0 : 100) +
      (compound.classes.length + compound.attributes.length) * 10 +
      (compound.tag === "" ? 0 : 1);
  }
  return parts.length > 6 ? null : { parts, weight: Math.min(weight, 9_999), order, declarations };
}

function readCompound(word: string): Compound | null {
  const found = /^([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+|\[[\w-]+(?:=["']?[^\]"']*["']?)?\])*)$/.exec(word);
  if (found === null || word === "") return null;
  const classes: string[] = [];
  const attributes: [string, string | null][] = [];
  let id = "";
  for (const piece of (found[2] ?? "").match(/[.#][\w-]+|\[[^\]]*\]/g) ?? []) {
    if (piece.startsWith(".")) classes.push(piece.slice(1));
    else if (piece.startsWith("#")) id = piece.slice(1);
    else {
      const [name = "", value] = piece.slice(1, -1).split("=", 2);
      attributes.push([name.toLowerCase(), value === undefined ? null : value.replace(/^["']|["']$/g, "")]);
    }
  }
  const tag = (found[1] ?? "").toLowerCase();
  return { tag: tag === "*" ? "" : tag, id, classes, attributes };
}
