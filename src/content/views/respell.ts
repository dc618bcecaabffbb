import type { KnownWords } from "./known-words.ts";
import { marked, type Part } from "./part.ts";
import { type Spellings, spelledLengthMax } from "./spellings.ts";

/** Words written by keystrokes that a text must show before any of its words is read so. */
export const typedMin = 2;

/** Chat spelling, and telex or VNI keystrokes where at least two unknown words show them. Null where nothing changed. */
export function respell(
  parts: readonly Part[],
  chat: ReadonlyMap<number, string>,
  known: KnownWords,
  spellings: Spellings,
): Part[] | null {
  const typing =
    parts.filter(
      (part) => isShort(part) && !known.knows(part) && !marked(part) && spellings(part).typed !== null,
    ).length >= typedMin;
  const out: Part[] = [];
  let changed = false;
  for (const part of parts) {
    const meaning = meaningOf(part, typing, chat, known, spellings);
    if (meaning === null) out.push(part);
    else {
      changed = true;
      out.push(known.replaced(meaning, part.starts[0] ?? 0, part.ends.at(-1) ?? 0, part));
    }
  }
  return changed ? out : null;
}

const isShort = (part: Part): boolean => part.words.length <= spelledLengthMax;

function meaningOf(
  part: Part,
  typing: boolean,
  chat: ReadonlyMap<number, string>,
  known: KnownWords,
  spellings: Spellings,
): string | null {
  if (!isShort(part)) return null;
  const typed = typing && !marked(part) ? spellings(part).typed : null;
  if (typed !== null) return typed;
  const meaning = part.words.length <= 5 ? chat.get(known.hashOf(part)) : undefined;
  if (meaning !== undefined) return meaning;
  return known.knows(part) ? null : spellings(part).sounded;
}

/** Long unknown words that are several known ones written together. Null where none is. */
export function split(parts: readonly Part[], known: KnownWords, spellings: Spellings): Part[] | null {
  let changed = false;
  const out: Part[] = [];
  for (const part of parts) {
    const cuts = part.words.length < 5 || known.knows(part) ? null : spellings(part).cuts;
    if (cuts === null) out.push(part);
    else {
      changed = true;
      out.push(...known.cut(part, cuts));
    }
  }
  return changed ? out : null;
}
