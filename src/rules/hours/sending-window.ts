import type { SendingHours } from "../regimes/regime.ts";
import type { ZoneClock } from "./zone-clock.ts";

/** Sending hours in one zone. A moment is open when every window of a set is. */
export type SendingWindow = {
  readonly zone: string;
  /** Milliseconds after local midnight: [from, until). */
  readonly fromMs: number;
  readonly untilMs: number;
  /** By weekday, 0 Sunday: whether the hours bind on it. */
  readonly binds: readonly boolean[];
};

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Hours repeat weekly; two weeks also cover a change of clocks in between. */
const horizonMs = 14 * dayMs;

export function createSendingWindow(hours: SendingHours, zone: string): SendingWindow {
  return {
    zone,
    fromMs: minutesOf(hours.from) * minuteMs,
    untilMs: minutesOf(hours.until) * minuteMs,
    binds: [0, 1, 2, 3, 4, 5, 6].map((day) => hours.days.some((bound) => bound === day)),
  };
}

export function isOpen(windows: readonly SendingWindow[], clock: ZoneClock, atMs: number): boolean {
  return windows.every((window) => isWindowOpen(window, clock.wallMs(window.zone, atMs)));
}

/** The first moment at or after `fromMs` at which all windows are open; null if there is none in two weeks. */
export function nextOpening(
  windows: readonly SendingWindow[],
  clock: ZoneClock,
  fromMs: number,
): number | null {
  let atMs = fromMs;
  // Each window in turn pushes the moment to its own next opening, until none pushes any more.
  for (let settled = false; !settled; ) {
    settled = true;
    for (const window of windows) {
      const next = openingOf(window, clock, atMs);
      if (next !== atMs) settled = false;
      atMs = next;
      if (atMs - fromMs > horizonMs) return null;
    }
  }
  return atMs;
}

function openingOf(window: SendingWindow, clock: ZoneClock, atMs: number): number {
  const wall = clock.wallMs(window.zone, atMs);
  if (isWindowOpen(window, wall)) return atMs;
  const midnight = wall - (((wall % dayMs) + dayMs) % dayMs);
  for (let day = 0; day <= 8; day++) {
    const start = midnight + day * dayMs;
    const opening = start + (window.binds[weekdayOf(start)] === true ? window.fromMs : 0);
    const instant = clock.instantMs(window.zone, opening);
    if (instant > atMs && isWindowOpen(window, clock.wallMs(window.zone, instant))) return instant;
  }
  return atMs + horizonMs + dayMs;
}

function isWindowOpen(window: SendingWindow, wall: number): boolean {
  if (window.binds[weekdayOf(wall)] !== true) return true;
  const sinceMidnight = ((wall % dayMs) + dayMs) % dayMs;
  return sinceMidnight >= window.fromMs && sinceMidnight < window.untilMs;
}

/** 1970-01-01 was a Thursday. */
function weekdayOf(wall: number): number {
  return (((Math.floor(wall / dayMs) + 4) % 7) + 7) % 7;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
