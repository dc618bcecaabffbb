import { seeded } from "./trainer.ts";

/** Rewrites a text the way somebody would who wants to slip past a filter. `terms` are ranges of sensitive words. */
export type Disguise = (text: string, terms: readonly (readonly [number, number])[]) => string;

const letters = /\p{L}/u;
const perLetter =
  (change: (letter: string, next: string) => string): Disguise =>
  (text) => {
    const units = [...text];
    return units.map((unit, i) => change(unit, units[i + 1] ?? "")).join("");
  };
const perTerm =
  (change: (term: string) => string): Disguise =>
  (text, terms) => {
    let out = "";
    let at = 0;
    for (const [start, end] of [...terms].sort((a, b) => a[0] - b[0])) {
      if (start < at) continue;
      out += text.slice(at, start) + change(text.slice(start, end));
      at = end;
    }
    return out + text.slice(at);
  };
const bare = (text: string): string =>
  text.replace(/đ/g, "d").replace(/Đ/g, "D").normalize("NFD").replace(/\p{M}/gu, "");
const outsidePlaceholders =
  (change: (part: string) => string): Disguise =>
  (text) =>
    text
      .split(/(\{\{[^}]*\}\}|<[^>]*>|\{[^}]*\})/)
      .map((part, i) => (i % 2 === 1 ? part : change(part)))
      .join("");

const cyrillic: Readonly<Record<string, string>> = {
  a: "а",
  e: "е",
  o: "о",
  p: "р",
  c: "с",
  x: "х",
  y: "у",
  i: "і",
  A: "А",
  B: "В",
  E: "Е",
  H: "Н",
  K: "К",
  M: "М",
  O: "О",
  P: "Р",
  C: "С",
  T: "Т",
  X: "Х",
};
const spread =
  (joint: string) =>
  (term: string): string =>
    term
      .split(/(\s+)/)
      .map((word) => (/^\p{L}{2,}$/u.test(word) ? [...word].join(joint) : word))
      .join("");
const leetOf: Readonly<Record<string, string>> = { a: "4", e: "3", i: "1", o: "0" };
const leet = (term: string): string => term.replace(/[aeio]/g, (letter) => leetOf[letter] ?? letter);
const masked = (term: string): string =>
  term.replace(/\p{L}{3,}/gu, (word) => {
    const units = [...word.normalize("NFC")];
    const middle = Math.floor(units.length / 2);
    units.splice(middle, 0, "*");
    return units.join("");
  });
const starred = (term: string): string =>
  term.replace(/\p{L}{4,}/gu, (word) => {
    const units = [...word.normalize("NFC")];
    units[1] = "*";
    return units.join("");
  });
const toneMarks: Readonly<Record<string, string>> = {
  "\u0300": "f",
  "\u0301": "s",
  "\u0303": "x",
  "\u0309": "r",
  "\u0323": "j",
};
const telexWord = (word: string): string => {
  let tone = "";
  let out = "";
  for (const unit of word.toLowerCase().replace(/đ/g, "dd").normalize("NFD")) {
    if (toneMarks[unit] !== undefined) tone = toneMarks[unit] ?? "";
    else if (unit === "\u0302") out += out.at(-1) ?? "";
    else if (unit === "\u0306" || unit === "\u031b") out += "w";
    else out += unit;
  }
  return out + tone;
};
const chat: readonly (readonly [RegExp, string])[] = [
  [/\bkhông\b|\bkhong\b/g, "ko"],
  [/\bđược\b|\bduoc\b/g, "dc"],
  [/\bgì\b/g, "j"],
  [/\brồi\b|\broi\b/g, "r"],
  [/\bvới\b|\bvoi\b/g, "vs"],
  [/\bbiết\b|\bbiet\b/g, "bik"],
  [/\btrước\b|\btruoc\b/g, "trc"],
  [/\bmọi người\b/g, "mn"],
  [/\bph(?=\p{L})/gu, "f"],
  [/\bqu(?=[aeyâăê])/gu, "w"],
  [/\bgi(?=\p{L})/gu, "j"],
  [/\byêu\b/g, "iu"],
  [/\bthích\b/g, "thik"],
];

const fullWidth = perLetter((unit) => {
  const code = unit.charCodeAt(0);
  return code > 0x20 && code < 0x7f && /[a-zA-Z0-9]/.test(unit) ? String.fromCharCode(code + 0xfee0) : unit;
});
const mathBold = perLetter((unit) => {
  const code = unit.codePointAt(0) ?? 0;
  if (code >= 0x61 && code <= 0x7a) return String.fromCodePoint(0x1d41a + code - 0x61);
  return code >= 0x41 && code <= 0x5a ? String.fromCodePoint(0x1d400 + code - 0x41) : unit;
});

/** Old placement puts the tone of oa, oe, uy on the first vowel's partner: hòa for hoà. */
const tonePlacement = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/(o)([\u0300\u0301\u0303\u0309\u0323])([ae])(?![\u0302\u0306])/giu, "$1$3$2")
    .replace(/([^q])(u)([\u0300\u0301\u0303\u0309\u0323])(y)/giu, "$1$2$4$3")
    .normalize("NFC");

const repeated = (text: string): string => text.replace(/([aeiouyăâêôơư])(?=[^\p{L}]|$)/giu, "$1$1$1");

/** Every class of content.md section 5, whole-text ones first, then those that touch the sensitive words only. */
export const disguises: Readonly<Record<string, Disguise>> = {
  "zero-width": perLetter((unit, next) =>
    letters.test(unit) && letters.test(next) ? `${unit}\u200b` : unit,
  ),
  "soft hyphen": perLetter((unit, next) =>
    letters.test(unit) && letters.test(next) ? `${unit}\u00ad` : unit,
  ),
  "Cyrillic look-alikes": outsidePlaceholders((part) =>
    [...part].map((unit) => cyrillic[unit] ?? unit).join(""),
  ),
  "full width": fullWidth,
  "mathematical bold": mathBold,
  NFD: (text) => text.normalize("NFD"),
  "inline tags": outsidePlaceholders((part) => part.replace(/(\p{L})(\p{L})(?=\p{L})/gu, "$1<b>$2</b>")),
  entities: outsidePlaceholders((part) =>
    [...part].map((unit) => (letters.test(unit) ? `&#${unit.codePointAt(0) ?? 0};` : unit)).join(""),
  ),
  "tone placement": tonePlacement,
  "no diacritics": (text) => bare(text),
  uppercase: outsidePlaceholders((part) => part.toUpperCase()),
  "repeated letters": outsidePlaceholders(repeated),
  teencode: outsidePlaceholders((part) =>
    chat.reduce((out, [pattern, to]) => out.replace(pattern, to), part),
  ),
  telex: outsidePlaceholders((part) =>
    part.replace(/[\p{L}\p{M}]+/gu, (word) => (bare(word) === word ? word : telexWord(word))),
  ),
  base64: (text) => `Xem: ${Buffer.from(text, "utf8").toString("base64")} nhe`,
  "whole text spaced": (text) =>
    text
      .split(/\s+/)
      .map((word) => [...word].join(" "))
      .join("   "),
  "whole text dotted": outsidePlaceholders((part) =>
    part.replace(/\p{L}{2,}/gu, (word) => [...word].join(".")),
  ),
  "terms spaced": perTerm(spread(" ")),
  "terms dotted": perTerm(spread(".")),
  "terms dashed": perTerm(spread("-")),
  "terms joined": perTerm((term) => term.replace(/\s+/g, "")),
  "terms leet": perTerm(leet),
  "terms leet, bare": perTerm((term) => leet(bare(term))),
  "terms masked be*nh": perTerm(masked),
  "terms masked b*nh": perTerm(starred),
};

export const disguiseSeed = seeded(11);
