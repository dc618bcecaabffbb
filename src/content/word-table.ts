import type { Reading } from "./reading-shape.ts";

/** Cost of a word in bits, 0 where it is not known as a word. */
export const costMask = 31;
/** What else is known of a folded word; its number among the words of terms stands above these bits. */
export const wordBits = {
  /** Built as Vietnamese syllables are. */
  syllable: 1 << 5,
  /** Stands in a sensitive term. */
  sensitive: 1 << 6,
  /** A form of address, after which a name may follow. */
  address: 1 << 7,
  surname: 1 << 8,
  english: 1 << 9,
  vietnamese: 1 << 10,
  /** A chat abbreviation. */
  chat: 1 << 11,
} as const;
export const termShift = 14;
const termWordsMax = (1 << (31 - termShift)) - 1;

/**
 * What the guard knows of folded words by their hash, in one 32-bit entry each: one look-up a word answers every
 * question. Entries are only added while a scanner is built.
 */
export type WordTable = {
  /** The entry of a word, 0 where nothing is known. */
  get(hash: number): number;
  mark(hash: number, bits: number): void;
  /** Keeps the lower of two costs. */
  price(hash: number, cost: number): void;
  /** The number of a word of terms, from 1; given at the first call. */
  number(hash: number): number;
  /** Looks every token of a reading up. */
  describe(reading: Reading): void;
};

export function createWordTable(): WordTable {
  let mask = (1 << 15) - 1;
  /** Hash and entry side by side, so that a look-up touches one line of the cache. */
  let cells = new Int32Array((mask + 1) * 2);
  let used = 0;
  let numbered = 0;

  const slotOf = (hash: number): number => {
    let slot = (hash ^ (hash >>> 13)) & mask;
    while (cells[slot * 2 + 1] !== 0 && cells[slot * 2] !== hash) slot = (slot + 1) & mask;
    return slot * 2;
  };
  const grow = (): void => {
    const old = cells;
    mask = mask * 2 + 1;
    cells = new Int32Array((mask + 1) * 2);
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      const slot = slotOf(old[i] ?? 0);
      cells[slot] = old[i] ?? 0;
      cells[slot + 1] = old[i + 1] ?? 0;
    }
  };
  const put = (hash: number, entry: number): void => {
    const slot = slotOf(hash);
    if (cells[slot + 1] === 0) used++;
    cells[slot] = hash;
    cells[slot + 1] = entry;
    if (used * 2 > mask) grow();
  };
  const get = (hash: number): number => cells[slotOf(hash) + 1] ?? 0;

  return {
    get,
    mark: (hash, bits) => {
      put(hash, get(hash) | bits);
    },
    price: (hash, cost) => {
      const entry = get(hash);
      const known = entry & costMask;
      if (known === 0 || cost < known) put(hash, (entry & ~costMask) | cost);
    },
    number: (hash) => {
      const entry = get(hash);
      if (entry >>> termShift !== 0) return entry >>> termShift;
      if (numbered === termWordsMax) throw new RangeError("too many words in the terms of the lexicon");
      numbered++;
      put(hash, entry | (numbered << termShift));
      return numbered;
    },
    describe: (reading) => {
      const { tokenHash, tokenWord, tokens } = reading;
      for (let i = 0; i < tokens; i++) {
        const hash = tokenHash[i] ?? 0;
        let slot = (hash ^ (hash >>> 13)) & mask;
        while (cells[slot * 2 + 1] !== 0 && cells[slot * 2] !== hash) slot = (slot + 1) & mask;
        tokenWord[i] = cells[slot * 2 + 1] ?? 0;
      }
    },
  };
}
