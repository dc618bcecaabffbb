import { categories } from "../domain/finding.ts";
import { type FeatureVector, featureBits } from "./features.ts";

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

/** Unpacks the weights: the verdict's apart from the categories', so that most texts touch few bytes. */
export function loadModel(text: ModelText): Model {
  const buckets = bytesOf(text.buckets);
  const rows = new Int8Array(bytesOf(text.rows));
  const count = Math.floor(buckets.length / 3);
  const rowOf = new Int16Array(1 << featureBits).fill(-1);
  const sensitive = new Int8Array(count);
  const blocked = new Int8Array(count);
  for (let i = 0; i < count; i++) {
    const bucket =
      (buckets[i * 3] ?? 0) | ((buckets[i * 3 + 1] ?? 0) << 8) | ((buckets[i * 3 + 2] ?? 0) << 16);
    rowOf[bucket] = i;
    sensitive[i] = rows[i * columns] ?? 0;
    blocked[i] = rows[i * columns + 1] ?? 0;
  }
  const score = (vector: FeatureVector, out: Float64Array): void => {
    const { ids, values, length } = vector;
    let one = 0;
    let two = 0;
    for (let i = 0; i < length; i++) {
      const row = rowOf[ids[i] ?? 0] ?? -1;
      if (row < 0) continue;
      const value = values[i] ?? 0;
      one += value * (sensitive[row] ?? 0);
      two += value * (blocked[row] ?? 0);
    }
    out[0] = one * (text.scales[0] ?? 0);
    out[1] = two * (text.scales[1] ?? 0);
  };
  const scoreCategories = (vector: FeatureVector, out: Float64Array): void => {
    out.fill(0, 2);
    for (let i = 0; i < vector.length; i++) {
      const row = rowOf[vector.ids[i] ?? 0] ?? -1;
      if (row < 0) continue;
      const value = vector.values[i] ?? 0;
      for (let column = 2; column < columns; column++)
        out[column] = (out[column] ?? 0) + value * (rows[row * columns + column] ?? 0);
    }
    for (let column = 2; column < columns; column++)
      out[column] = (out[column] ?? 0) * (text.scales[column] ?? 0);
  };
  return { score, scoreCategories, reviewFrom: text.reviewFrom, blockFrom: text.blockFrom };
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
