import { foldName, foldWords } from "./fold.ts";
import type { PageElement, PageTree } from "./page-tree.ts";
import { textOf } from "./page-tree.ts";

export type ControlKind = "text" | "choice" | "box" | "file" | "select" | "hidden" | "button";

/** A place on the page where a visitor gives something. */
export type Control = {
  readonly element: PageElement;
  readonly kind: ControlKind;
  /** Lower case; "text" where none is told. */
  readonly type: string;
  readonly name: string;
  /** As shown: label for, wrapping label, aria, or the text beside it. */
  readonly label: string;
  /** The element that shows the label; null where it is an attribute. */
  readonly labelElement: PageElement | null;
  /** What stands over the group: legend, or the name of a radiogroup. */
  readonly groupLabel: string;
  readonly placeholder: string;
  readonly title: string;
  readonly autocomplete: readonly string[];
  readonly options: readonly string[];
  /** The form it belongs to; null outside forms. */
  readonly form: PageElement | null;
};

const customText =
  /(?:^|-)(?:input|field|textfield|text-field|textbox|textarea|phone|email|tel|editor)(?:-|$)/;
const customBox = /(?:^|-)(?:checkbox|switch|toggle|radio|consent)(?:-|$)/;
const labelUnitsMax = 400;

/** Every control in document order; labels are looked up through maps, so the work stays linear. */
export function collectControls(tree: PageTree): Control[] {
  const labelsFor = new Map<string, PageElement>();
  for (const element of tree.elements) {
    const target = element.tag === "label" ? element.attributes.get("for") : undefined;
    if (target !== undefined && !labelsFor.has(target)) labelsFor.set(target, element);
  }
  const controls: Control[] = [];
  for (const element of tree.elements) {
    const kind = kindOf(element);
    if (kind !== null) controls.push(readControl(tree, element, kind, labelsFor));
  }
  return controls;
}

function kindOf(element: PageElement): ControlKind | null {
  const { tag, attributes } = element;
  const role = attributes.get("role") ?? "";
  if (tag === "input") {
    const type = typeOf(element);
    if (type === "checkbox" || type === "radio") return "box";
    if (type === "file" || type === "hidden") return type;
    return /^(?:submit|button|reset|image)$/.test(type) ? "button" : "text";
  }
  if (/^(?:checkbox|switch|radio|menuitemcheckbox)$/.test(role)) return "box";
  if (tag === "textarea") return "text";
  if (tag === "select") return "select";
  if (tag === "button") return "button";
  const editable = attributes.get("contenteditable");
  if (editable !== undefined && editable.toLowerCase() !== "false") return "text";
  if (/^(?:textbox|searchbox|combobox|spinbutton)$/.test(role)) return "text";
  if (tag.includes("-")) {
    if (customBox.test(tag)) return "box";
    if (customText.test(tag)) return "text";
    // A custom element that takes a name or a label and has no control inside is one itself.
    if ((attributes.has("name") || attributes.has("label")) && element.last - element.index <= 1)
      return "text";
  }
  return null;
}

function typeOf(element: PageElement): string {
  return (element.attributes.get("type") ?? "text").trim().toLowerCase();
}

function readControl(
  tree: PageTree,
  element: PageElement,
  kind: ControlKind,
  labelsFor: ReadonlyMap<string, PageElement>,
): Control {
  const { attributes } = element;
  const given = (name: string): string => (attributes.get(name) ?? "").slice(0, labelUnitsMax).trim();
  const [label, labelElement] = labelOf(tree, element, kind, labelsFor);
  return {
    element,
    kind,
    type: element.tag === "input" ? typeOf(element) : element.tag,
    name:
      given("name") ||
      given("id") ||
      given("data-name") ||
      given("data-field") ||
      given("v-model") ||
      given("formcontrolname"),
    label,
    labelElement,
    groupLabel: kind === "box" || kind === "select" ? groupLabelOf(tree, element) : "",
    placeholder: given("placeholder") || given("data-placeholder") || given("aria-placeholder"),
    title: given("title"),
    autocomplete: given("autocomplete")
      .toLowerCase()
      .split(/\s+/)
      .filter((token) => token !== ""),
    options: kind === "select" ? optionsOf(tree, element) : [],
    form: formOf(tree, element),
  };
}

function labelOf(
  tree: PageTree,
  element: PageElement,
  kind: ControlKind,
  labelsFor: ReadonlyMap<string, PageElement>,
): [string, PageElement | null] {
  const { attributes } = element;
  if (kind === "button")
    return [textOf(tree, element, 120) || (attributes.get("value") ?? "").slice(0, 120), element];
  const by = attributes.get("aria-labelledby");
  if (by !== undefined) {
    const owners = by.split(/\s+/, 8).flatMap((id) => tree.byId.get(id) ?? []);
    const text = owners
      .map((owner) => textOf(tree, owner, labelUnitsMax))
      .join(" ")
      .trim();
    if (text !== "") return [text, owners[0] ?? null];
  }
  const id = attributes.get("id");
  const pointed = id === undefined ? undefined : labelsFor.get(id);
  if (pointed !== undefined) {
    const text = labelText(tree, pointed, element);
    if (text !== "") return [text, pointed];
  }
  for (let up = element.parent, depth = 0; up !== null && depth < 12; up = up.parent, depth++)
    if (up.tag === "label") {
      const text = labelText(tree, up, element);
      if (text !== "") return [text, up];
    }
  const spoken = attributes.get("aria-label") ?? attributes.get("label");
  if (spoken !== undefined && spoken.trim() !== "") return [spoken.trim().slice(0, labelUnitsMax), null];
  if (kind === "hidden") return ["", null];
  if (kind === "box" && element.tag !== "input") {
    const text = textOf(tree, element, labelUnitsMax);
    if (text !== "") return [text, element];
  }
  return besideOf(tree, element, kind);
}

function labelText(tree: PageTree, label: PageElement, control: PageElement): string {
  // The options of a select inside its label are no part of the label.
  if (control.tag !== "select" || control.index < label.index || control.index >= label.last)
    return textOf(tree, label, labelUnitsMax);
  const whole = textOf(tree, label, labelUnitsMax * 2);
  const options = textOf(tree, control, labelUnitsMax * 2);
  return whole.replace(options, "").trim().slice(0, labelUnitsMax);
}

/** The nearest text around an unlabelled control: after a box, before anything else; or the parent's own text. */
function besideOf(tree: PageTree, element: PageElement, kind: ControlKind): [string, PageElement | null] {
  const parent = element.parent;
  if (parent === null) return ["", null];
  const after = nearText(tree, element.textTo, parent.textTo, 1);
  const before = nearText(tree, element.textFrom - 1, parent.textFrom, -1);
  const found = kind === "box" ? after || before : before || "";
  if (found !== "") return [found, parent];
  const above = parent.parent;
  if (above === null || kind === "button" || above.last - above.index > 12) return ["", null];
  const text =
    kind === "box"
      ? textOf(tree, above, labelUnitsMax)
      : nearText(tree, element.textFrom - 1, above.textFrom, -1);
  return [text, text === "" ? null : above];
}

/** Text from `from` toward `limit` until the next control's place or a line's end. */
function nearText(tree: PageTree, from: number, limit: number, way: 1 | -1): string {
  const parts: string[] = [];
  let units = 0;
  for (let at = from, steps = 0; (way === 1 ? at < limit : at >= limit) && units < labelUnitsMax; at += way) {
    if (++steps > 40) break;
    const run = tree.runs[at];
    if (run === undefined) break;
    if (run.value.trim() === "") continue;
    if (parts.length > 0 && /^(?:option|select|button|textarea|h1|h2|li)$/.test(run.element.tag)) break;
    if (way === -1 && /^(?:option|button|textarea)$/.test(run.element.tag)) break;
    parts.push(run.value);
    units += run.value.length;
    if (way === -1) break;
  }
  return (way === 1 ? parts.join(" ") : parts.reverse().join(" "))
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, labelUnitsMax);
}

function groupLabelOf(tree: PageTree, element: PageElement): string {
  for (let up = element.parent, depth = 0; up !== null && depth < 8; up = up.parent, depth++) {
    if (up.tag === "fieldset") {
      const legend = tree.elements[up.index + 1];
      return legend?.tag === "legend" ? textOf(tree, legend, labelUnitsMax) : "";
    }
    const role = up.attributes.get("role");
    if (role === "radiogroup" || role === "group") {
      const by = up.attributes.get("aria-labelledby");
      const owner = by === undefined ? undefined : tree.byId.get(by);
      return (
        up.attributes.get("aria-label") ?? (owner === undefined ? "" : textOf(tree, owner, labelUnitsMax))
      );
    }
    if (up.tag === "form") return "";
  }
  return "";
}

function optionsOf(tree: PageTree, element: PageElement): string[] {
  const options: string[] = [];
  for (let at = element.index + 1; at < element.last && options.length < 100; at++) {
    const option = tree.elements[at];
    if (option?.tag === "option") options.push(textOf(tree, option, 120));
  }
  return options;
}

function formOf(tree: PageTree, element: PageElement): PageElement | null {
  const named = element.attributes.get("form");
  if (named !== undefined) {
    const form = tree.byId.get(named);
    if (form?.tag === "form") return form;
  }
  return element.form;
}

/** Everything a control says about what it asks for, folded. */
export function wordsOf(control: Control): string {
  return [
    foldName(control.name),
    foldWords(control.label),
    foldWords(control.placeholder),
    foldWords(control.title),
  ].join(" | ");
}

const personalTokens = new Set(
  "name given-name family-name additional-name nickname honorific-prefix tel tel-national tel-local email street-address address-line1 address-line2 bday bday-day bday-month bday-year organization impp".split(
    " ",
  ),
);
const personalWords =
  /\b(?:full ?name|first ?name|last ?name|your name|ho (?:va )?ten|ho ten|hoten|ten (?:cua )?(?:ban|quy khach|anh|chi|khach hang|day du|dem)|ten khach|ten phu huynh|phone|mobile|tel|telephone|dien thoai|sdt|so dt|dtdd|so zalo|zalo|whatsapp|viber|di dong|e ?mail|thu dien tu|dia chi (?:nha|cua ban|nhan|giao|email)|address|ngay sinh|nam sinh|birth ?(?:day|date)|date of birth|dob)\b/;
const plainNames =
  /^(?:name|ten|fname|lname|user ?name|hovaten|khach hang|customer ?name|contact|lien he|dia chi)$/;

/** Whether a control collects personal data (name, phone, e-mail, address, birth). */
export function isPersonal(control: Control): boolean {
  if (control.kind !== "text") return false;
  if (/^(?:search|range|color|number|date|time|month|week|datetime-local|password)$/.test(control.type)) {
    if (control.type === "search" || !/number|date/.test(control.type)) return false;
    return personalWords.test(wordsOf(control));
  }
  if (control.type === "tel" || control.type === "email") return true;
  if (control.autocomplete.some((token) => personalTokens.has(token))) return true;
  return (
    plainNames.test(foldName(control.name)) ||
    plainNames.test(foldWords(control.label)) ||
    personalWords.test(wordsOf(control))
  );
}
