import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDay, parseMoment } from "../../src/tabular/date.ts";

const reading = { latestYear: 2026 };

describe("a day", () => {
  it.each([
    ["1990-02-28", "1990-02-28"],
    ["1990/2/8", "1990-02-08"],
    ["28/02/1990", "1990-02-28"],
    ["8/2/1990", "1990-02-08"],
    ["28-02-1990", "1990-02-28"],
    ["28.2.1990", "1990-02-28"],
    ["03/04/1990", "1990-04-03"],
    ["28-02-90", "1990-02-28"],
    ["28/2/26", "2026-02-28"],
    ["28/2/27", "1927-02-28"],
    ["29/02/2000", "2000-02-29"],
    ["19900228", "1990-02-28"],
    ["32932", "1990-02-28"],
    ["46350.3125", "2026-11-24"],
    ["24/11/2026 7:30", "2026-11-24"],
    ["1990-02-28T00:00:00Z", "1990-02-28"],
    ["'28/02/1990", "1990-02-28"],
    [" 28/02/1990\u00a0", "1990-02-28"],
  ])("%s is %s", (written, day) => expect(parseDay(written, reading)).toBe(day));

  it.each([
    ["12/31/1990", "month before day"],
    ["29/02/1990", "no such day"],
    ["29/02/1900", "no such day"],
    ["31/04/1990", "no such day"],
    ["00/01/1990", "no such day"],
    ["1990", "only a year"],
    ["02/1990", "no day"],
    ["28/02-1990", "mixed"],
    ["28/02/190", "no year"],
    ["28/02/1899", "too long ago"],
    ["28/02/2101", "too far off"],
    ["1234", "no serial"],
    ["1990-02-28 25:00", "no such hour"],
    ["0901234521", "a phone number"],
    ["hôm qua", "words"],
    ["", "nothing"],
    ["1".repeat(100_000), "too long"],
  ])("%.20s is none: %s", (written) => expect(parseDay(written, reading)).toBeNull());
});

describe("a moment", () => {
  it.each([
    ["2026-11-24T07:30:00+07:00", "2026-11-24T07:30:00+07:00"],
    ["2026-11-24T07:30:00.123Z", "2026-11-24T07:30:00Z"],
    ["2026-11-24 07:30:05+0700", "2026-11-24T07:30:05+07:00"],
    ["2026-11-24T07:30:05 -05:00", "2026-11-24T07:30:05-05:00"],
    ["2026-11-24 07:30", "2026-11-24T07:30:00+07:00"],
    ["24/11/2026 7:30", "2026-11-24T07:30:00+07:00"],
    ["24-11-26 7:30:09", "2026-11-24T07:30:09+07:00"],
    ["7:30 24/11/2026", "2026-11-24T07:30:00+07:00"],
    ["10:00 24-11-2026", "2026-11-24T10:00:00+07:00"],
    ["24/11/2026 7:30 PM", "2026-11-24T19:30:00+07:00"],
    ["24/11/2026 12:05 SA", "2026-11-24T00:05:00+07:00"],
    ["24/11/2026 2:05 CH", "2026-11-24T14:05:00+07:00"],
    ["24/11/2026", "2026-11-24T00:00:00+07:00"],
    ["46350.3125", "2026-11-24T07:30:00+07:00"],
  ])("%s is %s", (written, moment) => expect(parseMoment(written, reading)).toBe(moment));

  it("takes the offset it is given where none is written", () => {
    expect(parseMoment("24/11/2026 7:30", { latestYear: 2026, offset: "Z" })).toBe("2026-11-24T07:30:00Z");
  });

  it("is refused with an impossible clock", () => {
    for (const written of [
      "24/11/2026 24:00",
      "24/11/2026 7:60",
      "24/11/2026 13:00 PM",
      "24/11/2026 x",
      "7:30",
    ])
      expect(parseMoment(written, reading)).toBeNull();
  });
});

describe("any text", () => {
  it("gives a real day or null", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(..."0123456789/-:. TZ+apmsch"), maxLength: 24 }),
    );
    fc.assert(
      fc.property(text, (written) => {
        const day = parseDay(written, reading);
        const moment = parseMoment(written, reading);
        if (day === null || moment === null) return day === moment;
        return new Date(day).toISOString().slice(0, 10) === day && !Number.isNaN(Date.parse(moment));
      }),
      { numRuns: 5000 },
    );
  });
});
