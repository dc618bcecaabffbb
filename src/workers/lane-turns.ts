/** Runs at most so many at once of each lane; the others wait for their turn, in order. */
export type LaneTurns = { run<T>(lane: string, work: () => Promise<T>): Promise<T> };

export function createLaneTurns(atOnceMax: number): LaneTurns {
  const lanes = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  return {
    async run(name, work) {
      const lane = lanes.get(name) ?? { running: 0, waiting: [] };
      lanes.set(name, lane);
      if (lane.running < atOnceMax) lane.running += 1;
      // The turn is handed over below, so `running` does not change here.
      else await new Promise<void>((resolve) => lane.waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = lane.waiting.shift();
        if (next !== undefined) next();
        else {
          lane.running -= 1;
          if (lane.running === 0) lanes.delete(name);
        }
      }
    },
  };
}
