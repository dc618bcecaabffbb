import type { Finding } from "../domain/finding.ts";
import { purposes as allPurposes, type Purpose } from "../domain/vocabulary.ts";
import { checkChildren, hasGuardianConsent } from "./page/children.ts";
import { type ConsentBox, checkConsent, consentBoxes } from "./page/consent.ts";
import { collectControls, isPersonal } from "./page/controls.ts";
import { checkExposed } from "./page/exposed-people.ts";
import { checkTargets } from "./page/form-targets.ts";
import { type Draft, finishFindings } from "./page/page-finding.ts";
import { type PageTree, walkPage } from "./page/page-tree.ts";
import { linesOf, readWords, shownWordsOf } from "./page/page-words.ts";
import { parsePage } from "./page/parse-page.ts";
import { privacyLink } from "./page/privacy-link.ts";
import { checkFields } from "./page/sensitive-fields.ts";
import { createLineTable } from "./page/source-position.ts";
import { checkTrackers } from "./page/trackers.ts";
import type { Scanner } from "./scan.ts";

export type PageContext = {
  /** Where the page will stand; null where only its content is judged. */
  readonly url: string | null;
  /** What its form collects for. */
  readonly purposes: readonly Purpose[];
  readonly advertiser: string;
  /** Hosts (with a port where it is not the usual one) that may receive what visitors type. */
  readonly processorHosts: readonly string[];
};

export type PageInspection = {
  readonly findings: readonly Finding[];
  /** BCP 47, "und" where it cannot be told. */
  readonly language: string;
  /** The consent text as shown and the notice that it links; null where the page asks for no consent. */
  readonly notice: {
    readonly text: string;
    readonly purposes: readonly Purpose[];
    readonly privacyUrl: string;
  } | null;
  /** What a browser shows, a line for each block. */
  readonly visibleText: string;
};

/** Judges a page as a browser would show it (policy I.3, I.5, I.6, VI, VII; Law 91/2025 Arts. 9, 16, 24). Never throws on hostile input. */
export function inspectPage(
  scanner: Pick<Scanner, "scanText" | "scanField" | "matchFieldName">,
  html: string,
  context: PageContext,
): PageInspection {
  const lineTable = createLineTable(html);
  const root = parsePage(html, context.url !== null);
  if (typeof root === "string") {
    const draft: Draft = {
      rule: "page_unparsable",
      severity: "block",
      element: null,
      span: [0, Math.min(html.length, 1)],
    };
    return {
      findings: finishFindings([draft], null, lineTable),
      language: "und",
      notice: null,
      visibleText: "",
    };
  }
  const tree = walkPage(root);
  const controls = collectControls(tree);
  const boxes = consentBoxes(controls);
  const isGuarded = hasGuardianConsent(boxes, controls);
  const lines = linesOf(tree);
  const labels = new Set(
    controls.flatMap(({ labelElement, kind }) =>
      labelElement === null || kind === "box" ? [] : [labelElement],
    ),
  );
  const words = readWords(scanner, tree, lines, html, labels);
  const drafts: Draft[] = [
    ...checkFields(scanner, controls, boxes, isGuarded || context.url !== null),
    ...words.drafts,
  ];
  drafts.push(...checkExposed(tree, hostOf(context.url)));
  let privacyUrl: string | null = null;
  if (context.url !== null) {
    const shown = shownWordsOf(lines);
    privacyUrl = privacyLink(tree, context.url);
    drafts.push(...checkConsent(tree, shown, controls, boxes, context));
    const personal = controls.find(isPersonal);
    if (personal !== undefined && privacyUrl === null)
      drafts.push({
        rule: "page_privacy_notice_missing",
        severity: "block",
        element: personal.form ?? personal.element,
      });
    drafts.push(...checkTargets(tree, controls, context));
    drafts.push(...checkTrackers(tree, context));
    drafts.push(...checkChildren(tree, shown, controls, scanner, isGuarded));
  }
  if (tree.stylesPartial || words.isCut)
    drafts.push({ rule: "page_unparsable", severity: "review", element: null, span: [0, 1] });
  return {
    findings: finishFindings(drafts, tree, lineTable),
    language: words.language === "und" ? languageTold(tree) : words.language,
    notice: noticeOf(boxes, privacyUrl),
    visibleText: visibleTextOf(lines),
  };
}

function noticeOf(boxes: readonly ConsentBox[], privacyUrl: string | null): PageInspection["notice"] {
  if (boxes.length === 0) return null;
  const named = new Set(boxes.flatMap(({ purposes }) => [...purposes]));
  return {
    text: [...new Set(boxes.map(({ text }) => text))].join("\n").slice(0, 10_000),
    purposes: allPurposes.filter((purpose) => named.has(purpose)),
    privacyUrl: privacyUrl ?? "",
  };
}

function visibleTextOf(lines: ReturnType<typeof linesOf>): string {
  return lines
    .filter(({ block }) => block.shown && block.runs[0]?.element.origin === "page")
    .map(({ text }) => text.replace(/\s+/g, " ").trim())
    .filter((text) => text !== "")
    .join("\n");
}

function languageTold(tree: PageTree): string {
  const told = tree.elements[0]?.attributes.get("lang") ?? "";
  return /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(told) ? told : "und";
}

function hostOf(url: string | null): string {
  return url !== null && URL.canParse(url) ? new URL(url).hostname.replace(/^www\./, "") : "";
}
