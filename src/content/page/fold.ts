/** Lower case, no Vietnamese marks, single spaces: the form in which page wording is compared. */
export function foldWords(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}]+/gu, "")
    .toLowerCase()
    .replace(/đ/g, "d")
    .replace(/[\s\u00a0_]+/g, " ")
    .trim();
}

/** A name or id as words: "childName" and "child_name" both become "child name". */
export function foldName(name: string): string {
  return foldWords(
    name
      .slice(0, 128)
      .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
      .replace(/[-_.[\]:]+/g, " "),
  );
}
