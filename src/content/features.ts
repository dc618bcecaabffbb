import type { Hit } from "./lexicon.ts";
import { hashStart, hashStep, type Reading, tokenFlag } from "./reading-shape.ts";

/** Buckets of the hashed feature space. */
export const featureBits = 18;
const featureMask = (1 << featureBits) - 1;
/** Features of one text; further ones do not count. */
export const featuresMax = 6000;

/** A sparse vector; arrays belong to the extractor and are overwritten by its next call. */
export type FeatureVector = { length: number; ids: Int32Array; values: Float32Array };

export type Extractor = {
  /**
   * `channel`: 0 unknown, 1 sms, 2 zns, 3 viber, 4 page, 5 field. `fieldConcept`: the concept of the field-name rule,
   * -1 where there is none.
   */
  extract(reading: Reading, hits: readonly Hit[], channel: number, fieldConcept: number): FeatureVector;
};

const families = {
  unigram: 1,
  bigram: 2,
  skip: 3,
  accent: 4,
  concept: 5,
  pair: 6,
  order: 7,
  kind: 8,
  kindPair: 9,
  field: 10,
  channel: 11,
  accentBigram: 12,
  conceptWord: 13,
  count: 14,
  countRole: 15,
  countRoles: 16,
  roleSet: 17,
  shapePair: 18,
  shapeSkip: 19,
  shapeTriple: 20,
};
export const weights = {
  unigram: 1,
  bigram: 0.8,
  skip: 0.5,
  accent: 0.5,
  accentBigram: 0.5,
  concept: 1.6,
  pair: 1.0,
  order: 0.8,
  kindPair: 1.0,
  group: 1,
  count: 0.15,
  shape: 1.2,
};

const mix = (family: number, a: number, b: number): number => {
  let hash = hashStep(hashStart, family);
  hash = hashStep(hash, a & 0xffff);
  hash = hashStep(hash, (a >>> 16) & 0xffff);
  hash = hashStep(hash, b & 0xffff);
  hash = hashStep(hash, (b >>> 16) & 0xffff);
  return (hash ^ (hash >>> 15)) & featureMask;
};

/**
 * Turns a reading into features: what is said (folded words and pairs of words), what it is about (concepts of the
 * lexicon) and how these stand together (pairs in a sentence, without the words: they transfer between authors).
 * `kinds` gives each concept its coarse kind, -1 where it has none.
 */
export function createExtractor(kinds: Int16Array, roles: Int16Array, shapeOf: Int16Array): Extractor {
  const tally = new Int32Array(32);
  /** A bit for every bucket that the vector holds: 32 kB, which a processor keeps at hand. */
  const held = new Int32Array(1 << (featureBits - 5));
  const vector: FeatureVector = {
    length: 0,
    ids: new Int32Array(featuresMax),
    values: new Float32Array(featuresMax),
  };
  const add = (id: number, value: number): void => {
    const cell = held[id >>> 5] ?? 0;
    const bit = 1 << (id & 31);
    const at = vector.length;
    if ((cell & bit) !== 0 || at >= featuresMax) return;
    held[id >>> 5] = cell | bit;
    vector.ids[at] = id;
    vector.values[at] = value;
    vector.length = at + 1;
  };

  const words = (reading: Reading): void => {
    const from = vector.length;
    let previous = 0;
    let before = 0;
    let previousAccent = 0;
    for (let i = 0; i < reading.tokens; i++) {
      const flags = reading.tokenFlags[i] ?? 0;
      const size = (reading.tokenTo[i] ?? 0) - (reading.tokenFrom[i] ?? 0);
      const word =
        (flags & tokenFlag.digits) !== 0
          ? Math.min(size, 6)
          : (flags & tokenFlag.mixed) !== 0 && size > 5
            ? 9
            : (reading.tokenHash[i] ?? 0);
      const accent = reading.tokenAccent[i] ?? 0;
      add(mix(families.unigram, word, 0), weights.unigram);
      if (i > 0) {
        add(mix(families.bigram, previous, word), weights.bigram);
        if (i > 1) add(mix(families.skip, before, word), weights.skip);
      }
      if (reading.accented) {
        add(mix(families.accent, word, accent), weights.accent);
        if (i > 0)
          add(
            mix(
              families.accentBigram,
              Math.imul(previous, 31) ^ previousAccent,
              Math.imul(word, 17) ^ accent,
            ),
            weights.accentBigram,
          );
      }
      before = previous;
      previous = word;
      previousAccent = accent;
    }
    scale(vector, from, 1 / Math.sqrt(Math.max(12, reading.tokens)));
  };

  /** The words with terms, names and numbers replaced by what they are: how something is said, whatever it is about. */
  const shapes = (reading: Reading, hits: readonly Hit[]): void => {
    const from = vector.length;
    let at = 0;
    let one = 0;
    let two = 0;
    let oneKnown = false;
    let twoKnown = false;
    let count = 0;
    for (let token = 0; token < reading.tokens; ) {
      while (at < hits.length && (hits[at]?.from ?? 0) < token) at++;
      let shape = 0;
      let to = token + 1;
      for (let k = at; k < hits.length && hits[k]?.from === token; k++) {
        const hit = hits[k];
        if (hit === undefined) continue;
        const named = shapeOf[hit.concept] ?? 0;
        if (named === 0 || (shape !== 0 && hit.to <= to)) continue;
        shape = named;
        to = Math.max(to, hit.to);
      }
      const known = shape !== 0;
      const symbol = known ? shape : (reading.tokenHash[token] ?? 0);
      if (count > 0 && (known || oneKnown)) add(mix(families.shapePair, one, symbol), weights.shape);
      if (count > 1 && (known || twoKnown)) add(mix(families.shapeSkip, two, symbol), weights.shape * 0.6);
      if (count > 1 && (known || oneKnown || twoKnown))
        add(mix(families.shapeTriple, Math.imul(two, 31) ^ one, symbol), weights.shape * 0.8);
      two = one;
      twoKnown = oneKnown;
      one = symbol;
      oneKnown = known;
      count++;
      token = to;
    }
    scale(vector, from, 1 / Math.sqrt(Math.max(12, reading.tokens)));
  };

  const concepts = (reading: Reading, hits: readonly Hit[]): void => {
    const from = vector.length;
    const count = Math.min(hits.length, 80);
    for (let i = 0; i < count; i++) {
      const hit = hits[i];
      if (hit === undefined) continue;
      const kind = kinds[hit.concept] ?? -1;
      add(mix(families.concept, hit.concept, 0), weights.concept);
      if (kind >= 0) add(mix(families.kind, kind, 0), weights.concept);
      const sentence = reading.tokenSentence[hit.from] ?? 0;
      for (let j = i + 1; j < count && j < i + 24; j++) {
        const other = hits[j];
        if (other === undefined) continue;
        const otherKind = kinds[other.concept] ?? -1;
        const same = reading.tokenSentence[other.from] === sentence;
        const low = Math.min(hit.concept, other.concept);
        const high = Math.max(hit.concept, other.concept);
        if (same) add(mix(families.pair, low, high), weights.pair);
        if (same && other.from - hit.to <= 4)
          add(mix(families.order, hit.concept, other.concept), weights.order);
        if (kind >= 0)
          add(mix(families.kindPair, kind, other.concept + (same ? 1 : 0) * 4096), weights.kindPair);
        if (otherKind >= 0)
          add(mix(families.kindPair, otherKind + 100, hit.concept + (same ? 1 : 0) * 4096), weights.kindPair);
      }
    }
    scale(vector, from, weights.group / Math.sqrt(Math.max(10, vector.length - from)));
  };

  /** How much is said of each category, and who it is about, in counts that no single term decides. */
  const density = (hits: readonly Hit[]): void => {
    tally.fill(0);
    for (const hit of hits) {
      const kind = kinds[hit.concept] ?? -1;
      if (kind >= 0) tally[kind] = (tally[kind] ?? 0) + 1;
      const role = roles[hit.concept] ?? -1;
      if (role >= 0) tally[20 + role] = (tally[20 + role] ?? 0) + 1;
    }
    let best = 0;
    for (let kind = 0; kind < 14; kind++) {
      const count = Math.min(tally[kind] ?? 0, 4);
      best = Math.max(best, count);
      if (count > 0) add(mix(families.count, kind, count), weights.count);
    }
    add(mix(families.count, 15, best), weights.count);
    let roleSet = 0;
    for (let role = 0; role < 8; role++) {
      const count = Math.min(tally[20 + role] ?? 0, 3);
      add(mix(families.count, 20 + role, count), weights.count * 0.5);
      if (count > 0) roleSet |= 1 << role;
      if (count > 0) add(mix(families.countRole, best, role), weights.count);
      for (let other = role + 1; other < 8; other++)
        if (count > 0 && (tally[20 + other] ?? 0) > 0)
          add(mix(families.countRoles, best * 64 + role * 8 + other, 0), weights.count);
    }
    add(mix(families.roleSet, Math.min(best, 2), roleSet), weights.count);
  };

  const extract = (
    reading: Reading,
    hits: readonly Hit[],
    channel: number,
    fieldConcept: number,
  ): FeatureVector => {
    for (let i = 0; i < vector.length; i++) held[(vector.ids[i] ?? 0) >>> 5] = 0;
    vector.length = 0;
    add(mix(families.channel, 0, 0), 0.5);
    add(mix(families.channel, channel, 1), 0.3);
    if (fieldConcept >= 0) add(mix(families.field, fieldConcept, 0), 1);
    words(reading);
    shapes(reading, hits);
    concepts(reading, hits);
    density(hits);
    return vector;
  };
  return { extract };
}

function scale(vector: FeatureVector, from: number, factor: number): void {
  for (let i = from; i < vector.length; i++) vector.values[i] = (vector.values[i] ?? 0) * factor;
}
