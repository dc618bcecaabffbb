import type { KnownWords } from "./known-words.ts";
import { lettersOf, type Part } from "./part.ts";

const isMask = (unit: string): boolean => "*#•·●×_~^|+=°§¤?$@!".includes(unit);

/** "be*nh", "b*nh", "b**nh": the mask stands between letters or instead of one. Null where nothing changed. */
export function unmask(parts: readonly Part[], text: string, known: KnownWords): Part[] | null {
  const out: Part[] = [];
  let changed = false;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === undefined) continue;
    let word = lettersOf(part);
    let j = i;
    while (j + 1 < parts.length && word.length < 20) {
      const next = parts[j + 1];
      const end = parts[j]?.ends.at(-1) ?? 0;
      const start = next?.starts[0] ?? 0;
      if (next === undefined || start - end < 1 || start - end > 2) break;
      const joint = text.slice(end, start);
      if (!Array.from(joint).every(isMask)) break;
      word += "*".repeat(joint.length) + lettersOf(next);
      j++;
    }
    const guess = j > i && /^[a-z*]+$/.test(word) ? guessMasked(word, known) : null;
    if (guess === null) out.push(part);
    else {
      out.push(known.replaced(guess, part.starts[0] ?? 0, parts[j]?.ends.at(-1) ?? 0, part));
      changed = true;
      i = j;
    }
  }
  return changed ? out : null;
}

function guessMasked(word: string, known: KnownWords): string | null {
  const removed = word.replaceAll("*", "");
  if (known.costOf(removed) > 0 || known.isSyllable(removed)) return removed;
  const single = word.replace(/\*+/, "*");
  if (single.split("*").length !== 2) return known.isLongWord(removed) ? removed : null;
  let best: string | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const letter of "abcdefghijklmnopqrstuvwxyz") {
    const guess = single.replace("*", letter);
    const cost =
      (known.costOf(guess) || (known.isSyllable(guess) ? 40 : 0)) - (known.isSensitive(guess) ? 8 : 0);
    if (cost !== 0 && cost < bestCost) {
      best = guess;
      bestCost = cost;
    }
  }
  return best ?? (known.isLongWord(removed) ? removed : null);
}
