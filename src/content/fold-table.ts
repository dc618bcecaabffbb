/**
 * One 16-bit word for every UTF-16 code unit says how the guard reads it, so that folding is one look-up a unit.
 * Bits 0–5 class, 6–8 vowel mark, 9–11 tone, 12 upper case.
 */
export const letterA = 1;
export const digitZero = 27;
/** A letter of a script that the automaton does not read. */
export const otherLetter = 37;
export const separator = 0;
export const alphabetSize = 38;
/** Code units that leave no trace: zero-width, soft hyphen, variation selectors. */
export const ignorable = 63;
/** A combining mark: it changes the letter before it. */
export const combining = 62;
/** Half of a surrogate pair: the caller must look at the code point. */
export const surrogate = 61;

const marks: Readonly<Record<number, number>> = { 774: 1, 770: 2, 795: 3, 776: 5, 807: 6, 778: 6, 780: 6 };
const tones: Readonly<Record<number, number>> = { 768: 1, 832: 1, 769: 2, 833: 2, 771: 3, 777: 4, 803: 5 };

/** Look-alikes of Latin letters in other scripts; our own list, by the shape and not by the sound. */
const lookAlikes: readonly (readonly [string, string])[] = [
  ["авеёкмнорстухіїјѕԁԛԝһӏԍґпгзьч", "abeekmhopctyxiijsdqwhlgrnr3bh"],
  ["АВЕЁКМНОРСТУХІЇЈЅԚԜҺӀԌ", "ABEEKMHOPCTYXIIJSQWHIG"],
  ["αβεηικνορτυχωγ", "abenikvoptuxwy"],
  ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"],
  ["օսհոցզտ", "ouhngqs"],
  ["ɑɡıſɩʟɴʀʜᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢɪʏɢʙⅼⅰⅴⅹⅽⅾⅿ", "agisilnrhacdejkmoptuvwziygblivxcdm"],
  ["ℓℎℯℊℴ", "lhego"],
];

const ignorableRanges: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfff8],
];

const latinClass = (code: number): number => {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + letterA;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + digitZero;
  return -1;
};

/** The table entry of one code point; astral ones are asked for one by one. */
export function foldCodePoint(codePoint: number, alias: ReadonlyMap<number, number>): number {
  const seen = alias.get(codePoint);
  const text = String.fromCodePoint(seen ?? codePoint);
  if (text === "đ" || text === "Đ") return 4 | (4 << 6) | (text === "Đ" ? 1 << 12 : 0);
  // Styled capitals (mathematical bold and the like) have no lower case of their own until they are decomposed.
  const decomposed = text.normalize("NFKD");
  const parts = decomposed.toLowerCase();
  const upper = parts === decomposed ? 0 : 1 << 12;
  const first = latinClass(parts.codePointAt(0) ?? 0);
  if (first < 0) return /\p{L}|\p{N}/u.test(text) ? otherLetter | upper : separator;
  let mark = 0;
  let tone = 0;
  for (let i = 1; i < parts.length; i++) {
    const code = parts.charCodeAt(i);
    mark = marks[code] ?? mark;
    tone = tones[code] ?? tone;
  }
  return first | (mark << 6) | (tone << 9) | upper;
}

/** Look-alike code points to the Latin ones that they imitate. */
export function lookAlikeMap(): ReadonlyMap<number, number> {
  const map = new Map<number, number>();
  for (const [from, to] of lookAlikes) {
    const target = Array.from(to);
    Array.from(from).forEach((letter, i) => {
      map.set(letter.codePointAt(0) ?? 0, (target[i] ?? "a").codePointAt(0) ?? 0);
    });
  }
  // Squared, circled and regional letters are drawn as letters and not decomposed by NFKD.
  for (let i = 0; i < 26; i++) for (const base of [0x1f130, 0x1f150, 0x1f170]) map.set(base + i, 0x41 + i);
  return map;
}

/** Builds the table for the basic plane. */
export function createFoldTable(alias: ReadonlyMap<number, number>): Uint16Array {
  const table = new Uint16Array(0x10000);
  const fill = (from: number, to: number): void => {
    for (let code = from; code <= to; code++) table[code] = foldCodePoint(code, alias);
  };
  fill(0x30, 0x24f);
  fill(0x1d00, 0x1dbf);
  fill(0x1e00, 0x1eff);
  fill(0x2070, 0x209f);
  fill(0x2100, 0x218f);
  fill(0x2460, 0x24ff);
  fill(0xff10, 0xff5e);
  table.fill(otherLetter, 0x250, 0x300);
  table.fill(otherLetter, 0x370, 0x1cff);
  table.fill(otherLetter, 0x1f00, 0x2000);
  table.fill(otherLetter, 0x2c00, 0x2e00);
  table.fill(otherLetter, 0x3041, 0xd800);
  table.fill(otherLetter, 0xf900, 0xfe00);
  table.fill(otherLetter, 0xff66, 0xffdd);
  for (const code of alias.keys()) if (code < 0x10000) table[code] = foldCodePoint(code, alias);
  table.fill(combining, 0x300, 0x370);
  for (const [code, mark] of Object.entries(marks)) table[Number(code)] = combining | (mark << 6);
  for (const [code, tone] of Object.entries(tones)) table[Number(code)] = combining | (tone << 9);
  table.fill(combining, 0x1ab0, 0x1b00);
  table.fill(combining, 0x20d0, 0x2100);
  for (const [from, to] of ignorableRanges) table.fill(ignorable, from, to + 1);
  table.fill(surrogate, 0xd800, 0xe000);
  return table;
}
