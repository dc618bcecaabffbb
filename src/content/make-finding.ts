import type { Category, Finding, ScanVerdict, Severity } from "../domain/finding.ts";
import { type FixText, fixTexts, unreadableText } from "./fix-texts.ts";

/** A finding with the words of its category. */
export function makeFinding(
  rule: string,
  category: Category,
  severity: Severity,
  field: string,
  start: number,
  end: number,
): Finding {
  const words: FixText = fixTexts[category];
  return {
    rule,
    category,
    severity,
    field,
    span: [start, end],
    messages: words.messages,
    fix: words.fix,
    citation: words.citation,
  };
}

/** A text that stays unreadable once every disguise is taken off. */
export const unreadable = (field: string, start: number, end: number): Finding => ({
  rule: "text.unreadable",
  category: null,
  severity: "review",
  field,
  span: [start, end],
  ...unreadableText,
});

/** The verdict of the gravest finding. */
export function strictest(findings: readonly Finding[]): ScanVerdict {
  if (findings.some((item) => item.severity === "block")) return "block";
  return findings.some((item) => item.severity === "review") ? "review" : "pass";
}
