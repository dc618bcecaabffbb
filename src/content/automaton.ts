/**
 * Aho–Corasick whose symbols are whole words, by their numbers in the word table: only whole syllables can match, and
 * a text is walked in as many steps as it has words. The few transitions that exist stand in one hashed table, which
 * fits a processor's cache where a row of letters for every state would not.
 */
export type Automaton = {
  /** The state after `word`; a state's number is the place of its outputs. */
  readonly step: (state: number, word: number) => number;
  /** First output of a state, -1 where there is none. */
  readonly first: Int32Array;
  /** Pattern number of an output, and the next output of the same state. */
  readonly pattern: Int32Array;
  readonly more: Int32Array;
};

const statesMax = 0x7fff;

/** Patterns are sequences of word numbers from 1; no pattern is empty. */
export function buildAutomaton(patterns: readonly (readonly number[])[]): Automaton {
  const children: Map<number, number>[] = [new Map<number, number>()];
  const ends = patterns.map((words) => {
    let state = 0;
    for (const word of words) {
      let child = children[state]?.get(word);
      if (child === undefined) {
        child = children.push(new Map<number, number>()) - 1;
        children[state]?.set(word, child);
      }
      state = child;
    }
    return state;
  });
  const states = children.length;
  if (states > statesMax) throw new RangeError("too many states in the automaton of the lexicon");
  const fail = new Uint16Array(states);
  const first = new Int32Array(states).fill(-1);
  const pattern: number[] = [];
  const more: number[] = [];
  ends.forEach((state, index) => {
    pattern.push(index);
    more.push(first[state] ?? -1);
    first[state] = pattern.length - 1;
  });
  const queue = [0];
  for (const state of queue) {
    if (state !== 0) linkOutputs(state, fail[state] ?? 0, first, more);
    for (const [word, child] of children[state] ?? []) {
      queue.push(child);
      let suffix = fail[state] ?? 0;
      while (suffix !== 0 && children[suffix]?.has(word) !== true) suffix = fail[suffix] ?? 0;
      fail[child] = state === 0 ? 0 : (children[suffix]?.get(word) ?? 0);
    }
  }
  return {
    step: createStep(children, fail),
    first,
    pattern: Int32Array.from(pattern),
    more: Int32Array.from(more),
  };
}

/** Transitions as [key, child] pairs by an open-addressed hash, those of the root in a row of their own. */
function createStep(children: readonly Map<number, number>[], fail: Uint16Array): Automaton["step"] {
  let size = 64;
  while (size < children.length * 3) size *= 2;
  const mask = size - 1;
  const cells = new Int32Array(size * 2);
  const roots = new Uint16Array(1 + Math.max(0, ...(children[0]?.keys() ?? [])));
  const slotOf = (key: number): number => {
    let slot = (Math.imul(key, 0x9e3779b1) >>> 12) & mask;
    while (cells[slot * 2 + 1] !== 0 && cells[slot * 2] !== key) slot = (slot + 1) & mask;
    return slot * 2;
  };
  children.forEach((words, state) => {
    for (const [word, child] of words) {
      if (state === 0) {
        roots[word] = child;
        continue;
      }
      const slot = slotOf((state << 17) | word);
      cells[slot] = (state << 17) | word;
      cells[slot + 1] = child;
    }
  });
  return (from, word) => {
    for (let state = from; state !== 0; state = fail[state] ?? 0) {
      const child = cells[slotOf((state << 17) | word) + 1] ?? 0;
      if (child !== 0) return child;
    }
    return roots[word] ?? 0;
  };
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
