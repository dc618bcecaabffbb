import { describe, expect, it } from "vitest";
import { inspectPage } from "../../src/content/page.ts";
import { createScanner } from "../../src/content/scan.ts";
import { examplePages } from "./page/example-pages.ts";
import { twins } from "./page/twins.ts";

const scanner = createScanner();
const stopping = (html: string, page: (typeof examplePages)[keyof typeof examplePages]): string[] =>
  inspectPage(scanner, html, page.context)
    .findings.filter(({ severity }) => severity !== "notice")
    .map(({ rule }) => rule);

describe("pages that obey", () => {
  it.each(Object.values(examplePages))("lets $file pass, as a page and as content", (page) => {
    expect(stopping(page.html, page)).toEqual([]);
    const alone = inspectPage(scanner, page.html, {
      url: null,
      purposes: [],
      advertiser: "",
      processorHosts: [],
    });
    expect(
      alone.findings.filter(({ severity, category }) => severity !== "notice" && category !== "child"),
    ).toEqual([]);
  });
});

describe("pages that differ by one replacement", () => {
  it.each(twins)("%s: %s %s → %s", (rule, name, from, to) => {
    const page = examplePages[name];
    expect(page.html).toContain(from);
    const found = stopping(
      page.html.replace(from, () => to),
      page,
    );
    if (rule === null) expect(found).toEqual([]);
    else expect(found).toContain(rule);
  });
});
