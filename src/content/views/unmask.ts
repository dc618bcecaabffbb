import { hashOf, type KnownWords } from "./known-words.ts";
import { lettersOf, type Part } from "./part.ts";

const isMask = (unit: string): boolean => "*#•·●×_~^|+=°§¤?$@!".includes(unit);
const masksMax = 2;
const wordLengthMax = 20;

/** Bits by which a word gains that stands in a sensitive term, and one whose neighbour stands beside it in a term. */
const sensitiveGain = 8;
const neighbourGain = 14;
const syllableCost = 40;
/** Bits that a word loses for which the mask must stand instead of a letter and not between two. */
const replacingLoss = 6;
const candidatesMax = 24;
/** Masked words whose readings are remembered; all are forgotten when there are more. */
const rememberedMax = 2048;

type Candidate = { readonly word: string; readonly hash: number; readonly cost: number };
/** A masked word, or a word that stands as it is: what it may be, over parts [from, to). */
type Group = { readonly to: number; readonly masked: boolean; readonly candidates: readonly Candidate[] };

export type Unmask = (parts: readonly Part[], text: string) => Part[] | null;

/**
 * Reads "be*nh", "b*nh", "b**nh": the mask stands between letters or instead of one. Of several words the likeliest is
 * taken, and one that makes a term with the word beside it before others; `areNeighbours` asks for two hashes. Null
 * where nothing changed.
 */
export function createUnmask(
  known: KnownWords,
  areNeighbours: (first: number, second: number) => boolean,
): Unmask {
  const remembered = new Map<string, readonly Candidate[]>();
  const candidatesOf = (word: string): readonly Candidate[] => {
    const seen = remembered.get(word);
    if (seen !== undefined) return seen;
    const found = guesses(word, known);
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(word, found);
    return found;
  };

  const groupAt = (parts: readonly Part[], from: number, text: string): Group => {
    const first = parts[from];
    if (first === undefined) return { to: from + 1, masked: false, candidates: [] };
    const to = endOfGroup(parts, from, text);
    if (to > from + 1) {
      const candidates = candidatesOf(maskedWord(parts.slice(from, to), text));
      if (candidates.length > 0) return { to, masked: true, candidates };
    }
    const word = lettersOf(first);
    return { to: from + 1, masked: false, candidates: [{ word, hash: known.hashOf(first), cost: 0 }] };
  };

  const costBeside = (candidate: Candidate, before: Candidate | null, after: Group): number => {
    let cost = candidate.cost;
    if (before !== null && areNeighbours(before.hash, candidate.hash)) cost -= neighbourGain;
    if (after.candidates.some((next) => areNeighbours(candidate.hash, next.hash))) cost -= neighbourGain;
    return cost;
  };

  return (parts, text) => {
    const out: Part[] = [];
    let changed = false;
    let before: Candidate | null = null;
    let group = groupAt(parts, 0, text);
    for (let from = 0; from < parts.length; ) {
      const after = groupAt(parts, group.to, text);
      const first = parts[from];
      let best: Candidate | null = null;
      let least = Number.POSITIVE_INFINITY;
      for (const candidate of group.candidates) {
        const cost = group.masked ? costBeside(candidate, before, after) : 0;
        if (cost < least) {
          least = cost;
          best = candidate;
        }
      }
      if (first !== undefined && group.masked && best !== null) {
        out.push(
          known.replaced(best.word, first.starts[0] ?? 0, parts[group.to - 1]?.ends.at(-1) ?? 0, first),
        );
        changed = true;
      } else if (first !== undefined) out.push(first);
      before = best;
      from = group.to;
      group = after;
    }
    return changed ? out : null;
  };
}

const jointAfter = (parts: readonly Part[], at: number, text: string): string =>
  text.slice(parts[at]?.ends.at(-1) ?? 0, Math.max(0, parts[at + 1]?.starts[0] ?? 0));

/** Where the parts end that masks join. The line of a field name ("so_the") is no mask beside other masks. */
function endOfGroup(parts: readonly Part[], from: number, text: string): number {
  let to = from + 1;
  let length = parts[from]?.words.length ?? 0;
  let lines = 0;
  let lineAt = -1;
  let others = 0;
  while (to < parts.length && length < wordLengthMax) {
    const end = parts[to - 1]?.ends.at(-1) ?? 0;
    const start = parts[to]?.starts[0] ?? 0;
    if (start - end < 1 || start - end > masksMax) break;
    const joint = jointAfter(parts, to - 1, text);
    if (!Array.from(joint).every(isMask)) break;
    if (joint === "_") {
      lines++;
      if (lineAt < 0) lineAt = to;
    } else others++;
    length += joint.length + (parts[to]?.words.length ?? 0);
    to++;
  }
  return lines > 0 && others > 0 ? lineAt : to;
}

function maskedWord(group: readonly Part[], text: string): string {
  let word = "";
  group.forEach((part, i) => {
    if (i > 0) word += "*".repeat(jointAfter(group, i - 1, text).length);
    word += lettersOf(part);
  });
  return word;
}

function guesses(word: string, known: KnownWords): readonly Candidate[] {
  if (!/^[a-z*]+$/.test(word)) return [];
  const removed = word.replaceAll("*", "");
  const found: Candidate[] = [];
  const add = (guess: string, loss: number): void => {
    const cost = known.costOf(guess) || (known.isSyllable(guess) ? syllableCost : 0);
    if (cost === 0) return;
    const gain = known.isSensitive(guess) ? sensitiveGain : 0;
    found.push({ word: guess, hash: hashOf(guess), cost: cost + loss - gain });
  };
  add(removed, 0);
  const single = word.replace(/\*+/, "*");
  if (single.split("*").length === 2)
    for (const letter of "abcdefghijklmnopqrstuvwxyz") add(single.replace("*", letter), replacingLoss);
  if (found.length > 0) return found.sort((a, b) => a.cost - b.cost).slice(0, candidatesMax);
  const sole = [{ word: removed, hash: hashOf(removed), cost: 0 }];
  return known.isLongWord(removed) ? sole : [];
}
