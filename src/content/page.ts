import type { Finding } from "../domain/finding.ts";
import type { Purpose } from "../domain/vocabulary.ts";
import type { Scanner } from "./scan.ts";
export type PageContext = {
  readonly url: string | null;
  readonly purposes: readonly Purpose[];
  readonly advertiser: string;
  readonly processorHosts: readonly string[];
};
export type PageInspection = {
  readonly findings: readonly Finding[];
  readonly language: string;
  readonly notice: {
    readonly text: string;
    readonly purposes: readonly Purpose[];
    readonly privacyUrl: string;
  } | null;
  readonly visibleText: string;
};
export function inspectPage(
  _scanner: Pick<Scanner, "scanText">,
  _html: string,
  _context: PageContext,
): PageInspection {
  throw new Error("not built yet");
}
