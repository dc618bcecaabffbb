import { foldTerm, hashSyllable } from "../lexicon.ts";
import { hashStart, hashStep } from "../reading-shape.ts";
import { costMask, type WordTable, wordBits } from "../word-table.ts";

/** Lines "cost<TAB>word|word": folded words by how rare they are (bits, rounded). */
export type WordText = string;

export type Vocabulary = {
  /** Cost in bits of a folded word by its hash; 0 where it is unknown. */
  cost(hash: number): number;
  /** Whether a folded syllable is built as Vietnamese ones are. */
  isSyllable(hash: number): boolean;
  /** Whether the word stands in a sensitive term. */
  isSensitive(hash: number): boolean;
};

const onsets = "b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split(" ");
const rimes =
  "a ac ach ai am an ang anh ao ap at au ay e ec em en eng eo ep et i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong oong op ot u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen uyet uyn uynh uyt uyu y yem yen yet yeu".split(
    " ",
  );

/** Adds the known words, the words of the lexicon and every possible Vietnamese syllable to a word table. */
export function addVocabulary(words: WordTable, text: WordText, lexicon: string, table: Uint16Array): void {
  const hashOf = (word: string): number => hashSyllable(foldTerm(word, table).symbols);
  for (const line of text.split("\n")) {
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const cost = Number(line.slice(0, tab));
    for (const word of line.slice(tab + 1).split("|")) words.price(hashOf(word), cost);
  }
  for (const line of lexicon.split("\n")) {
    if (/^(cue|fact|ask|allow)\./.test(line)) continue;
    for (const word of line.slice(line.indexOf("\t") + 1).split(/[^\p{L}\p{N}]+/u))
      if (word.length > 1) words.mark(hashOf(word), wordBits.sensitive);
  }
  for (const word of new Set(lexicon.split(/[^\p{L}\p{N}]+/u)))
    if (word.length > 1) words.price(hashOf(word), 15);
  for (const onset of ["", ...onsets])
    for (const rime of rimes) words.mark(hashOf(onset + rime), wordBits.syllable);
}

/** The questions of the views, answered from a word table. */
export function createVocabulary(words: WordTable): Vocabulary {
  return {
    cost: (hash) => words.get(hash) & costMask,
    isSyllable: (hash) => (words.get(hash) & wordBits.syllable) !== 0,
    isSensitive: (hash) => (words.get(hash) & wordBits.sensitive) !== 0,
  };
}

/** The hash of classes[from, to), as a reader gives it to a token. */
export function hashOfClasses(classes: ArrayLike<number>, from: number, to: number): number {
  let hash = hashStart;
  for (let i = from; i < to; i++) hash = hashStep(hash, classes[i] ?? 0);
  return hash;
}
