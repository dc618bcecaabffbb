import { digitZero, otherLetter, separator } from "./fold-table.ts";
import { hashStart, hashStep, type Reading, suspicions, tokenFlag } from "./reading-shape.ts";

/** A full stop ends a sentence unless it stands in a number, an address or after an abbreviation. */
export function endsSentence(reading: Reading, next: number): boolean {
  if (!(next === 0x20 || next === 0x0a || next === 0x0d || next === 0x09 || Number.isNaN(next))) return false;
  const last = reading.tokens - 1;
  if (last < 0) return false;
  const size = (reading.tokenTo[last] ?? 0) - (reading.tokenFrom[last] ?? 0);
  return size > 2 || ((reading.tokenFlags[last] ?? 0) & tokenFlag.upperInitial) === 0;
}

/** Closes the syllable that ends here: its hashes, its flags and what is suspicious about it. */
export function closeToken(reading: Reading, uppers: number, letters: number): void {
  const to = reading.length;
  let from = to - 1;
  while (reading.classes[from - 1] !== separator) from--;
  let hash = hashStart;
  let accent = 0;
  let tone = 0;
  let digits = 0;
  let switches = 0;
  for (let i = from; i < to; i++) {
    const symbol = reading.classes[i] ?? 0;
    const mark = reading.marks[i] ?? 0;
    hash = hashStep(hash, symbol);
    accent = (Math.imul(accent, 7) + (mark & 7)) | 0;
    if (mark >> 3 !== 0) tone = mark >> 3;
    const digit = symbol >= digitZero && symbol !== otherLetter;
    if (digit) digits++;
    if (i > from && digit !== (reading.classes[i - 1] ?? 0) >= digitZero) switches++;
  }
  const index = reading.tokens;
  reading.tokenFrom[index] = from;
  reading.tokenTo[index] = to;
  reading.tokenHash[index] = hash;
  reading.tokenAccent[index] = accent === 0 && tone === 0 ? 0 : (Math.imul(accent, 8) + tone) | 0 || 1;
  const all = uppers === letters && uppers > 1 ? tokenFlag.allUpper : 0;
  const kind = digits === to - from ? tokenFlag.digits : digits > 0 ? tokenFlag.mixed : 0;
  reading.tokenFlags[index] = (uppers > 0 ? tokenFlag.upperInitial : 0) | all | kind;
  reading.tokenSentence[index] = reading.sentences - 1;
  if (
    switches > 1 ||
    (digits > 0 && digits < 3 && switches === 1 && (reading.classes[from] ?? 0) < digitZero)
  )
    reading.suspicion |= suspicions.leet;
  reading.tokens = index + 1;
}

/** Tells accented text and runs of single letters. */
export function judge(reading: Reading): void {
  let words = 0;
  let accented = 0;
  let run = 0;
  for (let i = 0; i < reading.tokens; i++) {
    const size = (reading.tokenTo[i] ?? 0) - (reading.tokenFrom[i] ?? 0);
    if (((reading.tokenFlags[i] ?? 0) & tokenFlag.digits) === 0 && size > 1) words++;
    if (reading.tokenAccent[i] !== 0) accented++;
    run = size === 1 ? run + 1 : 0;
    if (run === 3) reading.suspicion |= suspicions.single;
  }
  reading.accented = accented * 5 > words;
}
