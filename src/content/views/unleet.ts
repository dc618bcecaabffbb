import { digitZero } from "../fold-table.ts";
import type { KnownWords } from "./known-words.ts";
import { lettersOf, nothing, type Part } from "./part.ts";

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

/** Words surely written so that a text must show before its shortest ones are read so ("m4", "g140"). */
const sureMin = 2;

/** Digits and signs that stand for letters, where a known word comes out. Null where nothing changed. */
export function unleet(parts: readonly Part[], text: string, known: KnownWords): Part[] | null {
  const groups: { from: number; to: number; word: string | null }[] = [];
  let sure = 0;
  for (let from = 0; from < parts.length; ) {
    let to = from + 1;
    while (to < parts.length && isSigned(parts, to, text)) to++;
    const first = parts[from];
    const holds = to > from + 1 || (first?.words.some((word) => (word & 63) >= digitZero) ?? false);
    const word = holds ? leetWord(parts.slice(from, to), text, known) : null;
    if (word !== null) sure++;
    if (word === null && to > from + 1) to = from + 1;
    groups.push({ from, to, word });
    from = to;
  }
  if (sure === 0) return null;
  return groups.map(({ from, to, word }) => {
    const part = parts[from] ?? nothing;
    const meant = word ?? (sure >= sureMin ? shortLeetWord(part, known) : null);
    if (meant === null) return part;
    return known.replaced(meant, part.starts[0] ?? 0, parts[to - 1]?.ends.at(-1) ?? 0, part);
  });
}

/** Whether a part follows the one before it with a sign between them that may be a letter. */
const isSigned = (parts: readonly Part[], at: number, text: string): boolean => {
  const end = parts[at - 1]?.ends.at(-1) ?? 0;
  return (parts[at]?.starts[0] ?? 0) - end === 1 && "@$!|".includes(text[end] ?? " ");
};

function shortLeetWord(part: Part, known: KnownWords): string | null {
  if (part.words.length < 2 || part.words.length > 6) return null;
  const word = lettersOf(part);
  if (!/^(?=.*[a-z])(?=.*[013457])[a-z013457]+$/.test(word)) return null;
  const plain = word.replace(/[^a-z]/g, (sign) => leet[sign] ?? "?");
  return known.costOf(plain) > 0 || known.isSyllable(plain) ? plain : null;
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
