import type { Category, Finding, Severity } from "../../domain/finding.ts";
import { type PageRule, pageRuleTexts } from "./page-rule-texts.ts";
import type { PageElement, PageTree } from "./page-tree.ts";
import { selectorOf } from "./selector.ts";
import type { LineTable } from "./source-position.ts";

export type Draft = {
  readonly rule: PageRule;
  readonly severity: Severity;
  readonly category?: Category | null;
  readonly element: PageElement | null;
  /** Where it is not the start tag of the element. */
  readonly span?: readonly [number, number];
  readonly texts?: Pick<Finding, "messages" | "fix" | "citation">;
};

/** More of one rule tell a reader nothing new, and a hostile page must not grow the answer without bound. */
const eachRuleMax = 50;

/** Gives drafts their place in the source and their words; the same place under the same rule counts once. */
export function finishFindings(drafts: readonly Draft[], tree: PageTree | null, lines: LineTable): Finding[] {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  const findings: Finding[] = [];
  for (const draft of drafts) {
    const span = draft.span ?? [draft.element?.tagStart ?? 0, draft.element?.tagEnd ?? 0];
    const key = `${draft.rule} ${span[0]} ${span[1]} ${draft.category ?? ""}`;
    const count = counts.get(draft.rule) ?? 0;
    if (seen.has(key) || count >= eachRuleMax) continue;
    seen.add(key);
    counts.set(draft.rule, count + 1);
    const { messages, fix, citation } = draft.texts ?? pageRuleTexts[draft.rule];
    findings.push({
      rule: draft.rule,
      category: draft.category ?? null,
      severity: draft.severity,
      field: "html",
      span,
      selector: draft.element === null || tree === null ? "html" : selectorOf(draft.element, tree.byId),
      ...lines(span[0]),
      messages,
      fix,
      citation,
    });
  }
  return findings;
}
