import { foldWords } from "./fold.ts";
import type { PageElement, PageTree } from "./page-tree.ts";
import { textOf } from "./page-tree.ts";
import { resolveUrl } from "./resolve-url.ts";

const words =
  /\b(?:chinh sach (?:bao mat|quyen rieng tu|rieng tu|bao ve|xu ly|ve quyen|du lieu|dlcn|thong tin)|bao mat(?: thong tin)?|quyen rieng tu|rieng tu|bao ve (?:du lieu|thong tin)|(?:xu ly|su dung) du lieu|du lieu ca nhan|thong bao (?:bao mat|quyen|ve viec xu ly)|privacy|data (?:protection|policy|notice)|personal data)\b/;
const paths =
  /privacy|bao-?mat|rieng-?tu|du-?lieu-?ca-?nhan|xu-?ly-?du-?lieu|bao-?ve-?(?:du-?lieu|thong-?tin)|data-?(?:protection|policy)|gdpr|personal-?data|dlcn/i;

/** The address of the privacy notice that the page links where a visitor can see it; null where it links none. */
export function privacyLink(tree: PageTree, url: string | null): string | null {
  for (const element of tree.elements) {
    if (element.tag !== "a" && element.tag !== "area") continue;
    const href = element.attributes.get("href")?.trim() ?? "";
    if (!isReachable(element)) continue;
    if (!leadsSomewhere(tree, href)) continue;
    const said = [
      textOf(tree, element, 300),
      element.attributes.get("title") ?? "",
      element.attributes.get("aria-label") ?? "",
    ].join(" ");
    if (words.test(foldWords(said)) || paths.test(href)) return resolveUrl(href, tree, url)?.href ?? href;
  }
  return null;
}

/** A link in a pop-up or step that opens later is hidden with its form. */
function isReachable(element: PageElement): boolean {
  if (element.origin === "inner") return false;
  if (element.shown) return true;
  const root = element.hiddenBy ?? element;
  return (
    root !== element && /^(?:dialog|form|div|section|aside)$/.test(root.tag) && root.last - root.index > 4
  );
}

function leadsSomewhere(tree: PageTree, href: string): boolean {
  if (href === "" || href === "#" || /^(?:javascript|data|about|mailto|tel):/i.test(href)) return false;
  return !href.startsWith("#") || tree.byId.has(decoded(href.slice(1)));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
