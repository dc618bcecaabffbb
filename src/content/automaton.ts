import { alphabetSize, separator } from "./fold-table.ts";

/**
 * Aho–Corasick over folded classes. Every pattern starts and ends with a separator, so that only whole syllables
 * match and the walk stays at the root inside words that start no term.
 */
export type Automaton = {
  /** next[state * alphabetSize + class]. */
  readonly next: Int32Array;
  /** First output of a state, -1 where there is none. */
  readonly first: Int32Array;
  /** Pattern number of an output, and the next output of the same state. */
  readonly pattern: Int32Array;
  readonly more: Int32Array;
};

/** Patterns are sequences of classes without their outer separators. */
export function buildAutomaton(patterns: readonly Uint8Array[]): Automaton {
  let capacity = 1 << 12;
  let next = new Int32Array(capacity * alphabetSize);
  let states = 1;
  const endOf = new Int32Array(patterns.length);
  const step = (state: number, symbol: number): number => {
    const at = state * alphabetSize + symbol;
    const known = next[at] ?? 0;
    if (known !== 0) return known;
    if (states === capacity) {
      capacity *= 2;
      const grown = new Int32Array(capacity * alphabetSize);
      grown.set(next);
      next = grown;
    }
    next[at] = states;
    return states++;
  };
  patterns.forEach((symbols, index) => {
    let state = step(0, separator);
    for (const symbol of symbols) state = step(state, symbol);
    endOf[index] = step(state, separator);
  });
  next = next.slice(0, states * alphabetSize);
  const first = new Int32Array(states).fill(-1);
  const pattern: number[] = [];
  const more: number[] = [];
  const add = (state: number, index: number): void => {
    pattern.push(index);
    more.push(first[state] ?? -1);
    first[state] = pattern.length - 1;
  };
  endOf.forEach((state, index) => {
    add(state, index);
  });
  complete(next, states, first, more);
  return { next, first, pattern: Int32Array.from(pattern), more: Int32Array.from(more) };
}

/** Breadth first: missing transitions take those of the longest proper suffix, and so do the outputs. */
function complete(next: Int32Array, states: number, first: Int32Array, more: number[]): void {
  const fail = new Int32Array(states);
  const queue = new Int32Array(states);
  let head = 0;
  let tail = 1;
  while (head < tail) {
    const state = queue[head++] ?? 0;
    const suffix = fail[state] ?? 0;
    if (state !== 0) linkOutputs(state, suffix, first, more);
    for (let symbol = 0; symbol < alphabetSize; symbol++) {
      const at = state * alphabetSize + symbol;
      const child = next[at] ?? 0;
      const over = state === 0 ? 0 : (next[suffix * alphabetSize + symbol] ?? 0);
      if (child === 0) next[at] = over;
      else {
        fail[child] = over;
        queue[tail++] = child;
      }
    }
  }
}

function linkOutputs(state: number, suffix: number, first: Int32Array, more: number[]): void {
  const inherited = first[suffix] ?? -1;
  let output = first[state] ?? -1;
  if (output < 0) {
    first[state] = inherited;
    return;
  }
  while ((more[output] ?? -1) >= 0) output = more[output] ?? -1;
  more[output] = inherited;
}
