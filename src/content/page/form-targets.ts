import type { PageContext } from "../page.ts";
import { type Control, isPersonal } from "./controls.ts";
import { foldName } from "./fold.ts";
import type { Draft } from "./page-finding.ts";
import type { PageElement, PageTree } from "./page-tree.ts";
import { isLoopback, resolveUrl } from "./resolve-url.ts";

type Contents = { hasInput: boolean; hasPersonal: boolean };

/** Hosted forms: what a visitor types there goes to the host of the frame. */
const formHosts =
  /(?:^|\.)(?:docs\.google\.com|forms\.gle|forms\.office\.com|typeform\.com|jotform\.com|tally\.so|surveymonkey\.com|formstack\.com|airtable\.com|hsforms\.(?:com|net)|wufoo\.com|formspree\.io|getform\.io|mailchimp\.com|list-manage\.com)$/;
const sendingAttributes = [
  "hx-post",
  "hx-put",
  "data-hx-post",
  "data-action",
  "data-endpoint",
  "data-submit-url",
];
const sending =
  /\b(?:fetch|sendBeacon|axios(?:\.\w+)?|\$\.(?:post|get|ajax|getJSON)|\.open)\s*\(\s*(?:["'`](?:post|get|put|patch)["'`]\s*,\s*)?(?:\{[^}]{0,200}?\burl\s*:\s*)?["'`]([^"'`\s]{1,2000})["'`]|\.action\s*=\s*["'`]([^"'`\s]{1,2000})["'`]|new\s+(?:WebSocket|EventSource)\s*\(\s*["'`]([^"'`\s]{1,2000})["'`]/gi;

/** Where the page sends what visitors type: over TLS, to its own host or a registered processor. */
export function checkTargets(tree: PageTree, controls: readonly Control[], context: PageContext): Draft[] {
  const drafts: Draft[] = [];
  const contents = new Map<PageElement, Contents>();
  let hasLoosePersonal = false;
  for (const control of controls) {
    if (control.form === null) {
      hasLoosePersonal ||= isPersonal(control);
      continue;
    }
    const inside = contents.get(control.form) ?? { hasInput: false, hasPersonal: false };
    inside.hasInput ||= control.kind !== "button" && control.kind !== "hidden" && !isSearch(control);
    inside.hasPersonal ||= isPersonal(control);
    contents.set(control.form, inside);
    const action = control.kind === "button" ? control.element.attributes.get("formaction") : undefined;
    if (action !== undefined) checkAddress(drafts, tree, context, control.element, action, true);
  }
  for (const element of tree.elements) {
    if (element.tag === "form") {
      const inside = contents.get(element);
      if (inside?.hasInput === true || inside?.hasPersonal === true)
        checkAddress(
          drafts,
          tree,
          context,
          element,
          element.attributes.get("action") ?? "",
          inside.hasPersonal,
        );
    }
    for (const name of sendingAttributes) {
      const address = element.attributes.get(name);
      if (address !== undefined && /^(?:https?:|\/)/i.test(address))
        checkAddress(drafts, tree, context, element, address, true);
    }
    if (element.tag === "iframe") checkFrame(drafts, tree, context, element);
  }
  if (hasLoosePersonal && isInsecurePage(context.url))
    drafts.push({ rule: "page_insecure_form", severity: "block", element: tree.elements[0] ?? null });
  return [...drafts, ...checkScripts(tree, context)];
}

const isSearch = (control: Control): boolean =>
  control.type === "search" || /^(?:q|s|search|query|keyword|tim kiem|tu khoa)$/.test(foldName(control.name));

function checkAddress(
  drafts: Draft[],
  tree: PageTree,
  context: PageContext,
  element: PageElement,
  address: string,
  isPersonalData: boolean,
): void {
  const url = resolveUrl(address, tree, context.url);
  if (url === null || (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))))
    drafts.push({ rule: "page_insecure_form", severity: "block", element });
  if (url === null || !/^https?:$/.test(url.protocol)) return;
  const standing = standingOf(url, context);
  if (standing !== "ours")
    drafts.push({
      rule: "page_form_target_unregistered",
      severity: standing === "foreign" && isPersonalData ? "block" : "review",
      element,
    });
}

function checkFrame(drafts: Draft[], tree: PageTree, context: PageContext, element: PageElement): void {
  const source = element.attributes.get("src");
  const url = source === undefined ? null : resolveUrl(source, tree, context.url);
  if (url === null || !formHosts.test(url.hostname) || standingOf(url, context) === "ours") return;
  if (url.hostname === "docs.google.com" && !url.pathname.startsWith("/forms")) return;
  drafts.push({ rule: "page_form_target_unregistered", severity: "block", element });
}

function checkScripts(tree: PageTree, context: PageContext): Draft[] {
  const drafts: Draft[] = [];
  for (const { element, text, start } of tree.scripts) {
    let count = 0;
    for (const found of text.matchAll(sending)) {
      if (++count > 200) break;
      const url = resolveUrl(found[1] ?? found[2] ?? found[3] ?? "", tree, context.url);
      if (url === null) continue;
      const span: [number, number] = [start + found.index, start + found.index + found[0].length];
      if (/^(?:http|ws):$/.test(url.protocol) && !isLoopback(url))
        drafts.push({ rule: "page_insecure_form", severity: "review", element, span });
      if (/^(?:https?|wss?):$/.test(url.protocol) && standingOf(url, context) !== "ours")
        drafts.push({ rule: "page_form_target_unregistered", severity: "review", element, span });
    }
  }
  return drafts;
}

/** Another host of the same name (api.shop.example for shop.example) is looked at by a person. */
function standingOf(url: URL, context: PageContext): "ours" | "near" | "foreign" {
  const host = plainHost(url.hostname);
  const own = hostOf(context.url ?? "");
  if (host === own) return "ours";
  for (const processor of context.processorHosts)
    if (processor.toLowerCase() === url.host || hostOf(`https://${processor}`) === host) return "ours";
  return own !== "" && (host.endsWith(`.${own}`) || own.endsWith(`.${host}`)) && host.includes(".")
    ? "near"
    : "foreign";
}

function hostOf(url: string): string {
  return URL.canParse(url) ? plainHost(new URL(url).hostname) : "";
}

const plainHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^www\./, "")
    .replace(/\.$/, "");

function isInsecurePage(url: string | null): boolean {
  if (url === null || !URL.canParse(url)) return false;
  const page = new URL(url);
  return page.protocol === "http:" && !isLoopback(page);
}
