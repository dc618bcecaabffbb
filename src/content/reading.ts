import { closeToken, endsSentence, judge } from "./close-token.ts";
import { decodeEntity, readTag } from "./entities.ts";
import {
  combining,
  createFoldTable,
  digitZero,
  foldCodePoint,
  ignorable,
  lookAlikeMap,
  otherLetter,
  separator,
  surrogate,
} from "./fold-table.ts";
import { type Reading, suspicions } from "./reading-shape.ts";

export const readingUnitsMax = 2400;
const room = readingUnitsMax * 4 + 64;

export type Reader = {
  readonly table: Uint16Array;
  /** Reads text[from, to); at most `readingUnitsMax` units. */
  read(text: string, from: number, to: number): Reading;
  /** Starts, feeds and closes a reading by hand: for texts that were rewritten. */
  begin(): Reading;
  put(reading: Reading, word: number, start: number, end: number): void;
  gap(reading: Reading, at: number): void;
  breakSentence(reading: Reading): void;
  finish(reading: Reading): void;
};

const emptyReading = (): Reading => ({
  length: 0,
  classes: new Uint8Array(room),
  marks: new Uint8Array(room),
  starts: new Int32Array(room),
  ends: new Int32Array(room),
  tokens: 0,
  tokenFrom: new Int32Array(room),
  tokenTo: new Int32Array(room),
  tokenHash: new Int32Array(room),
  tokenWord: new Int32Array(room),
  tokenAccent: new Int32Array(room),
  tokenFlags: new Uint8Array(room),
  tokenSentence: new Uint16Array(room),
  sentences: 1,
  accented: false,
  suspicion: 0,
});

/** Bits of a mask character between two letters. */
const maskUnits = new Set(Array.from("*#•·●×_~^|+=°§¤@$!").map((unit) => unit.charCodeAt(0)));
const sentenceEnds = new Set(Array.from("!?;…\n。！？").map((unit) => unit.charCodeAt(0)));

export function createReader(): Reader {
  const alias = lookAlikeMap();
  const table = createFoldTable(alias);
  const one = emptyReading();
  const two = emptyReading();
  let upperOf = 0;
  let lettersOf = 0;

  const begin = (reading: Reading): Reading => {
    reading.length = 1;
    reading.classes[0] = separator;
    reading.tokens = 0;
    reading.sentences = 1;
    reading.suspicion = 0;
    upperOf = 0;
    lettersOf = 0;
    return reading;
  };

  const put = (reading: Reading, word: number, start: number, end: number): void => {
    const symbol = word & 63;
    let n = reading.length;
    if (
      symbol < digitZero &&
      n >= 3 &&
      reading.classes[n - 1] === symbol &&
      reading.classes[n - 2] === symbol
    ) {
      // A run of three or more equal letters is one letter, however long it is.
      n = --reading.length;
      reading.ends[n - 1] = end;
      if (word >> 6 !== 0) reading.marks[n - 1] = (word >> 6) & 63;
      collapsed = symbol;
      return;
    }
    if (symbol === collapsed && reading.classes[n - 1] === symbol) {
      reading.ends[n - 1] = end;
      return;
    }
    collapsed = -1;
    if (n + 2 >= room) return;
    if (reading.classes[n - 1] === separator) upperOf = lettersOf = 0;
    if ((word & (1 << 12)) !== 0) {
      if (lettersOf === 0) upperOf = 1;
      else if (upperOf === lettersOf) upperOf++;
    }
    lettersOf++;
    reading.classes[n] = symbol;
    reading.marks[n] = (word >> 6) & 63;
    reading.starts[n] = start;
    reading.ends[n] = end;
    reading.length = n + 1;
  };
  let collapsed = -1;

  const gap = (reading: Reading, at: number): void => {
    const n = reading.length;
    collapsed = -1;
    if (reading.classes[n - 1] === separator || n + 1 >= room) return;
    closeToken(reading, upperOf, lettersOf);
    reading.classes[n] = separator;
    reading.marks[n] = 0;
    reading.starts[n] = at;
    reading.ends[n] = at + 1;
    reading.length = n + 1;
  };

  const finish = (reading: Reading): void => {
    gap(reading, reading.length > 1 ? (reading.ends[reading.length - 1] ?? 0) : 0);
    judge(reading);
  };

  const breakSentence = (reading: Reading): void => {
    if (reading.tokens > 0 && reading.tokenSentence[reading.tokens - 1] === reading.sentences - 1)
      reading.sentences++;
  };

  const isLetter = (unit: number): boolean => {
    const symbol = (table[unit] ?? 0) & 63;
    return symbol > 0 && symbol < digitZero;
  };

  const astral = (reading: Reading, codePoint: number, start: number, end: number): void => {
    const styled =
      (codePoint >= 0x1d400 && codePoint <= 0x1d7ff) || (codePoint >= 0x1f100 && codePoint <= 0x1f1ff);
    const word = styled ? foldCodePoint(codePoint, alias) : separator;
    if ((word & 63) === separator) gap(reading, start);
    else put(reading, word, start, end);
  };

  const special = (reading: Reading, text: string, i: number, to: number): number => {
    const unit = text.charCodeAt(i);
    if (unit === 0x26) {
      const entity = decodeEntity(text, i, to);
      if (entity !== null) {
        putCodePoint(reading, entity.codePoint, i, entity.end);
        return entity.end;
      }
    }
    if (unit === 0x3c) {
      const tag = readTag(text, i, to);
      if (tag !== null) {
        if (tag.kind === "block") {
          gap(reading, i);
          breakSentence(reading);
        }
        return tag.end;
      }
    }
    return i;
  };

  const putCodePoint = (reading: Reading, codePoint: number, start: number, end: number): void => {
    if (codePoint > 0xffff) {
      astral(reading, codePoint, start, end);
      return;
    }
    const word = table[codePoint] ?? 0;
    const symbol = word & 63;
    if (symbol === ignorable) return;
    if (symbol === combining) {
      const last = reading.length - 1;
      if (reading.classes[last] === separator) return;
      reading.marks[last] = (reading.marks[last] ?? 0) | ((word >> 6) & 63);
      reading.ends[last] = end;
    } else if (symbol === separator) gap(reading, start);
    else put(reading, word, start, end);
  };

  const read = (text: string, from: number, to: number): Reading => {
    const reading = begin(one);
    let i = from;
    while (i < to) {
      const unit = text.charCodeAt(i);
      const word = table[unit] ?? 0;
      const symbol = word & 63;
      if (symbol > separator && symbol <= otherLetter) {
        put(reading, word, i, i + 1);
        i++;
        continue;
      }
      if (unit === 0x26 || unit === 0x3c) {
        const next = special(reading, text, i, to);
        if (next > i) {
          i = next;
          continue;
        }
      }
      if (symbol === surrogate) {
        const codePoint = text.codePointAt(i) ?? 0;
        const size = codePoint > 0xffff ? 2 : 1;
        astral(reading, codePoint, i, i + size);
        i += size;
        continue;
      }
      if (symbol !== separator) {
        putCodePoint(reading, unit, i, i + 1);
        i++;
        continue;
      }
      if (unit !== 0x20 && i > from && i + 1 < to && maskUnits.has(unit) && isLetter(text.charCodeAt(i - 1)))
        if (isLetter(text.charCodeAt(i + 1)) || maskUnits.has(text.charCodeAt(i + 1)))
          reading.suspicion |= suspicions.mask;
      gap(reading, i);
      if (sentenceEnds.has(unit)) breakSentence(reading);
      else if (unit === 0x2e && endsSentence(reading, text.charCodeAt(i + 1))) breakSentence(reading);
      i++;
    }
    finish(reading);
    return reading;
  };

  return { table, read, begin: () => begin(two), put, gap, breakSentence, finish };
}
