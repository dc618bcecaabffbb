/**
 * A piece of text as the guard reads it: a stream of folded classes in which every syllable stands between two single
 * separators, and the syllables with what folding took from them. The arrays belong to the reader and are
 * overwritten by its next reading; only the first `length` and `tokens` entries count.
 */
export type Reading = {
  length: number;
  classes: Uint8Array;
  /** Vowel mark in bits 0–2, tone in bits 3–5. */
  marks: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  tokens: number;
  tokenFrom: Int32Array;
  tokenTo: Int32Array;
  /** Hash of the folded syllable. */
  tokenHash: Int32Array;
  /** What the word table knows of it. */
  tokenWord: Int32Array;
  /** Hash of its marks and tone wherever the tone stands; 0 for a bare syllable. */
  tokenAccent: Int32Array;
  tokenFlags: Uint8Array;
  tokenSentence: Uint16Array;
  sentences: number;
  accented: boolean;
  /** What made the text suspicious, see `suspicions`. */
  suspicion: number;
};

export const tokenFlag = {
  upperInitial: 1,
  allUpper: 2,
  digits: 4,
  mixed: 8,
  revealed: 16,
  glued: 32,
} as const;
export const suspicions = { single: 1, mask: 2, leet: 4, other: 8 } as const;

/** FNV-1a over classes, kept in 32 bits. */
export const hashStep = (hash: number, value: number): number => Math.imul(hash ^ value, 0x01000193);
export const hashStart = 0x811c9dc5 | 0;
