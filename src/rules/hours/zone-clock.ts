/** Wall clocks of IANA zones, from the tables that come with the runtime: no clock of its own, no I/O. */
export type ZoneClock = {
  /** What a wall clock in the zone shows, written as if it were UTC, in milliseconds. */
  wallMs(zone: string, instantMs: number): number;
  /**
   * The first instant at which the zone's wall clock shows `wallMs`. Where clocks skip that reading, the
   * instant they jump over it.
   */
  instantMs(zone: string, wallMs: number): number;
};

const dayMs = 86_400_000;

/** Keeps one formatter a zone; making one costs a thousand readings. */
export function createZoneClock(): ZoneClock {
  const formatters = new Map<string, Intl.DateTimeFormat>();

  function formatterOf(zone: string): Intl.DateTimeFormat {
    let formatter = formatters.get(zone);
    if (formatter === undefined) {
      formatter = new Intl.DateTimeFormat("en-US", {
        timeZone: zone,
        calendar: "gregory",
        numberingSystem: "latn",
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      });
      formatters.set(zone, formatter);
    }
    return formatter;
  }

  function wallMs(zone: string, instantMs: number): number {
    const read = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
    for (const part of formatterOf(zone).formatToParts(instantMs)) {
      if (Object.hasOwn(read, part.type)) Object.assign(read, { [part.type]: Number(part.value) });
    }
    const millisecond = ((instantMs % 1000) + 1000) % 1000;
    return Date.UTC(read.year, read.month - 1, read.day, read.hour, read.minute, read.second) + millisecond;
  }

  function instantMs(zone: string, wall: number): number {
    // The offsets in force the day before and the day after are the only ones that can apply in between.
    const before = wall - (wallMs(zone, wall - dayMs) - (wall - dayMs));
    const after = wall - (wallMs(zone, wall + dayMs) - (wall + dayMs));
    const [first, second] = before < after ? [before, after] : [after, before];
    if (wallMs(zone, first) === wall) return first;
    if (wallMs(zone, second) === wall) return second;
    return startOfJump(zone, wall, first, second);
  }

  /** Between `early` and `late` the wall clock jumps over `wall`: the first instant that shows more than it. */
  function startOfJump(zone: string, wall: number, early: number, late: number): number {
    let low = early;
    let high = late;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (wallMs(zone, middle) >= wall) high = middle;
      else low = middle;
    }
    return high;
  }

  return { wallMs, instantMs };
}
