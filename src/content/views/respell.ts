import { digitZero } from "../fold-table.ts";
import { fromKeystrokes, soundings } from "./chat-spelling.ts";
import { hashOfPart, type KnownWords } from "./known-words.ts";
import { lettersOf, marked, nothing, type Part } from "./part.ts";

/** Chat spelling, and telex or VNI keystrokes where at least two words show them. Null where nothing changed. */
export function respell(
  parts: readonly Part[],
  chat: ReadonlyMap<number, string>,
  known: KnownWords,
): Part[] | null {
  const keyed = parts.map((part) => {
    if (part.words.length < 2 || part.words.length > 10 || marked(part)) return null;
    const word = lettersOf(part);
    if (known.isSyllable(word)) return null;
    const typed = fromKeystrokes(word);
    return typed !== null && known.isSyllable(typed) ? typed : null;
  });
  const typing = keyed.filter((word, i) => word !== null && !known.knows(parts[i] ?? nothing)).length >= 2;
  const out = parts.map((part, i) => {
    const meaning = meaningOf(part, typing ? (keyed[i] ?? null) : null, chat, known);
    if (meaning === null) return part;
    return known.replaced(meaning, part.starts[0] ?? 0, part.ends.at(-1) ?? 0, part);
  });
  return out.some((part, i) => part !== parts[i]) ? out : null;
}

function meaningOf(
  part: Part,
  typed: string | null,
  chat: ReadonlyMap<number, string>,
  known: KnownWords,
): string | null {
  if (typed !== null) return typed;
  const size = part.words.length;
  if (size <= 5) {
    const meaning = chat.get(hashOfPart(part));
    if (meaning !== undefined) return meaning;
  }
  if (size < 2 || size > 8 || known.knows(part)) return null;
  const letters = lettersOf(part);
  if (!/^[a-z]+$/.test(letters)) return null;
  return soundings(letters).find((word) => known.isSyllable(word)) ?? null;
}

/** Long unknown words that are several known ones written together. Null where none is. */
export function split(parts: readonly Part[], known: KnownWords): Part[] | null {
  const out = parts.flatMap((part) => {
    if (part.words.length < 5 || known.knows(part) || part.words.some((word) => (word & 63) >= digitZero))
      return [part];
    const cut = known.pieces(part);
    if (cut.length < 2 || cut.length * 2.4 > part.words.length || cut.some((piece) => piece.words.length < 2))
      return [part];
    return cut;
  });
  return out.length === parts.length ? null : out;
}
