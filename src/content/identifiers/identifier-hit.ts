import type { Category, Severity } from "../../domain/finding.ts";

/** A number that says who somebody is or pays with. */
export type IdentifierHit = {
  readonly rule: string;
  readonly category: Category;
  readonly severity: Severity;
  /** UTF-16 range of the text. */
  readonly start: number;
  readonly end: number;
};

/** The folded context before a run; offsets are those of the text because folding here keeps lengths. */
export const before = (folded: string, at: number, reach: number): string =>
  folded.slice(Math.max(0, at - reach), at);

/** The folded context after a run. */
export const after = (folded: string, at: number, reach: number): string => folded.slice(at, at + reach);
