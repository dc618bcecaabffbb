import fc from "fast-check";
import { expect, test } from "vitest";
import { createZoneClock } from "../../../src/rules/hours/zone-clock.ts";

const clock = createZoneClock();
const utc = (text: string): number => Date.parse(`${text}Z`);

test("wall clocks follow the published offsets", () => {
  expect(clock.wallMs("Asia/Ho_Chi_Minh", utc("2026-11-24T03:00:00"))).toBe(utc("2026-11-24T10:00:00"));
  expect(clock.wallMs("Europe/Paris", utc("2026-07-01T05:00:00.250"))).toBe(utc("2026-07-01T07:00:00.250"));
  expect(clock.wallMs("America/New_York", utc("2026-01-01T02:00:00"))).toBe(utc("2025-12-31T21:00:00"));
  expect(clock.wallMs("Asia/Kathmandu", utc("2026-01-01T00:00:00"))).toBe(utc("2026-01-01T05:45:00"));
});

test("midnight is the hour 0 of its day", () => {
  expect(clock.wallMs("Asia/Ho_Chi_Minh", utc("2026-11-23T17:00:00"))).toBe(utc("2026-11-24T00:00:00"));
});

// Paris 2026: clocks jump from 02:00 to 03:00 on 29 March (01:00 UTC) and back from 03:00 to 02:00 on
// 25 October (01:00 UTC).
test("a reading that clocks skip is the instant they jump", () => {
  expect(clock.instantMs("Europe/Paris", utc("2026-03-29T02:30:00"))).toBe(utc("2026-03-29T01:00:00"));
  expect(clock.instantMs("Europe/Paris", utc("2026-03-29T02:00:00"))).toBe(utc("2026-03-29T01:00:00"));
  expect(clock.instantMs("Europe/Paris", utc("2026-03-29T03:00:00"))).toBe(utc("2026-03-29T01:00:00"));
});

test("a reading that clocks show twice is the first of the two instants", () => {
  expect(clock.instantMs("Europe/Paris", utc("2026-10-25T02:30:00"))).toBe(utc("2026-10-25T00:30:00"));
});

test("reading and instant are inverse wherever clocks neither skip nor repeat", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("Asia/Ho_Chi_Minh", "Asia/Kolkata", "Asia/Tokyo"),
      fc.integer({ min: utc("2026-01-01T00:00:00"), max: utc("2027-01-01T00:00:00") }),
      (zone, instant) => {
        expect(clock.instantMs(zone, clock.wallMs(zone, instant))).toBe(instant);
      },
    ),
    { numRuns: 200 },
  );
});
