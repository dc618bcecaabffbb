import type { Purpose } from "../../domain/vocabulary.ts";
import type { PageContext } from "../page.ts";
import {
  asksConsent,
  asksForTerms,
  isBlanket,
  isBundled,
  isNo,
  isOpenEnded,
  namesAdvertiser,
  purposesNamed,
  saysWe,
  submitsAsConsent,
} from "./consent-wording.ts";
import { type Control, isPersonal } from "./controls.ts";
import { foldName, foldWords } from "./fold.ts";
import type { Draft } from "./page-finding.ts";
import type { PageElement, PageTree } from "./page-tree.ts";
import { textOf } from "./page-tree.ts";
import type { ShownWords } from "./page-words.ts";
import { tickedByScript, tickingStatements } from "./ticked-by-script.ts";

export type ConsentBox = {
  readonly control: Control;
  readonly text: string;
  readonly purposes: ReadonlySet<Purpose>;
  readonly isTermsOnly: boolean;
};

/** What the visitor must choose before anything may be sent; contract performance needs no named box. */
const needsOwnBox: ReadonlySet<Purpose> = new Set(["advertising", "customer_care", "survey"]);

/** The boxes of the page that ask for agreement. */
export function consentBoxes(controls: readonly Control[]): ConsentBox[] {
  const boxes: ConsentBox[] = [];
  for (const control of controls) {
    if (control.kind !== "box" && control.kind !== "select") continue;
    const name = foldName(control.name);
    if (
      control.kind === "select" &&
      !(asksConsent(control.label, "", "") && control.options.some((item) => isNo(foldWords(item))))
    )
      continue;
    if (
      control.type === "radio" &&
      isNo(foldWords(control.label || (control.element.attributes.get("value") ?? "")))
    )
      continue;
    if (control.kind === "box" && !asksConsent(control.label, control.groupLabel, name)) continue;
    const text = [control.groupLabel, control.label].filter((part) => part !== "").join(" ");
    const purposes = purposesNamed(text);
    boxes.push({
      control,
      text,
      purposes,
      isTermsOnly: asksForTerms(text) && !purposes.has("advertising") && !purposes.has("survey"),
    });
  }
  return boxes;
}

type Group = {
  readonly form: PageElement | null;
  readonly personal: Control[];
  readonly boxes: ConsentBox[];
};

export function checkConsent(
  tree: PageTree,
  shown: readonly ShownWords[],
  controls: readonly Control[],
  boxes: readonly ConsentBox[],
  context: PageContext,
): Draft[] {
  const drafts: Draft[] = [];
  const groups = groupsOf(controls, boxes);
  let named: boolean | undefined;
  const pageNames = (): boolean => {
    named ??= namesAdvertiser(pageText(tree, shown), context.advertiser);
    return named;
  };
  const forms = new Set(groups.map(({ form }) => form));
  const loose = boxes.filter(({ control }) => control.form === null || !forms.has(control.form));
  for (const group of groups) checkGroup(group, loose, context, pageNames, drafts);
  const statements = tickingStatements(tree);
  for (const box of boxes) {
    const byScript = tickedByScript(statements, box.control);
    if (isTicked(box.control) || byScript !== "none") {
      const severity = byScript === "some" && !isTicked(box.control) ? "review" : "block";
      drafts.push({ rule: "page_consent_preticked", severity, element: box.control.element });
    }
    if (isBundled(box.text, context.purposes))
      drafts.push({ rule: "page_consent_bundled", severity: "block", element: box.control.element });
  }
  if (groups.length > 0) {
    for (const control of controls)
      if (isHiddenYes(control))
        drafts.push({ rule: "page_consent_preticked", severity: "block", element: control.element });
    for (const { element, words } of shown)
      if (submitsAsConsent(words)) drafts.push({ rule: "page_consent_bundled", severity: "block", element });
  }
  return drafts;
}

function groupsOf(controls: readonly Control[], boxes: readonly ConsentBox[]): Group[] {
  const groups = new Map<PageElement | null, Group>();
  const groupOf = (form: PageElement | null): Group => {
    const group = groups.get(form) ?? { form, personal: [], boxes: [] };
    groups.set(form, group);
    return group;
  };
  const signIns = new Set(
    controls.filter(({ autocomplete }) => autocomplete.includes("current-password")).map(({ form }) => form),
  );
  for (const control of controls)
    if (isPersonal(control) && !isSignIn(control, signIns)) groupOf(control.form).personal.push(control);
  for (const box of boxes) groups.get(box.control.form)?.boxes.push(box);
  return [...groups.values()];
}

/** A search or log-in form collects nothing new. */
function isSignIn(control: Control, signIns: ReadonlySet<PageElement | null>): boolean {
  if (control.form === null) return false;
  if (control.form.attributes.get("role") === "search") return true;
  return control.autocomplete.includes("username") && signIns.has(control.form);
}

function checkGroup(
  group: Group,
  loose: readonly ConsentBox[],
  context: PageContext,
  pageNames: () => boolean,
  drafts: Draft[],
): void {
  const place = group.form ?? group.personal[0]?.element ?? null;
  const roots = new Set(group.personal.map((control) => control.element.hiddenBy));
  const own = (group.boxes.length > 0 ? group.boxes : loose).filter((box) => isReachable(box, roots));
  if (own.length === 0) {
    drafts.push({ rule: "page_consent_missing", severity: "block", element: place });
    return;
  }
  const named = new Set(own.flatMap((box) => [...box.purposes]));
  const unmet = context.purposes.filter((purpose) => needsOwnBox.has(purpose) && !named.has(purpose));
  const vague = own.filter((box) => isVague(box));
  const specific = own.some((box) => box.purposes.size > 0 && !isBlanket(box.text));
  // A vague box beside specific ones is about the terms; alone it is asked to carry a purpose that it does not name.
  const blamed = vague.filter((box) => isBlanket(box.text) || unmet.length > 0 || !specific);
  for (const box of blamed)
    drafts.push({ rule: "page_consent_not_specific", severity: "block", element: box.control.element });
  if (unmet.length > vague.length)
    drafts.push({ rule: "page_consent_missing", severity: "block", element: place });
  for (const box of own) {
    if (box.isTermsOnly || blamed.includes(box)) continue;
    if (isOpenEnded(box.text))
      drafts.push({ rule: "page_consent_not_specific", severity: "block", element: box.control.element });
    else if (
      !namesAdvertiser(box.text, context.advertiser) &&
      !(saysWe(box.text) && pageNames()) &&
      box.purposes.size > 0
    )
      drafts.push({ rule: "page_consent_not_specific", severity: "review", element: box.control.element });
  }
}

function isVague(box: ConsentBox): boolean {
  return (
    isBlanket(box.text) || box.purposes.size === 0 || (box.isTermsOnly && !box.purposes.has("customer_care"))
  );
}

/** Shown, or hidden only together with the fields it belongs to (a step or a pop-up that opens later). */
function isReachable(box: ConsentBox, roots: ReadonlySet<PageElement | null>): boolean {
  const seen = box.control.labelElement ?? box.control.element;
  return seen.shown || (seen.hiddenBy !== null && roots.has(seen.hiddenBy));
}

function isTicked({ element, kind, options }: Control): boolean {
  const { attributes } = element;
  if (kind === "select") {
    for (const [at, option] of element.node.childNodes.filter((node) => node.nodeName === "option").entries())
      if ("attrs" in option && option.attrs.some(({ name }) => name === "selected"))
        return !isNo(foldWords(options[at] ?? "")) && (options[at] ?? "") !== "";
    const [first = ""] = options;
    return /^(?:co|yes|dong y|i agree)\b/.test(foldWords(first));
  }
  if (attributes.has("checked") || attributes.has("defaultchecked") || attributes.has("data-checked"))
    return (attributes.get("checked") ?? "").toLowerCase() !== "false" || element.tag === "input";
  if (attributes.get("aria-checked")?.toLowerCase() === "true") return true;
  return [":checked", "[checked]", "x-bind:checked", "v-bind:checked", "ng-checked"].some(
    (name) => attributes.get(name)?.trim() === "true",
  );
}

function isHiddenYes(control: Control): boolean {
  if (control.kind !== "hidden") return false;
  if (!/\b(?:consent|dong y|opt ?in|agree\w*|nhan tin|nhan quang cao)\b/.test(foldName(control.name)))
    return false;
  return /^(?:1|true|yes|y|on|co|dong y|agreed?|accepted)$/.test(
    foldWords(control.element.attributes.get("value") ?? ""),
  );
}

function pageText(tree: PageTree, shown: readonly ShownWords[]): string {
  const title = tree.elements.find((element) => element.tag === "title");
  const images = tree.elements.filter((element) => element.tag === "img").slice(0, 200);
  return [
    title === undefined ? "" : textOf(tree, title),
    ...shown.slice(0, 2_000).map(({ words }) => words),
    ...images.map((element) => element.attributes.get("alt") ?? ""),
  ].join(" ");
}
