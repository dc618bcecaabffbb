import type { KnownWords } from "./known-words.ts";
import { lettersOf, type Part } from "./part.ts";

const leet: Readonly<Record<string, string>> = {
  "4": "a",
  "3": "e",
  "1": "i",
  "0": "o",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
  "8": "b",
  "9": "g",
  "6": "g",
};

/** Digits and signs that stand for letters, where a known word comes out. Null where nothing changed. */
export function unleet(parts: readonly Part[], text: string, known: KnownWords): Part[] | null {
  const out: Part[] = [];
  let changed = false;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === undefined) continue;
    let j = i;
    while (
      j + 1 < parts.length &&
      (parts[j + 1]?.starts[0] ?? 0) - (parts[j]?.ends.at(-1) ?? 0) === 1 &&
      "@$!|".includes(text[parts[j]?.ends.at(-1) ?? 0] ?? " ")
    )
      j++;
    const raw = j > i || /\d/.test(lettersOf(part)) ? leetWord(parts.slice(i, j + 1), text, known) : null;
    if (raw === null) {
      out.push(part);
      continue;
    }
    out.push(known.replaced(raw, part.starts[0] ?? 0, parts[j]?.ends.at(-1) ?? 0, part));
    changed = true;
    i = j;
  }
  return changed ? out : null;
}

function leetWord(group: readonly Part[], text: string, known: KnownWords): string | null {
  let word = "";
  group.forEach((part, k) => {
    if (k > 0) word += text[group[k - 1]?.ends.at(-1) ?? 0] ?? "";
    word += lettersOf(part);
  });
  const letters = word.replace(/[^a-z]/g, "").length;
  if (
    letters < 2 ||
    word.length > 20 ||
    !(/[a-z][^a-z]+[a-z]/.test(word) || (word.length >= 4 && letters >= 3) || /^[a-z]{2}[034]$/.test(word))
  )
    return null;
  const plain = word.replace(/[^a-z]/g, (sign) => leet[sign] ?? "?");
  if (plain.includes("?")) return null;
  if (known.costOf(plain) > 0 || (known.isSyllable(plain) && plain.length > 2)) return plain;
  const alternative = plain.replace(/l/g, "i");
  if (known.costOf(alternative) > 0) return alternative;
  const swapped = word.replace(/1/g, "l").replace(/[^a-z]/g, (sign) => leet[sign] ?? "?");
  if (known.costOf(swapped) > 0) return swapped;
  return known.isLongWord(plain) ? plain : null;
}
