import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectPage, type PageContext } from "../../../src/content/page.ts";
import { createScanner } from "../../../src/content/scan.ts";

const scanner = createScanner();
const context: PageContext = {
  url: "https://shop.example.vn/",
  purposes: ["advertising"],
  advertiser: "Shop",
  processorHosts: ["leads.example.vn"],
};
const rulesOf = (html: string, where: PageContext = context): string[] =>
  inspectPage(scanner, html, where).findings.map(({ rule }) => rule);

describe("bytes that are no page", () => {
  it.each([
    ["nothing", ""],
    ["spaces", " \n\t "],
    ["a NUL", "<p>a\0b</p>"],
    ["a PDF", "%PDF-1.7 <p>x</p>"],
    ["plain words", "Xin chào quý khách"],
    ["JSON", '{"a": "<"}'],
    ["nesting beyond a browser's own limit", "<div>".repeat(600)],
    [
      "one tag with a thousand attributes",
      `<p ${Array.from({ length: 1_000 }, (_, at) => `a${at}`).join(" ")}>x</p>`,
    ],
    ["more than five million characters", `<p>${"x".repeat(5_000_000)}</p>`],
  ])("are refused: %s", (_, html) => {
    const { findings, visibleText, notice } = inspectPage(scanner, html, context);
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([["page_unparsable", "block"]]);
    expect(visibleText).toBe("");
    expect(notice).toBeNull();
  });

  it("but plain words are read where only content is judged", () => {
    const alone = { url: null, purposes: [], advertiser: "", processorHosts: [] };
    expect(rulesOf("Xin chào quý khách", alone)).toEqual([]);
    expect(rulesOf("Thẻ Visa 4111 1111 1111 1111, CVV 123", alone)).toContain("page_sensitive_content");
  });
});

describe("hostile markup", () => {
  const repeated = (piece: string, count: number): string => `<body>${piece.repeat(count)}</body>`;
  const shapes: readonly (readonly [string, (count: number) => string])[] = [
    ["formatting elements that reopen", (count) => repeated("<b><i><u><p>x", count)],
    ["unclosed attributes", (count) => `<p ${'a="'.repeat(count)}`],
    ["unlabelled boxes in one parent", (count) => repeated("<input type=checkbox>", count)],
    ["labels around labels", (count) => repeated("<label>a<input>", count)],
    [
      "many forms and boxes",
      (count) => repeated("<form><input name=phone><input type=checkbox name=consent hidden></form>", count),
    ],
    [
      "many styles",
      (count) => `<style>${".a .b{display:none}".repeat(count)}</style>${repeated("<i class='a b'>", 300)}`,
    ],
    ["open comments in styles", (count) => `<style>${"/*".repeat(count)}</style>`],
    ["strings in scripts", (count) => `<script>${"'\\\\".repeat(count)}</script>`],
    ["calls in scripts", (count) => `<script>${"fetch({".repeat(count)}</script>`],
    ["digits and signs", (count) => repeated("0912345678@a.", count)],
    ["capitals", (count) => repeated("Nguyễn Văn ", count)],
    ["open references", (count) => repeated("&#x", count)],
    ["frames in frames", (count) => repeated(`<iframe srcdoc="<p>a</p>"></iframe>`, count)],
    ["links to nothing", (count) => repeated("<a href=#x>a</a>", count)],
    ["agreement without end", (count) => repeated("toi dong y by clicking ", count)],
  ];
  it.each(shapes)("costs time in proportion to its length: %s", (_, shape) => {
    const cost = (count: number): number => {
      const html = shape(count);
      const from = process.cpuUsage();
      inspectPage(scanner, html, context);
      const { user, system } = process.cpuUsage(from);
      return (user + system) / 1_000;
    };
    cost(200);
    const small = Math.min(cost(500), cost(500));
    // Eight times the length: quadratic work would cost 64 times as much.
    expect(Math.min(cost(4_000), cost(4_000))).toBeLessThan(Math.max(small, 4) * 30);
  });

  it("never answers with more findings than a person reads", () => {
    expect(rulesOf(repeated("<input name=religion>", 2_000)).length).toBeLessThan(200);
  });
});

describe("any page at all", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "<div>",
      "</div>",
      "<form action=",
      "<input type=checkbox checked name=consent>",
      "<label for=a>",
      "</label>",
      "<script>",
      "</script>",
      "<style>",
      "</style>",
      "<template>",
      "<svg><title>",
      "<table><tr>",
      "<select><option>",
      "<iframe srcdoc='",
      "<noscript>",
      "<!--",
      "-->",
      "Tôi đồng ý",
      "Nguyễn Văn An 0912345678",
      "tôn giáo",
      "&#x1F600;",
      "&notin;",
      "\r\n",
      "{display:none}",
      ".a,",
      " class=a",
      "<x-input name=",
      "'",
      '"',
      ">",
      "`",
      "\\",
      "<math><mi>",
      "<base href=http://x>",
      "<a href='/privacy'>",
      "fetch('//x')",
      "=",
      "<p style='font-size:0'>",
    ),
    fc.string({ unit: "binary", maxLength: 12 }),
  );
  const runs = Number(process.env["FUZZ_RUNS"] ?? 300);
  it("is judged without a throw, with places inside the source", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, isPage) => {
        const html = pieces.join("");
        const where = isPage ? context : { ...context, url: null };
        for (const { span, line, column, selector } of inspectPage(scanner, html, where).findings) {
          expect(span[0]).toBeGreaterThanOrEqual(0);
          expect(span[1]).toBeGreaterThanOrEqual(span[0]);
          expect(span[1]).toBeLessThanOrEqual(Math.max(1, html.length));
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(selector).not.toBe("");
        }
      }),
      { numRuns: runs },
    );
  }, 3_600_000);
});
