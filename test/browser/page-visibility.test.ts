import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectPage } from "../../src/content/page.ts";
import { createScanner } from "../../src/content/scan.ts";
import { examplePages } from "../content/page/example-pages.ts";
import { launchChromium } from "./launch-chromium.ts";

const scanner = createScanner();
let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
  // Scripts run in no test: the guard judges the page as it stands when it opens. Nothing is fetched.
  const context = await browser.newContext({ offline: true, javaScriptEnabled: true });
  page = await context.newPage();
  await page.route("**/*", (route) => route.abort());
});
afterAll(async () => {
  await browser.close();
});

/** Spaces are where layouts differ from text; letters are not. */
const letters = (text: string): string => text.normalize("NFC").toLowerCase().replace(/\s+/g, "");
const seen = (html: string): string =>
  letters(
    inspectPage(scanner, html, { url: null, purposes: [], advertiser: "", processorHosts: [] }).visibleText,
  );

/** Without scripts and frames: what counts is how the browser lays the markup out. */
const still = (html: string): string => html.replace(/<script(?![^>]*text\/plain)[\s\S]*?<\/script>/g, "");

/** Text nodes that have a box on the canvas and can be seen, in document order. */
const painted = `(() => {
  const parts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent.closest("textarea, svg title, noscript, template, iframe")) continue;
    const select = parent.closest("select");
    const holder = select ?? parent;
    if (!holder.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) continue;
    if (select !== null) { parts.push(node.data); continue; }
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
    if (boxes.length === 0 || boxes.every((box) => box.right + scrollX <= 0 || box.bottom + scrollY <= 0)) continue;
    let clipped = false;
    for (let up = parent; up !== null; up = up.parentElement) {
      const style = getComputedStyle(up);
      const box = up.getBoundingClientRect();
      if (style.contentVisibility === "hidden") clipped = true;
      if (style.overflow !== "visible" && up !== document.body && up !== document.documentElement && (box.width <= 1 || box.height <= 1)) clipped = true;
      if (/^rect\\(0px,? 0px|^rect\\(1px/.test(style.clip) || style.clipPath === "inset(50%)") clipped = true;
    }
    if (!clipped) parts.push(node.data);
  }
  return parts.join("");
})()`;

describe("what the guard calls visible", () => {
  it.each(Object.values(examplePages))("is the innerText of $file", async ({ html }) => {
    await page.setContent(still(html));
    const shown = await page.evaluate<string>("document.body.innerText");
    // Labels that are moved off the page for screen readers count as text for innerText and are not seen.
    expect(seen(still(html))).toBe(letters(shown));
  });

  const fixtures: readonly (readonly [string, string])[] = [
    [
      "display none by class, id, tag and attribute",
      "<style>.a{display:none}#b{display:none}aside{display:none}[data-x]{display:none}[data-y='1']{display:none}</style><p class='z a'>A</p><p id=b>B</p><aside>C</aside><p data-x>D</p><p data-y=1>E</p><p data-y=2>F</p>",
    ],
    [
      "the cascade: weight, order, important, inline",
      "<style>p{display:none}.s{display:block}.s.t{display:none}.u{display:block!important}</style><p class=s>A</p><p class='s t'>B</p><p class='s t u'>C</p><p style='display:block'>D</p><p class=u style='display:none'>E</p>",
    ],
    [
      "descendant and child selectors",
      "<style>.a .b{display:none}.c > .d{visibility:hidden}</style><div class=a><i><b class=b>A</b></i></div><b class=b>B</b><div class=c><b class=d>C</b><i><b class=d>D</b></i></div>",
    ],
    [
      "visibility that returns inside",
      "<div style='visibility:hidden'>A<span style='visibility:visible'>B</span></div><p>C</p>",
    ],
    [
      "hidden attribute, and a style that overrules it",
      "<style>.on{display:block}</style><p hidden>A</p><p hidden class=on>B</p><p hidden=until-found>C</p><p>D</p>",
    ],
    [
      "media: print does not apply, screen does",
      "<style>@media print{.a{display:none}}@media screen{.b{display:none}}</style><p class=a>A</p><p class=b>B</p>",
    ],
    [
      "details, dialog, template, noscript",
      "<details><summary>A</summary><p>B</p></details><details open><summary>C</summary><p>D</p></details><dialog>E</dialog><dialog open>F</dialog><template>G</template><noscript>H</noscript>",
    ],
    [
      "comments, entities and split words",
      "<p>H<b>I</b><!-- x -->V &amp; &#272;&agrave; <i></i>N&#7861;ng</p>",
    ],
    ["text beside what hides in the middle", "<p>ung <span style='display:none'>xx</span>thư</p>"],
    [
      "nothing sized, clear or far away",
      "<p style='font-size:0'>A<span style='font-size:14px'>B</span><span style='font-size:2em'>C</span></p><p style='opacity:0'>D</p><p style='position:absolute;left:-9999px'>E</p><p style='text-indent:-9999px'>F</p><p>G</p>",
    ],
    [
      "screen-reader clips and folded boxes",
      "<span style='position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)'>A</span><div style='height:0;overflow:hidden'>B</div><div style='max-height:0;overflow:hidden'>C</div><p>D</p>",
    ],
    [
      "options show, textarea and input values do not",
      "<select><option>A</option><option>B</option></select><textarea>C</textarea><input value=D><button>E</button><datalist><option>F</option></datalist>",
    ],
    ["tables with text before them and lists", "<table>X<tr><td>A<td>B</table><ul><li>C<li>D</ul>"],
    ["svg text and its title", "<svg width=90 height=20><title>A</title><text x=0 y=15>B</text></svg>"],
    [
      "popover and object fallback",
      "<div popover>A</div><object data='x.bin' type='application/x-none'></object><video>C</video><canvas>D</canvas><p>E</p>",
    ],
  ];
  it.each(fixtures)("is what is painted: %s", async (_, body) => {
    const html = `<!doctype html><html><head><title>t</title></head><body>${body}</body></html>`;
    await page.setContent(html);
    expect(seen(html)).toBe(letters(await page.evaluate<string>(painted)));
  });

  it("is pointed at by selectors that find one element in the browser", async () => {
    const { html } = examplePages.course;
    const broken = html
      .replace('name="message"', 'name="medical_history"')
      .replace('id="ads" name', 'id="ads" checked name');
    await page.setContent(broken);
    const { findings } = inspectPage(scanner, broken, examplePages.course.context);
    expect(findings.length).toBeGreaterThanOrEqual(2);
    for (const { selector, span } of findings) {
      const found = await page.$$(selector ?? "none");
      expect(found).toHaveLength(1);
      const name = await found[0]?.getAttribute("name");
      expect(broken.slice(...span)).toContain(`name="${name ?? ""}"`);
    }
  });
});
