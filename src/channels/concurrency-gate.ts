/** Runs at most so many at once; the others wait here, before anything of theirs is on the wire. */
export type ConcurrencyGate = { run<T>(work: () => Promise<T>): Promise<T> };

export function createConcurrencyGate(concurrencyMax: number): ConcurrencyGate {
  let running = 0;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (running < concurrencyMax) {
      running += 1;
      return;
    }
    // The place is handed over by `leave`, so `running` does not change here.
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
