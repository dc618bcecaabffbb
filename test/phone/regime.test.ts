import { isValidPhoneNumber, parsePhoneNumberFromString } from "libphonenumber-js/max";
import { describe, expect, it } from "vitest";
import {
  countryOfPhone,
  regimeOfCountry,
  regimesOfPhone,
  timeZonesOfCountry,
  timeZonesOfPhone,
} from "../../src/phone/regime.ts";
import { regimeCountries } from "../../src/phone/regime-countries.ts";

describe("the regime that a number suggests", () => {
  it.each([
    ["+84901234521", "vn"],
    ["+6591234567", "sg"],
    ["+66812345678", "th"],
    ["+41781234567", "ch"],
    ["+447400123456", "uk"],
    ["+16502530000", "us"],
    ["+17872345678", "us"],
    ["+14165550123", "other"],
    ["+18765550123", "other"],
    ["+393123456789", "eu"],
    ["+819012345678", "other"],
  ] as const)("%s: %s", (e164, regime) => expect(regimesOfPhone(e164)).toEqual([regime]));

  it("knows every calling code of the Union, the EEA and the outermost regions", () => {
    const codes =
      "30 31 32 33 34 351 352 353 356 357 358 359 36 370 371 372 385 386 39 40 420 421 43 45 46 48 49 " +
      "354 423 47 262 590 594 596";
    for (const code of codes.split(" ")) expect(regimesOfPhone(`+${code}61234567`), code).toEqual(["eu"]);
  });

  it("is not deceived by look-alikes of the Union", () => {
    for (const code of ["350", "376", "377", "378", "298", "299", "383", "681", "687", "689"])
      expect(regimesOfPhone(`+${code}61234567`), code).toEqual(["other"]);
    expect(regimesOfPhone("+390669812345")).toEqual(["other"]);
    expect(regimesOfPhone("+390669712345")).toEqual(["eu"]);
  });

  it("gives the Crown dependencies their own law, and numbers in mixed blocks both", () => {
    const prefixes =
      "441481 447781 447839 447911 441534 447509 447797 447937 447829 441624 447524 447624 447924".split(" ");
    for (const prefix of prefixes) {
      for (let next = 0; next < 100; next++) {
        const e164 = `+${prefix}${String(next).padStart(2, "0")}3456`;
        const mainland = isValidPhoneNumber(e164) && parsePhoneNumberFromString(e164)?.country === "GB";
        expect(regimesOfPhone(e164), e164).toEqual(mainland ? ["uk", "other"] : ["other"]);
      }
    }
    expect(regimesOfPhone("+447781123456")).toEqual(["other"]);
    expect(regimesOfPhone("+441534123456")).toEqual(["other"]);
    expect(regimesOfPhone("+447624212345")).toEqual(["other"]);
    expect(regimesOfPhone("+442079460018")).toEqual(["uk"]);
  });

  it("holds a North American number without a country to the law of the United States", () => {
    expect(regimesOfPhone("+10005550123")).toEqual(["us"]);
    expect(timeZonesOfPhone("+10005550123")).toEqual(timeZonesOfCountry("US"));
  });

  it("answers for what is no number", () => {
    for (const text of ["", "+", "x", "0901234521", "+84", "__proto__"]) {
      expect(regimesOfPhone(text)).toEqual(["other"]);
      expect(timeZonesOfPhone(text === "+84" ? "" : text)).toEqual([]);
    }
  });
});

describe("countries", () => {
  it("has the twenty-seven members, the EEA and no look-alike under eu", () => {
    const members =
      "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO RE YT GP BL MF GF MQ";
    for (const country of members.split(" ")) expect(regimeOfCountry(country), country).toBe("eu");
    for (const country of "GB CH GG JE IM VA GI MC SM AD UA TR".split(" "))
      expect(regimeOfCountry(country), country).not.toBe("eu");
  });

  it("takes any case and any text", () => {
    expect(regimeOfCountry("vn")).toBe("vn");
    for (const text of ["", "constructor", "__proto__", "??"]) {
      expect(regimeOfCountry(text)).toBe("other");
      expect(timeZonesOfCountry(text)).toEqual([]);
    }
  });

  it("names only time zones that exist, at least one a country", () => {
    for (const [country, { timeZones }] of Object.entries(regimeCountries)) {
      expect(timeZones.length, country).toBeGreaterThan(0);
      for (const timeZone of timeZones)
        expect(() => new Intl.DateTimeFormat("en", { timeZone }), timeZone).not.toThrow();
    }
  });

  it("gives Viet Nam one zone and the United States all of theirs", () => {
    expect(timeZonesOfPhone("+84901234521")).toEqual(["Asia/Ho_Chi_Minh"]);
    expect(timeZonesOfPhone("+16502530000")).toContain("Pacific/Honolulu");
    expect(timeZonesOfPhone("+16502530000")).toContain("America/New_York");
    expect(countryOfPhone("+390669812345")).toBe("VA");
  });
});
