import { type ReadText, readText } from "./folded-text.ts";
import { promotionalTerms } from "./promotional-language.ts";
import { createTermList, termPattern } from "./term-list.ts";

const isOffer = createTermList(promotionalTerms.offers);
const accountMarked = new RegExp(termPattern(promotionalTerms.accounts, "exact"), "gu");
const accountFolded = new RegExp(termPattern(promotionalTerms.accounts, "folded"), "gu");

/** Whether any sentence of the text promotes something, in Vietnamese (with or without marks) or English. */
export function isPromotionalText(text: string): boolean {
  return isOffer(withoutAccounts(readText(text)));
}

/** An account line ("giảm giá: -20.000đ") tells of a purchase that was made; it offers nothing. */
function withoutAccounts(text: ReadText): ReadText {
  return {
    ...text,
    exact: text.exact.replace(accountMarked, " | "),
    folded: text.folded.replace(accountFolded, " | "),
  };
}
