import { categories } from "../domain/finding.ts";
import { type FeatureVector, featureBits, featuresMax } from "./features.ts";

/** Columns of the learned layer: something sensitive, something to block, then one for each category. */
export const columns = 2 + categories.length;

/** Weights as they are shipped: rows of int8 for the buckets that training kept. */
export type ModelText = {
  /** Base64 of little-endian uint24 bucket numbers, ascending. */
  readonly buckets: string;
  /** Base64 of int8 rows, `columns` a row. */
  readonly rows: string;
  readonly scales: readonly number[];
  /** Scores from which a text is reviewed or blocked. */
  readonly reviewFrom: number;
  readonly blockFrom: number;
};

export type Model = {
  /** The first two columns: something sensitive, something to block. */
  score(vector: FeatureVector, out: Float64Array): void;
  /** The columns of the categories, which only a finding needs. */
  scoreCategories(vector: FeatureVector, out: Float64Array): void;
  readonly reviewFrom: number;
  readonly blockFrom: number;
};

/** Unpacks the weights column by column, so that each sum reads few bytes. */
export function loadModel(text: ModelText): Model {
  const buckets = bytesOf(text.buckets);
  const rows = new Int8Array(bytesOf(text.rows));
  const count = Math.floor(buckets.length / 3);
  // Which buckets have weights, and how many have before each word of bits: a row's number without a table of all buckets.
  const present = new Int32Array(1 << (featureBits - 5));
  const rank = new Uint16Array(1 << (featureBits - 5));
  const [sensitive = new Int8Array(0), blocked = new Int8Array(0), ...perCategory] = Array.from(
    { length: columns },
    (_, column) => Int8Array.from({ length: count }, (_, row) => rows[row * columns + column] ?? 0),
  );
  for (let i = 0; i < count; i++) {
    const bucket =
      (buckets[i * 3] ?? 0) | ((buckets[i * 3 + 1] ?? 0) << 8) | ((buckets[i * 3 + 2] ?? 0) << 16);
    present[bucket >>> 5] = (present[bucket >>> 5] ?? 0) | (1 << (bucket & 31));
  }
  for (let i = 1; i < rank.length; i++) rank[i] = (rank[i - 1] ?? 0) + ones(present[i - 1] ?? 0);
  /** The row of a bucket, -1 where training kept none. */
  const rowOf = (bucket: number): number => {
    const bits = present[bucket >>> 5] ?? 0;
    const bit = 1 << (bucket & 31);
    return (bits & bit) === 0 ? -1 : (rank[bucket >>> 5] ?? 0) + ones(bits & (bit - 1));
  };
  const score = (vector: FeatureVector, out: Float64Array): void => {
    const { ids, values, length } = vector;
    let one = 0;
    let two = 0;
    for (let i = 0; i < length; i++) {
      const row = rowOf(ids[i] ?? 0);
      if (row < 0) continue;
      const value = values[i] ?? 0;
      one += value * (sensitive[row] ?? 0);
      two += value * (blocked[row] ?? 0);
    }
    out[0] = one * (text.scales[0] ?? 0);
    out[1] = two * (text.scales[1] ?? 0);
  };
  const rowsHit = new Int32Array(featuresMax);
  const valuesHit = new Float64Array(featuresMax);
  const scoreCategories = (vector: FeatureVector, out: Float64Array): void => {
    const { ids, values, length } = vector;
    let hits = 0;
    for (let i = 0; i < length; i++) {
      const row = rowOf(ids[i] ?? 0);
      if (row < 0) continue;
      rowsHit[hits] = row;
      valuesHit[hits++] = values[i] ?? 0;
    }
    perCategory.forEach((weights, category) => {
      let sum = 0;
      for (let i = 0; i < hits; i++) sum += (valuesHit[i] ?? 0) * (weights[rowsHit[i] ?? 0] ?? 0);
      out[2 + category] = sum * (text.scales[2 + category] ?? 0);
    });
  };
  return { score, scoreCategories, reviewFrom: text.reviewFrom, blockFrom: text.blockFrom };
}

/** How many bits of a 32-bit word are set. */
function ones(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Decodes base64 without Buffer, which the pure folders do not use. */
export function bytesOf(base64: string): Uint8Array {
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values[digits.charCodeAt(i)] = i;
  const end = base64.indexOf("=");
  const length = end < 0 ? base64.length : end;
  const out = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    bits = ((bits << 6) | (values[base64.charCodeAt(i) & 127] ?? 0)) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[at++] = (bits >> held) & 255;
    }
  }
  return out;
}
