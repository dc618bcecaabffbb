import type { Bilingual } from "./vocabulary.ts";

/** Sensitive categories: the union of policy I.6/III/VII, Decree 356/2025 Art. 4(1) and GDPR Arts. 9–10. */
export const categories = [
  "health",
  "biometric_genetic",
  "religion",
  "politics",
  "ethnicity",
  "union",
  "sex_life",
  "criminal",
  "national_id",
  "card",
  "credential",
  "financial_history",
  "location",
  "child",
] as const;
export type Category = (typeof categories)[number];

export type Severity = "block" | "review" | "notice";

/**
 * Something that the content guard saw. The matched text itself is never part of it.
 * `span` counts UTF-16 code units of the text as it was given: [start, end).
 */
export type Finding = {
  readonly rule: string;
  /** null for page rules that concern form and not a category. */
  readonly category: Category | null;
  readonly severity: Severity;
  /** "text", "html", "name of a field" or "content.text" and the like. */
  readonly field: string;
  readonly span: readonly [number, number];
  readonly selector?: string;
  readonly line?: number;
  readonly column?: number;
  readonly messages: Bilingual;
  readonly fix: Bilingual;
  readonly citation: string;
};

export type ScanVerdict = "pass" | "review" | "block";

export type ScanResult = {
  readonly verdict: ScanVerdict;
  /** BCP 47, "und" where it cannot be told. */
  readonly language: string;
  readonly findings: readonly Finding[];
};
