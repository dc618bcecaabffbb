/** Pages kept for each level: the one in use, the one ahead, and one that a last look may still need. */
const kept = 3;

/** Reads what lies at [from, to) of a level. */
type ReadPage = (
  level: number,
  from: bigint,
  to: bigint,
) => Promise<readonly (readonly [bigint, Uint8Array])[]>;

/**
 * Rows by number, read in pages and one page ahead. Whoever goes through them in order waits for the first page only;
 * whoever jumps still reads no more than two pages a jump.
 */
export function pagedRows(
  width: bigint,
  read: ReadPage,
): { get(level: number, index: bigint): Promise<Uint8Array | null> } {
  const pages = new Map<number, Map<bigint, Promise<ReadonlyMap<bigint, Uint8Array>>>>();
  const page = (level: number, number: bigint): Promise<ReadonlyMap<bigint, Uint8Array>> => {
    const ofLevel = pages.get(level) ?? new Map<bigint, Promise<ReadonlyMap<bigint, Uint8Array>>>();
    pages.set(level, ofLevel);
    const known = ofLevel.get(number);
    if (known !== undefined) return known;
    const reading = read(level, number * width, (number + 1n) * width).then((rows) => new Map(rows));
    ofLevel.set(number, reading);
    // A failure is told to whoever waits; the next one tries again.
    reading.catch(() => ofLevel.delete(number));
    for (const oldest of ofLevel.keys()) {
      if (ofLevel.size <= kept) break;
      ofLevel.delete(oldest);
    }
    return reading;
  };
  return {
    async get(level, index) {
      const number = index / width;
      const here = page(level, number);
      void page(level, number + 1n);
      return (await here).get(index) ?? null;
    },
  };
}
