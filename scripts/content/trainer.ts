import type { ContentData } from "../../src/content/content-data.ts";
import { featureBits } from "../../src/content/features.ts";
import { columns, type ModelText } from "../../src/content/model.ts";
import { createScanner, type Scanner } from "../../src/content/scan.ts";
import { categories } from "../../src/domain/finding.ts";
import type { Line } from "./corpus.ts";

export const emptyModel: ModelText = {
  buckets: "",
  rows: "",
  scales: new Array<number>(columns).fill(0),
  reviewFrom: 1e9,
  blockFrom: 1e9,
};

export type Example = { ids: Int32Array; values: Float32Array; line: Line; weight: number };

/** Deterministic generator (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const bare = (text: string): string =>
  text.replace(/đ/g, "d").replace(/Đ/g, "D").normalize("NFD").replace(/\p{M}/gu, "");

/** Reads each line as it stands and, where it is accented, once more without its accents. */
export function featurise(scanner: Scanner, lines: readonly Line[], augment = true): Example[] {
  const out: Example[] = [];
  const add = (line: Line, text: string, weight: number): void => {
    const { vector } = scanner.examine(text, { channel: line.channel });
    out.push({
      ids: vector.ids.slice(0, vector.length),
      values: vector.values.slice(0, vector.length),
      line,
      weight,
    });
  };
  for (const line of lines) {
    add(line, line.text, 1);
    const stripped = bare(line.text);
    if (augment && stripped !== line.text) add(line, stripped, 0.5);
    if (augment && line.channel !== "field" && !/[{<]/.test(line.text))
      add(line, line.text.toUpperCase(), 0.25);
  }
  return out;
}

export type Settings = {
  epochs: number;
  rate: number;
  l2: number;
  minimum: number;
  reviewWeight: number;
  blend: number;
  /** Share of features that an example hides from a step, so that no single word is leant on. */
  dropout: number;
};
export const defaults: Settings = {
  epochs: 8,
  rate: 0.5,
  l2: 2e-5,
  minimum: 1,
  reviewWeight: 0.6,
  blend: 0.5,
  dropout: 0.3,
};

/** The targets of one column: 1, 0, or -1 for "does not count". */
function target(line: Line, column: number): number {
  if (column === 0) return line.label === "pass" ? 0 : 1;
  if (column === 1) return line.label === "block" ? 1 : 0;
  if (line.label === "pass") return -1;
  return line.categories.includes(categories[column - 2] ?? "health") ? 1 : 0;
}

export type Weights = { values: Float64Array; kept: Int32Array };

/** Logistic regression, one column after the other, by AdaGrad in a fixed order of examples. */
export function trainWeights(
  examples: readonly Example[],
  settings: Settings = defaults,
  onlyVerdict = false,
): Weights {
  const size = 1 << featureBits;
  const counts = new Int32Array(size);
  for (const example of examples)
    if (example.weight === 1) for (const id of example.ids) counts[id] = (counts[id] ?? 0) + 1;
  const slot = new Int32Array(size).fill(-1);
  const kept: number[] = [];
  for (let id = 0; id < size; id++)
    if ((counts[id] ?? 0) >= settings.minimum) {
      slot[id] = kept.length;
      kept.push(id);
    }
  const packed = examples.map((example) => {
    const ids: number[] = [];
    const values: number[] = [];
    example.ids.forEach((id, i) => {
      const at = slot[id] ?? -1;
      if (at >= 0) {
        ids.push(at);
        values.push(example.values[i] ?? 0);
      }
    });
    return {
      ids: Int32Array.from(ids),
      values: Float32Array.from(values),
      line: example.line,
      weight: example.weight,
    };
  });
  const values = new Float64Array(kept.length * columns);
  for (let column = 0; column < (onlyVerdict ? 2 : columns); column++) {
    const epochs = column < 2 ? settings.epochs : Math.ceil(settings.epochs / 3);
    trainColumn(packed, column, values, kept.length, { ...settings, epochs });
  }
  return { values, kept: Int32Array.from(kept) };
}

function trainColumn(
  examples: readonly Example[],
  column: number,
  out: Float64Array,
  size: number,
  settings: Settings,
): void {
  const ratio = evidence(examples, column, size, settings.blend);
  const weights = new Float64Array(size);
  const squares = new Float64Array(size).fill(1e-3);
  const random = seeded(1009 + column);
  const order = examples.map((_, i) => i);
  const hidden = new Float64Array(6000);
  const mean = new Float64Array(size);
  let means = 0;
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      const held = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = held;
    }
    for (const index of order) {
      const example = examples[index];
      if (example === undefined) continue;
      const wanted = target(example.line, column);
      if (wanted < 0) continue;
      const { ids, values } = example;
      let sum = 0;
      const gain = 1 / (1 - settings.dropout);
      for (let i = 0; i < ids.length; i++)
        hidden[i] = settings.dropout > 0 && random() < settings.dropout ? 0 : gain;
      for (let i = 0; i < ids.length; i++)
        sum += (hidden[i] ?? 0) * (weights[ids[i] ?? 0] ?? 0) * (values[i] ?? 0) * (ratio[ids[i] ?? 0] ?? 0);
      const importance =
        example.weight * (column === 0 && example.line.label === "review" ? settings.reviewWeight : 1);
      const error = (1 / (1 + Math.exp(-sum)) - wanted) * importance;
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i] ?? 0;
        if (hidden[i] === 0) continue;
        const gradient =
          error * gain * (values[i] ?? 0) * (ratio[id] ?? 0) + settings.l2 * (weights[id] ?? 0);
        squares[id] = (squares[id] ?? 0) + gradient * gradient;
        weights[id] = (weights[id] ?? 0) - (settings.rate * gradient) / Math.sqrt(squares[id] ?? 1);
      }
    }
    if (epoch * 2 < settings.epochs) continue;
    means++;
    for (let id = 0; id < size; id++)
      mean[id] = (mean[id] ?? 0) + ((weights[id] ?? 0) - (mean[id] ?? 0)) / means;
  }
  for (let id = 0; id < size; id++) out[id * columns + column] = (mean[id] ?? 0) * (ratio[id] ?? 0);
}

/** How far each feature tells the two sides apart (log ratio of smoothed counts), blended with one. */
function evidence(examples: readonly Example[], column: number, size: number, blend: number): Float64Array {
  const sides = [new Float64Array(size).fill(1), new Float64Array(size).fill(1)];
  const totals = [2, 2];
  for (const example of examples) {
    const wanted = target(example.line, column);
    const side = sides[wanted];
    if (side === undefined) continue;
    totals[wanted] = (totals[wanted] ?? 0) + example.weight;
    for (const id of example.ids) side[id] = (side[id] ?? 0) + example.weight;
  }
  const [no = new Float64Array(size), yes = new Float64Array(size)] = sides;
  return Float64Array.from(yes, (count, id) => {
    const log = Math.abs(Math.log(count / (totals[1] ?? 1) / ((no[id] ?? 1) / (totals[0] ?? 1))));
    return 1 - blend + blend * Math.min(log, 3);
  });
}

const rowsMax = 24_000;

/** Rounds to int8 per column and drops rows that become zero. */
export function packWeights(weights: Weights, reviewFrom: number, blockFrom: number): ModelText {
  const scales = new Array<number>(columns).fill(0);
  for (let i = 0; i < weights.values.length; i++) {
    const column = i % columns;
    scales[column] = Math.max(scales[column] ?? 0, Math.abs(weights.values[i] ?? 0));
  }
  const step = scales.map((scale) => Math.fround(scale / 127) || 1);
  const buckets: number[] = [];
  const rows: number[] = [];
  const strength = Float64Array.from(weights.kept, (_, row) =>
    Math.max(
      Math.abs(weights.values[row * columns] ?? 0) / (scales[0] || 1),
      Math.abs(weights.values[row * columns + 1] ?? 0) / (scales[1] || 1),
    ),
  );
  const edge = Float64Array.from(strength).sort().at(-rowsMax) ?? 0;
  weights.kept.forEach((bucket, row) => {
    if ((strength[row] ?? 0) < edge) return;
    const line = step.map((size, column) => Math.round((weights.values[row * columns + column] ?? 0) / size));
    if (line.every((value) => value === 0)) return;
    buckets.push(bucket & 255, (bucket >> 8) & 255, (bucket >> 16) & 255);
    rows.push(...line);
  });
  return {
    buckets: Buffer.from(buckets).toString("base64"),
    rows: Buffer.from(Int8Array.from(rows).buffer).toString("base64"),
    scales: step,
    reviewFrom,
    blockFrom,
  };
}

export type Scored = { readonly line: Line; readonly sensitive: number; readonly blocked: number };

/** Scores of held-out lines, for calibration. */
export function scoreLines(scanner: Scanner, lines: readonly Line[]): Scored[] {
  return lines.map((line) => {
    const { scores } = scanner.examine(line.text, { channel: line.channel });
    return { line, sensitive: scores[0] ?? 0, blocked: scores[1] ?? 0 };
  });
}

/** The lowest threshold that lets at most `share` of the ordinary lines through it. */
export function threshold(scored: readonly Scored[], share: number, pick: (item: Scored) => number): number {
  const ordinary = scored
    .filter((item) => item.line.label === "pass")
    .map(pick)
    .sort((a, b) => b - a);
  const allowed = Math.floor(ordinary.length * share);
  const edge = ordinary[allowed] ?? 0;
  return edge + 1e-6;
}

export type Calibration = { reviewShare: number; blockShare: number; folds: number };
export const calibration: Calibration = { reviewShare: 0.026, blockShare: 0.0013, folds: 4 };

/** Trains on `lines`; thresholds come from folds of the same lines that each fold's model did not see. */
export function trainModel(
  base: Omit<ContentData, "model" | "digest">,
  lines: readonly Line[],
  settings: Settings = defaults,
): ModelText {
  const plain = createScanner({ ...base, model: emptyModel, digest: "" });
  const examples = featurise(plain, lines);
  const random = seeded(7);
  const foldOf = new Map(lines.map((line) => [line.id, Math.floor(random() * calibration.folds)]));
  const scored: Scored[] = [];
  for (let fold = 0; fold < calibration.folds; fold++) {
    const weights = trainWeights(
      examples.filter((example) => foldOf.get(example.line.id) !== fold),
      settings,
      true,
    );
    const scanner = createScanner({ ...base, model: packWeights(weights, 0, 0), digest: "" });
    scored.push(
      ...scoreLines(
        scanner,
        lines.filter((line) => foldOf.get(line.id) === fold),
      ),
    );
  }
  const reviewFrom = threshold(scored, calibration.reviewShare, (item) => item.sensitive);
  const blockFrom = threshold(scored, calibration.blockShare, (item) => item.blocked);
  return packWeights(trainWeights(examples, settings), reviewFrom, blockFrom);
}
