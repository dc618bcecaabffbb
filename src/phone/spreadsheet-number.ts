export type SpreadsheetNumber =
  | { readonly kind: "whole"; readonly digits: string }
  /** Digits are gone, and a guess would be somebody else's number. */
  | { readonly kind: "lost" };

/**
 * The integer that a spreadsheet turned into `9.01234521E+8` or `901234521.0`, if every digit of it is
 * still there, "lost" if not (`9.01E+08`). Undefined when the text is of another form.
 */
export function spreadsheetNumber(written: string): SpreadsheetNumber | undefined {
  const decimal = /^([1-9]\d{8,14})[.,]0+$/.exec(written)?.[1];
  if (decimal !== undefined) return { kind: "whole", digits: decimal };
  const scientific = /^([1-9])(?:[.,](\d{1,20}))?[eE]\+?(\d{1,2})$/.exec(written);
  if (scientific === null) return undefined;
  const [, first = "", fraction = "", exponent = ""] = scientific;
  const digits = first + fraction;
  const length = Number(exponent) + 1;
  if (digits.length < length || !/^0*$/.test(digits.slice(length))) return { kind: "lost" };
  return { kind: "whole", digits: digits.slice(0, length) };
}
