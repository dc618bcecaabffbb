/**
 * A text as the rules compare it. `exact` keeps Vietnamese marks; `folded` has none, as SMS in Viet Nam are
 * often written. A text that carries marks says what it means, so terms are then compared with theirs:
 * "bìa" is a cover, "bia" a beer.
 */
export type ReadText = { readonly exact: string; readonly folded: string; readonly marked: boolean };

/** Zero-width and soft characters hide a word from a reader of bytes but not from a person. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

export function readText(text: string): ReadText {
  const exact = text.normalize("NFKC").replace(invisible, "").toLowerCase().replace(/\s+/g, " ").trim();
  const folded = fold(exact);
  return { exact, folded, marked: folded !== exact };
}

/** Without diacritics; đ is a letter of its own that normalisation does not split. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/đ/g, "d")
    .replace(/Đ/g, "D");
}
