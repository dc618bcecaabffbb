import { hashStart, hashStep } from "../reading-shape.ts";
import type { Vocabulary } from "./vocabulary.ts";

const wordMax = 14;
const unknownCost = 22;

export type Segmentation = {
  /** Ends of the words, ascending; the last one is the length. */
  readonly ends: readonly number[];
  /** Share of letters that stand in known words, 0 to 1. */
  readonly known: number;
};

/**
 * Cuts letters without spaces into known words, the cheapest way (Viterbi). Linear: no word is longer than 14 letters.
 */
export function segment(classes: readonly number[], vocabulary: Vocabulary): Segmentation {
  const size = classes.length;
  const best = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
  const back = new Int32Array(size + 1);
  const sure = new Uint8Array(size + 1);
  best[0] = 0;
  for (let from = 0; from < size; from++) {
    const base = best[from] ?? 0;
    if (base + unknownCost < (best[from + 1] ?? 0)) {
      best[from + 1] = base + unknownCost;
      back[from + 1] = from;
      sure[from + 1] = 0;
    }
    let hash = hashStart;
    for (let to = from + 1; to <= size && to - from <= wordMax; to++) {
      hash = hashStep(hash, classes[to - 1] ?? 0);
      const known = vocabulary.cost(hash);
      const bits =
        known > 0
          ? known + (to - from === 1 ? 12 : 2)
          : vocabulary.isSyllable(hash) && to - from > 1
            ? 19
            : 0;
      if (bits > 0 && base + bits < (best[to] ?? 0)) {
        best[to] = base + bits;
        back[to] = from;
        sure[to] = 1;
      }
    }
  }
  const ends: number[] = [];
  let unknown = 0;
  for (let at = size; at > 0; at = back[at] ?? 0) {
    ends.push(at);
    if (sure[at] === 0) unknown++;
  }
  return { ends: ends.reverse(), known: size === 0 ? 1 : 1 - unknown / size };
}
