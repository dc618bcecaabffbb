import { digitZero, otherLetter, separator } from "../fold-table.ts";
import { foldTerm } from "../lexicon.ts";
import { type Reader, type Reading, suspicions, tokenFlag } from "../reading.ts";
import { chatSpellings, fromKeystrokes, soundings } from "./chat-spelling.ts";
import { segment } from "./segment.ts";
import { hashOfClasses, type Vocabulary } from "./vocabulary.ts";

/** A syllable as it should be read; `sure` keeps its own marks, otherwise any accent may be meant. */
type Part = {
  from: number;
  to: number;
  words: readonly number[];
  starts: readonly number[];
  ends: readonly number[];
  plain: boolean;
};

export type Revealed = { readonly reading: Reading; readonly unreadable: boolean };

export type Revealer = {
  /** The reading with its disguises taken off, or null where there was nothing to take off. */
  reveal(reading: Reading, text: string): Revealed | null;
};

const nothing: Part = { from: 0, to: 0, words: [], starts: [], ends: [], plain: false };
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
const maskPattern = /[*#•·●×_~^|+=°§¤?]/;
const letterOf = (symbol: number): string =>
  symbol >= digitZero && symbol < otherLetter
    ? String.fromCharCode(symbol + 21)
    : symbol < digitZero && symbol > 0
      ? String.fromCharCode(symbol + 96)
      : "?";

/** Builds the revealer; it looks at a text only where the first reading found a reason. */
export function createRevealer(reader: Reader, vocabulary: Vocabulary): Revealer {
  const { table } = reader;
  const classesOf = (word: string): number[] => {
    const out: number[] = [];
    for (let i = 0; i < word.length; i++) {
      const symbol = (table[word.charCodeAt(i)] ?? 0) & 63;
      if (symbol !== separator) out.push(symbol);
    }
    return out;
  };
  const costOf = (word: string): number => vocabulary.cost(hashOfClasses(classesOf(word), 0, word.length));
  const isSyllable = (word: string): boolean =>
    vocabulary.isSyllable(hashOfClasses(classesOf(word), 0, word.length));
  const isSensitive = (word: string): boolean =>
    vocabulary.isSensitive(hashOfClasses(classesOf(word), 0, word.length));
  const chat = new Map<number, string>();
  for (const [word, meaning] of chatSpellings) {
    const symbols = classesOf(word);
    chat.set(hashOfClasses(symbols, 0, symbols.length), meaning);
  }

  /** Tokens that no vocabulary knows, or that are chat spellings: the only ones that single-word views look at. */
  const strangers = (reading: Reading): number[] => {
    const out: number[] = [];
    for (let i = 0; i < reading.tokens; i++) {
      const hash = reading.tokenHash[i] ?? 0;
      const size = (reading.tokenTo[i] ?? 0) - (reading.tokenFrom[i] ?? 0);
      const odd =
        ((reading.tokenFlags[i] ?? 0) & tokenFlag.digits) === 0 &&
        size >= 2 &&
        vocabulary.cost(hash) === 0 &&
        !vocabulary.isSyllable(hash);
      if (odd || (size <= 5 && chat.has(hash))) out.push(i);
    }
    return out;
  };

  const partsOf = (reading: Reading): Part[] => {
    const parts: Part[] = [];
    for (let i = 0; i < reading.tokens; i++) parts.push(partOf(reading, i));
    return parts;
  };

  const partOf = (reading: Reading, token: number): Part => {
    const from = reading.tokenFrom[token] ?? 0;
    const to = reading.tokenTo[token] ?? 0;
    const words: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    const upper = ((reading.tokenFlags[token] ?? 0) & tokenFlag.upperInitial) !== 0;
    for (let i = from; i < to; i++) {
      words.push(
        (reading.classes[i] ?? 0) | ((reading.marks[i] ?? 0) << 6) | (upper && i === from ? 1 << 12 : 0),
      );
      starts.push(reading.starts[i] ?? 0);
      ends.push(reading.ends[i] ?? 0);
    }
    return { from: token, to: token + 1, words, starts, ends, plain: false };
  };

  /** A part that reads as `word`, over the span of the parts that it replaces. */
  const replaced = (word: string, start: number, end: number, at: Part): Part => {
    const words = [...foldTerm(word, table).symbols];
    return {
      from: at.from,
      to: at.to,
      words,
      starts: words.map(() => start),
      ends: words.map(() => end),
      plain: true,
    };
  };

  const reveal = (reading: Reading, text: string): Revealed | null => {
    const why = reading.suspicion;
    const signs = /[@$!|]\p{L}/u.test(text);
    if ((why & (suspicions.mask | suspicions.single | suspicions.leet)) === 0 && !signs) {
      const odd = strangers(reading).map((token) => partOf(reading, token));
      if (odd.length === 0 || (respell(odd) === null && split(odd) === null)) return null;
    }
    const before = partsOf(reading);
    const sentences = before.map((part) => reading.tokenSentence[part.from] ?? 0);
    let parts = before;
    const apply = (next: Part[] | null): void => {
      if (next === null) return;
      parts = next;
    };
    if ((why & suspicions.mask) !== 0) apply(unmask(parts, text));
    if ((why & suspicions.single) !== 0) apply(joinSingles(parts, text));
    if ((why & suspicions.leet) !== 0 || signs) apply(unleet(parts, text));
    apply(respell(parts));
    apply(split(parts));
    const singles = parts.filter((part) => part.words.length === 1).length;
    const unreadable = parts.length >= 12 && singles * 2 > parts.length;
    if (parts === before) return unreadable ? { reading, unreadable } : null;
    const out = reader.begin();
    let sentence = 0;
    for (const part of parts) {
      const now = sentences[part.from] ?? sentence;
      if (now !== sentence) reader.breakSentence(out);
      sentence = now;
      part.words.forEach((word, i) => {
        if ((word & 63) !== separator) reader.put(out, word, part.starts[i] ?? 0, part.ends[i] ?? 0);
        else closeWith(out, part);
      });
      closeWith(out, part);
    }
    reader.finish(out);
    return { reading: out, unreadable };
  };

  const closeWith = (out: Reading, part: Part): void => {
    const before = out.tokens;
    reader.gap(out, part.ends.at(-1) ?? 0);
    if (part.plain && out.tokens > before)
      out.tokenFlags[before] = (out.tokenFlags[before] ?? 0) | tokenFlag.revealed;
  };

  /** "be*nh", "b*nh", "b**nh": the mask stands between letters or instead of one. */
  const unmask = (parts: Part[], text: string): Part[] | null => {
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
        if (
          !Array.from(joint).every(
            (unit) => maskPattern.test(unit) || unit === "$" || unit === "@" || unit === "!",
          )
        )
          break;
        word += "*".repeat(joint.length) + lettersOf(next);
        j++;
      }
      const guess = j > i && /^[a-z*]+$/.test(word) ? guessMasked(word) : null;
      if (guess === null) out.push(part);
      else {
        out.push(replaced(guess, part.starts[0] ?? 0, parts[j]?.ends.at(-1) ?? 0, part));
        changed = true;
        i = j;
      }
    }
    return changed ? out : null;
  };

  const guessMasked = (word: string): string | null => {
    const removed = word.replaceAll("*", "");
    if (costOf(removed) > 0 || isSyllable(removed)) return removed;
    const single = word.replace(/\*+/, "*");
    if (single.split("*").length !== 2) return longWord(removed) ? removed : null;
    let best: string | null = null;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const letter of "abcdefghijklmnopqrstuvwxyz") {
      const guess = single.replace("*", letter);
      const cost = (costOf(guess) || (isSyllable(guess) ? 40 : 0)) - (isSensitive(guess) ? 8 : 0);
      if (cost !== 0 && cost < bestCost) {
        best = guess;
        bestCost = cost;
      }
    }
    return best ?? (longWord(removed) ? removed : null);
  };

  const longWord = (word: string): boolean =>
    word.length >= 5 && segment(classesOf(word), vocabulary).known === 1;

  /** Runs of single letters, joined by spaces or by marks: words again, cut where two spaces stood or where words end. */
  const joinSingles = (parts: Part[], text: string): Part[] | null => {
    const out: Part[] = [];
    let changed = false;
    let i = 0;
    while (i < parts.length) {
      const first = parts[i];
      if (first === undefined) break;
      let j = i;
      while (parts[j]?.words.length === 1 && ((parts[j]?.words[0] ?? 0) & 63) < digitZero) j++;
      if (j - i < 3) {
        out.push(first);
        i++;
        continue;
      }
      out.push(...cutRun(parts.slice(i, j), text));
      changed = true;
      i = j;
    }
    return changed ? out : null;
  };

  const cutRun = (run: readonly Part[], text: string): Part[] => {
    const out: Part[] = [];
    let group: Part[] = [];
    const flush = (): void => {
      if (group.length > 0) out.push(...pieces(merged(group)));
      group = [];
    };
    const joints = run.map((part, k) =>
      k === 0 ? "" : text.slice(run[k - 1]?.ends[0] ?? 0, part.starts[0] ?? 0),
    );
    const narrow = joints
      .slice(1)
      .reduce((least, joint) => Math.min(least, joint.length), Number.POSITIVE_INFINITY);
    const marksJoin = joints.some((joint, k) => k > 0 && !joint.includes(" "));
    run.forEach((part, k) => {
      const joint = joints[k] ?? "";
      if (k > 0 && (joint.length > narrow || (marksJoin && joint.includes(" ")))) flush();
      group.push(part);
    });
    flush();
    return out;
  };

  const merged = (group: readonly Part[]): Part => ({
    from: group[0]?.from ?? 0,
    to: group.at(-1)?.to ?? 0,
    words: group.flatMap((part) => part.words),
    starts: group.flatMap((part) => part.starts),
    ends: group.flatMap((part) => part.ends),
    plain: false,
  });

  /** One run of letters into known words; it stays whole where it is a word or cannot be cut. */
  const pieces = (part: Part): Part[] => {
    const classes = part.words.map((word) => word & 63);
    if (vocabulary.cost(hashOfClasses(classes, 0, classes.length)) > 0) return [part];
    const cut = segment(classes, vocabulary);
    let from = 0;
    return cut.ends.map((end) => {
      const piece = {
        ...part,
        words: part.words.slice(from, end),
        starts: part.starts.slice(from, end),
        ends: part.ends.slice(from, end),
      };
      from = end;
      return piece;
    });
  };

  /** Digits and signs that stand for letters, where a known word comes out. */
  const unleet = (parts: Part[], text: string): Part[] | null => {
    const out: Part[] = [];
    let changed = false;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      if (part === undefined) continue;
      let j = i;
      while (
        j + 1 < parts.length &&
        (parts[j + 1]?.starts[0] ?? 0) - (parts[j]?.ends.at(-1) ?? 0) === 1 &&
        /[@$!|]/.test(text[parts[j]?.ends.at(-1) ?? 0] ?? "")
      )
        j++;
      const start = part.starts[0] ?? 0;
      const end = parts[j]?.ends.at(-1) ?? 0;
      const raw =
        j > i || lettersOf(part).length !== lettersOf(part).replace(/\d/g, "").length
          ? leetWord(parts.slice(i, j + 1), text)
          : null;
      if (raw === null) {
        out.push(part);
        continue;
      }
      out.push(replaced(raw, start, end, part));
      changed = true;
      i = j;
    }
    return changed ? out : null;
  };

  const leetWord = (group: readonly Part[], text: string): string | null => {
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
    if (costOf(plain) > 0 || (isSyllable(plain) && plain.length > 2)) return plain;
    const alternative = plain.replace(/l/g, "i");
    if (costOf(alternative) > 0) return alternative;
    const swapped = word.replace(/1/g, "l").replace(/[^a-z]/g, (sign) => leet[sign] ?? "?");
    if (costOf(swapped) > 0) return swapped;
    return longWord(plain) ? plain : null;
  };

  /** Chat spelling, and telex or VNI keystrokes where at least two words show them. */
  const respell = (parts: Part[]): Part[] | null => {
    const keyed = parts.map((part) => {
      const word = lettersOf(part);
      if (word.length < 2 || word.length > 10 || marked(part) || isSyllable(word)) return null;
      const typed = fromKeystrokes(word);
      return typed !== null && isSyllable(typed) ? typed : null;
    });
    const typing = keyed.filter((word, i) => word !== null && !known(parts[i] ?? nothing)).length >= 2;
    const out = parts.map((part, i) => {
      const start = part.starts[0] ?? 0;
      const end = part.ends.at(-1) ?? 0;
      const typed = keyed[i] ?? null;
      if (typing && typed !== null) {
        return replaced(typed, start, end, part);
      }
      if (part.words.length <= 5) {
        const classes = part.words.map((word) => word & 63);
        const meaning = chat.get(hashOfClasses(classes, 0, classes.length));
        if (meaning !== undefined) {
          return replaced(meaning, start, end, part);
        }
      }
      if (part.words.length < 2 || part.words.length > 8 || known(part)) return part;
      const guess = soundings(lettersOf(part)).find((word) => isSyllable(word));
      if (guess === undefined || !/^[a-z]+$/.test(lettersOf(part))) return part;
      return replaced(guess, start, end, part);
    });
    return out.some((part, i) => part !== parts[i]) ? out : null;
  };

  /** Long unknown words that are several known ones written together. */
  const split = (parts: Part[]): Part[] | null => {
    const out = parts.flatMap((part) => {
      if (part.words.length < 5 || known(part) || part.words.some((word) => (word & 63) >= digitZero))
        return [part];
      const cut = pieces(part);
      if (
        cut.length < 2 ||
        cut.length * 2.4 > part.words.length ||
        cut.some((piece) => piece.words.length < 2)
      )
        return [part];
      return cut;
    });
    return out.length === parts.length ? null : out;
  };

  const known = (part: Part): boolean => {
    const classes = part.words.map((word) => word & 63);
    const hash = hashOfClasses(classes, 0, classes.length);
    return vocabulary.cost(hash) > 0 || vocabulary.isSyllable(hash);
  };

  return { reveal };
}

const lettersOf = (part: Part): string => part.words.map((word) => letterOf(word & 63)).join("");
const marked = (part: Part): boolean => part.words.some((word) => ((word >> 6) & 63) !== 0);
