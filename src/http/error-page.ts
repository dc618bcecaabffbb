import { errorMessages } from "../domain/error-messages.ts";
import { type ErrorCode, errorCodes } from "../domain/guard-error.ts";
import type { Language } from "../domain/language.ts";
import { reasonMessages } from "../domain/reason-messages.ts";
import { type RowCode, reasonCodes, rowCodes } from "../domain/vocabulary.ts";

/** Every code that has a page: errors, reasons and row codes. */
export const documentedCodes: readonly string[] = [
  ...new Set<string>([...Object.keys(errorCodes), ...reasonCodes, ...rowCodes]),
].sort();

/** What a page says, before it is Markdown or HTML. */
export type ErrorPage = {
  readonly code: string;
  /** Label and value, such as the HTTP status. */
  readonly facts: readonly (readonly [string, string])[];
  readonly sections: readonly {
    readonly language: Language;
    readonly heading: string;
    readonly meaning: string;
    readonly nextHeading: string;
    readonly next: string;
  }[];
};

/** The page of a code; null where the code is not ours. */
export function errorPage(code: string): ErrorPage | null {
  const error = isErrorCode(code) ? errorMessages[code] : null;
  const reason = isRowCode(code) ? reasonMessages[code] : null;
  if (error === null && reason === null) return null;
  const facts: [string, string][] = [];
  if (isErrorCode(code)) {
    facts.push(["HTTP status", String(errorCodes[code].status)]);
    facts.push(["Retriable", errorCodes[code].retriable ? "yes" : "no"]);
  }
  const standsIn = [
    ...(error === null ? [] : ["problem documents"]),
    ...(reason === null ? [] : ["decisions and rows"]),
  ];
  facts.push(["Stands in", standsIn.join(", ")]);
  const section = (language: Language, nextHeading: string): ErrorPage["sections"][number] => ({
    language,
    heading: error?.title[language] ?? reason?.title[language] ?? code,
    meaning: error?.detail[language] ?? reason?.title[language] ?? "",
    nextHeading,
    next: error?.next[language] ?? reason?.next[language] ?? "",
  });
  return { code, facts, sections: [section("en", "What to do"), section("vi", "Cần làm gì")] };
}

/** docs/errors/<code>.md */
export function errorPageMarkdown(page: ErrorPage): string {
  const facts = page.facts.map(([label, value]) => `- ${label}: ${value}`).join("\n");
  const sections = page.sections
    .map(({ heading, meaning, nextHeading, next }) => {
      const title = heading.replace(/\.$/, "");
      return `## ${title}\n\n${meaning}\n\n**${nextHeading}:** ${next}\n`;
    })
    .join("\n");
  return `# ${page.code}\n\n${facts}\n\n${sections}`;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

function isRowCode(code: string): code is RowCode {
  return Object.hasOwn(reasonMessages, code);
}
