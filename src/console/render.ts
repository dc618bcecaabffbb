import { Eta } from "eta";
import { errorMessages } from "../domain/error-messages.ts";
import type { ErrorCode } from "../domain/guard-error.ts";
import type { Language } from "../domain/language.ts";
import { reasonMessages } from "../domain/reason-messages.ts";
import type { StaffRow } from "../guard/ports/staff-records.ts";
import { accessOf, consoleRoutes, type RouteName } from "./access.ts";
import { columnChart, shareBar } from "./charts.ts";
import { isWord, words } from "./words.ts";

/** What every page has besides its own data. */
export type PageContext = {
  readonly language: Language;
  readonly nonce: string;
  readonly staff: StaffRow | null;
  /** The path without its query, for the language links and the current entry of the navigation. */
  readonly path: string;
};

export type Render = (view: string, context: PageContext, data?: object) => string;

const navigation = [
  "overview",
  "lookUpForm",
  "campaigns",
  "reviews",
  "imports",
  "processors",
  "registers",
  "ledger",
  "staff",
] as const satisfies readonly RouteName[];

/** Templates of the views folder, compiled once; they get words and forms for both languages and escape by default. */
export function createRender(viewsDir: string): Render {
  const eta = new Eta({ views: viewsDir, cache: true, autoTrim: [false, "nl"] });
  return (view, context, data = {}) => {
    const { language, staff } = context;
    const say = (key: string): string => wordOf(key, language);
    return eta.render(`./${view}`, {
      ...data,
      ...context,
      say,
      nav: staff === null ? [] : navigationFor(staff, context.path, say),
      may: (name: RouteName) => accessOf(consoleRoutes[name], staff?.role ?? null) === "open",
      when: (at: Date | string | null | undefined) => moment(at, language),
      number: (value: number) => new Intl.NumberFormat(language).format(value),
      duration: (ms: number | null) => duration(ms, language),
      reason: (code: string | null) => reasonTitle(code, language),
      nextStep: (code: string) => reasonOf(code)?.next[language] ?? "",
      error: (code: ErrorCode) => errorMessages[code].detail[language],
      columnChart,
      shareBar,
    });
  };
}

function wordOf(key: string, language: Language): string {
  // A vocabulary may grow before its words do; the code itself is better than a page that fails.
  return isWord(key) ? words[key][language === "en" ? 0 : 1] : (key.split(".").at(-1) ?? key);
}

function navigationFor(staff: StaffRow, path: string, say: (key: string) => string): readonly object[] {
  return navigation
    .filter((name) => accessOf(consoleRoutes[name], staff.role) === "open")
    .map((name) => {
      const { path: to } = consoleRoutes[name];
      const current = to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`);
      return { href: to === "/" ? "/console" : `/console${to}`, text: say(`nav.${name}`), current };
    });
}

function reasonOf(code: string | null): (typeof reasonMessages)[keyof typeof reasonMessages] | null {
  return code !== null && Object.hasOwn(reasonMessages, code)
    ? reasonMessages[code as keyof typeof reasonMessages]
    : null;
}

function reasonTitle(code: string | null, language: Language): string {
  return reasonOf(code)?.title[language] ?? code ?? "";
}

/** In the time of Viet Nam, where the subscribers are; null where there is no moment. */
function moment(
  at: Date | string | null | undefined,
  language: Language,
): { readonly iso: string; readonly text: string } | null {
  if (at === null || at === undefined) return null;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return null;
  const text = new Intl.DateTimeFormat(language === "vi" ? "vi-VN" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "Asia/Ho_Chi_Minh",
  }).format(date);
  return { iso: date.toISOString(), text };
}

function duration(ms: number | null, language: Language): string {
  if (ms === null) return "–";
  const form = (value: number, digits: number): string =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  return ms < 1_000 ? `${form(ms, 0)} ms` : `${form(ms / 1_000, 1)} s`;
}
