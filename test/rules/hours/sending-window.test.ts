import fc from "fast-check";
import { expect, test } from "vitest";
import { createSendingWindow, isOpen, nextOpening } from "../../../src/rules/hours/sending-window.ts";
import { createZoneClock } from "../../../src/rules/hours/zone-clock.ts";
import { everyDay, type SendingHours, type Weekday } from "../../../src/rules/regimes/regime.ts";

const clock = createZoneClock();
const utc = (text: string): number => Date.parse(`${text}Z`);

function window(from: string, until: string, zone: string, days: readonly Weekday[] = everyDay) {
  const hours: SendingHours = {
    factId: "x",
    source: "x",
    confidence: "I",
    from,
    until,
    days,
    zone: "recipient",
    channel: null,
  };
  return createSendingWindow(hours, zone);
}

test("the opening hour is inside, the closing hour outside", () => {
  const windows = [window("07:00", "22:00", "Asia/Ho_Chi_Minh")];
  expect(isOpen(windows, clock, utc("2026-11-23T23:59:59.999"))).toBe(false);
  expect(isOpen(windows, clock, utc("2026-11-24T00:00:00"))).toBe(true);
  expect(isOpen(windows, clock, utc("2026-11-24T14:59:59.999"))).toBe(true);
  expect(isOpen(windows, clock, utc("2026-11-24T15:00:00"))).toBe(false);
});

test("without windows every moment is open", () => {
  expect(isOpen([], clock, 0)).toBe(true);
  expect(nextOpening([], clock, 5)).toBe(5);
});

test("a day on which hours do not bind is open from its midnight", () => {
  const weekdays = [window("09:00", "18:00", "Asia/Ho_Chi_Minh", [1, 2, 3, 4, 5])];
  // Friday 20:00 to Saturday 00:00 local.
  expect(nextOpening(weekdays, clock, utc("2026-11-27T13:00:00"))).toBe(utc("2026-11-27T17:00:00"));
  // Sunday 03:00 does not bind, Monday 03:00 does.
  expect(isOpen(weekdays, clock, utc("2026-11-28T20:00:00"))).toBe(true);
  expect(isOpen(weekdays, clock, utc("2026-11-29T20:00:00"))).toBe(false);
});

test("all windows must be open at once", () => {
  const windows = [window("07:00", "22:00", "Asia/Ho_Chi_Minh"), window("08:00", "21:00", "Europe/Paris")];
  // 22:00 in Viet Nam; Paris opens at 07:00 UTC.
  expect(nextOpening(windows, clock, utc("2026-11-24T15:00:00"))).toBe(utc("2026-11-25T07:00:00"));
});

test("windows that never meet never open", () => {
  const windows = [window("07:00", "08:00", "Asia/Ho_Chi_Minh"), window("07:00", "08:00", "Europe/Paris")];
  expect(nextOpening(windows, clock, utc("2026-11-24T15:00:00"))).toBeNull();
});

test("a window that is no span never opens, and says so", () => {
  expect(
    nextOpening([window("07:00", "07:00", "Asia/Ho_Chi_Minh")], clock, utc("2026-11-24T00:00:00")),
  ).toBeNull();
});

test("Sunday's narrower hours in the United States push to Sunday noon", () => {
  const windows = [
    window("09:00", "21:00", "America/New_York", [1, 2, 3, 4, 5, 6]),
    window("12:00", "21:00", "America/New_York", [0]),
  ];
  // Saturday 21:00 EST is Sunday 02:00 UTC; Sunday does not bind the first and opens at 12:00 by the second.
  expect(nextOpening(windows, clock, utc("2026-11-29T02:00:00"))).toBe(utc("2026-11-29T17:00:00"));
});

test("the next opening is open, and nothing between is", () => {
  const zones = fc.constantFrom("Asia/Ho_Chi_Minh", "Europe/Paris", "America/New_York", "Asia/Kolkata");
  const time = fc.constantFrom("06:00", "07:00", "09:30", "12:00");
  const days = fc.constantFrom<readonly Weekday[]>(everyDay, [1, 2, 3, 4, 5], [0, 6]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(time, fc.constantFrom("18:00", "21:00", "24:00"), zones, days), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.integer({ min: utc("2026-03-01T00:00:00"), max: utc("2026-12-01T00:00:00") }),
      (spans, from) => {
        const windows = spans.map(([opens, closes, zone, bound]) => window(opens, closes, zone, bound));
        const next = nextOpening(windows, clock, from);
        if (next === null) return;
        expect(isOpen(windows, clock, next)).toBe(true);
        expect(next).toBeGreaterThanOrEqual(from);
        for (let at = from; at < next; at += 17 * 60_000) expect(isOpen(windows, clock, at)).toBe(false);
        if (next > from) expect(isOpen(windows, clock, next - 1)).toBe(false);
      },
    ),
    { numRuns: 150 },
  );
});
