import type { PageContext } from "../page.ts";
import type { Draft } from "./page-finding.ts";
import type { PageElement, PageTree } from "./page-tree.ts";
import { resolveUrl } from "./resolve-url.ts";
import { trackerCalls, trackerHosts, trackerPaths } from "./tracker-list.ts";

const loading = new Set([
  "script",
  "img",
  "iframe",
  "embed",
  "source",
  "video",
  "audio",
  "object",
  "input",
  "frame",
]);
const running = /^(?:|(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/jscript|module)$/;
const gate =
  /consent|cookie[-_ ]?(?:accept|allow|ok|choice)|accepted|dong_?y|opt_?in|gdpr|onetrust|cookiebot|klaro|tarteaucitron/i;

/** Trackers that a browser runs when the page opens, before anybody agreed (policy I.5, VI; ePrivacy Art. 5(3)). */
export function checkTrackers(tree: PageTree, context: PageContext): Draft[] {
  const drafts: Draft[] = [];
  for (const element of tree.elements) {
    if (isInert(element)) continue;
    if (loading.has(element.tag) && loadsTracker(element, tree, context))
      drafts.push({ rule: "page_tracker_before_consent", severity: "block", element });
  }
  for (const { element, text, start } of tree.scripts) {
    if (!isRunning(element) || isInert(element)) continue;
    const found = trackerCalls.exec(text);
    if (found === null || isGated(text, found.index)) continue;
    drafts.push({
      rule: "page_tracker_before_consent",
      severity: "block",
      element,
      span: [start + found.index, start + found.index + found[0].length],
    });
  }
  return drafts;
}

/** A template shows and loads nothing until a script takes it out. */
function isInert(element: PageElement): boolean {
  if (element.origin !== "inner") return false;
  for (let up = element.parent; up !== null; up = up.parent) {
    if (up.tag === "template" || up.tag === "script") return true;
    if (up.tag === "noscript") return false;
  }
  return true;
}

function isRunning(element: PageElement): boolean {
  return running.test((element.attributes.get("type") ?? "").trim().toLowerCase());
}

function loadsTracker(element: PageElement, tree: PageTree, context: PageContext): boolean {
  if (element.tag === "script" && !isRunning(element)) return false;
  const address =
    element.attributes.get(element.tag === "object" ? "data" : "src") ??
    firstOf(element.attributes.get("srcset"));
  if (address === undefined || address.trim() === "") return false;
  const url = resolveUrl(address, tree, context.url);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  if (trackerHosts.test(url.hostname) || trackerPaths.test(`${url.hostname}${url.pathname}`)) return true;
  return element.tag === "img" && isPixel(element) && !isOwn(url, context);
}

const firstOf = (list: string | undefined): string | undefined => list?.trim().split(/[\s,]/, 1)[0];

/** An image of one point from elsewhere has nothing to show: it counts visitors. */
function isPixel(element: PageElement): boolean {
  const tiny = (value: string | undefined): boolean => /^[01](?:px)?$/.test(value?.trim() ?? "");
  return tiny(element.attributes.get("width")) && tiny(element.attributes.get("height"));
}

function isOwn(url: URL, context: PageContext): boolean {
  const hosts = [context.url ?? "", ...context.processorHosts.map((host) => `https://${host}`)];
  return hosts.some((host) => URL.canParse(host) && new URL(host).hostname === url.hostname);
}

/** The call stands inside a function, a test or a listener of a script that asks about consent. */
function isGated(script: string, at: number): boolean {
  const before = script.slice(Math.max(0, at - 2_000), at);
  if (!/\b(?:if\s*\(|addEventListener\s*\(|\.on\s*\(|\.then\s*\(|function\b)|=>|&&/.test(before))
    return false;
  const asked = script.slice(Math.max(0, at - 20_000), at + 20_000);
  return gate.test(asked.replace(/gtag\s*\(\s*["']consent["'][^)]{0,400}\)/g, ""));
}
