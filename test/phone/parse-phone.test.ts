import fc from "fast-check";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { describe, expect, it } from "vitest";
import { type PhoneConversion, parsePhone } from "../../src/phone/parse-phone.ts";
import { isVietnameseMobile } from "../../src/phone/vietnamese-mobile.ts";

const read = (written: string, country?: string): string => {
  const result = parsePhone(written, country);
  return result.ok ? result.phone.e164 : result.fault;
};
const conversion = (written: string): PhoneConversion | "none" | "refused" => {
  const result = parsePhone(written);
  return result.ok ? (result.phone.converted ?? "none") : "refused";
};

describe("every form that people type is the same number", () => {
  it.each([
    "0901234521",
    "84901234521",
    "+84901234521",
    "0084901234521",
    "+84 90 123 45 21",
    "+84 (0) 90 123 45 21",
    "+84(0)901234521",
    "84 (0) 901234521",
    "(+84) 90-123-4521",
    "++84901234521",
    "090.123.4521",
    "090-123-4521",
    "090 123 4521",
    "(090) 1234521",
    "090/123/4521",
    "090_123_4521",
    "090\u00a0123\u00a04521",
    "090\u202f123\u20094521",
    "090\u2011123\u20134521",
    " 0901234521\t",
    "\ufeff0901234521",
    "\u202a+84\u00a090\u00a0123\u00a04521\u202c",
    "\u200e0901234521\u200b",
    "０９０１２３４５２１",
    "＋８４９０１２３４５２１",
    "٠٩٠١٢٣٤٥٢١",
    "tel:+84-90-123-4521",
    "901234521",
    "'0901234521",
    "’0901234521",
    '="0901234521"',
    "9.01234521E+8",
    "9.01234521E+08",
    "9,01234521e8",
    "8.4901234521E+10",
    "901234521.0",
    "84901234521.0",
    "84901234521,00",
  ])("%j", (written) => {
    expect(parsePhone(written)).toMatchObject({
      ok: true,
      phone: { e164: "+84901234521", country: "VN", callingCode: "84" },
    });
  });

  it("says what it had to mend, the loss before the mark", () => {
    expect(conversion("0901234521")).toBe("none");
    expect(conversion("+84 (0) 901234521")).toBe("none");
    expect(conversion("901234521")).toBe("lost_zero");
    expect(conversion("'901234521")).toBe("lost_zero");
    expect(conversion("'0901234521")).toBe("apostrophe");
    expect(conversion('="0901234521"')).toBe("apostrophe");
    expect(conversion("9.01234521E+8")).toBe("scientific");
    expect(conversion("84901234521.0")).toBe("scientific");
    expect(conversion("01231234567")).toBe("old_prefix");
    expect(conversion("1231234567")).toBe("old_prefix");
    expect(conversion("'01231234567")).toBe("old_prefix");
  });
});

describe("numbers from before 2018 are converted in every form", () => {
  // Law facts 8.2: old → new.
  const renumbered = (
    "0162→032 0163→033 0164→034 0165→035 0166→036 0167→037 0168→038 0169→039 0120→070 0121→079 0122→077 " +
    "0126→076 0128→078 0123→083 0124→084 0125→085 0127→081 0129→082 0186→056 0188→058 0199→059"
  )
    .split(" ")
    .map((pair) => pair.split("→") as [string, string]);

  it("has all twenty-one of them", () => expect(renumbered).toHaveLength(21));

  it.each(renumbered)("%s is %s", (old, current) => {
    const expected = `+84${current.slice(1)}4567890`;
    for (const written of [
      `${old}4567890`,
      `+84${old.slice(1)}4567890`,
      `+84 (${old.slice(0, 1)}) ${old.slice(1)} 4567890`,
      `84${old.slice(1)}4567890`,
      `0084${old.slice(1)}4567890`,
      `${old.slice(1)}4567890`,
      `${old} 456 7890`,
    ]) {
      expect(parsePhone(written)).toEqual({
        ok: true,
        phone: { e164: expected, country: "VN", callingCode: "84", converted: "old_prefix" },
      });
    }
  });

  it("converts no other eleven-digit number", () => {
    const old = new Set(renumbered.map(([prefix]) => prefix));
    for (let prefix = 0; prefix < 1000; prefix++) {
      const written = `0${String(prefix).padStart(3, "0")}`;
      if (!old.has(written) && !written.startsWith("00")) {
        expect(read(`${written}4567890`), written).toBe("number_invalid");
      }
    }
  });
});

describe("what cannot be mended with certainty is refused", () => {
  it.each([
    ["9.01E+08", "digits were lost"],
    ["9.0123452E+8", "the last digit was lost or was a zero"],
    ["8.49012E+10", "digits were lost"],
    ["9.01234521E+9", "a digit is missing"],
    ["9.012345215E+8", "not a whole number"],
    ["1E+999999", "no number"],
    ["9E9", "digits were lost"],
    ["+0901234521", "neither national nor international"],
    ["0901234521 / 0912345678", "two numbers"],
    ["0901234521, 0912345678", "two numbers"],
    ["0901234521;0912345678", "two numbers"],
    ["0901234521 ext 3", "an extension takes no message"],
    ["090123452", "one digit short"],
    ["09012345210", "one digit long"],
    ["0951234567", "S-Fone is closed"],
    ["028 3822 2222", "a landline"],
    ["+84 24 3822 2222", "a landline"],
    ["1800 1090", "a free-phone number"],
    ["19001090", "a premium-rate number"],
    ["113", "an emergency number"],
    ["6591234567", "another country without its plus"],
    ["090***4521", "masked"],
    ["n/a", "not a number"],
    ["+", "not a number"],
    ["không có", "not a number"],
    ["'=cmd|' /C calc'!A0", "a formula"],
    ["0901234521\u0000", "a NUL"],
    [`0901234521${"1".repeat(100_000)}`, "far too long"],
    [`${"+".repeat(1_000_000)}`, "far too long"],
  ])("%.40j: %s", (written) => {
    expect(read(written)).toBe("number_invalid");
  });

  it("tells a missing number from a wrong one", () => {
    for (const written of ["", "   ", "\u00a0\t", "-", "\ufeff", "'"])
      expect(read(written)).toBe("phone_missing");
  });
});

describe("other countries", () => {
  it.each([
    ["+6591234567", "+6591234567", "SG", "65"],
    ["0065 9123 4567", "+6591234567", "SG", "65"],
    ["+1 (650) 253-0000", "+16502530000", "US", "1"],
    ["+1 416 555 0123", "+14165550123", "CA", "1"],
    ["+44 (0)7400 123456", "+447400123456", "GB", "44"],
    ["+66 81 234 5678", "+66812345678", "TH", "66"],
    ["+262 692 12 34 56", "+262692123456", "RE", "262"],
  ])("%s", (written, e164, country, callingCode) => {
    expect(parsePhone(written)).toEqual({ ok: true, phone: { e164, country, callingCode } });
  });

  it("reads national forms of the country it is told, and never takes them for Vietnamese", () => {
    expect(read("9123 4567", "SG")).toBe("+6591234567");
    expect(read("07400 123456", "GB")).toBe("+447400123456");
    expect(read("07400 123456", "gb")).toBe("+447400123456");
    expect(read("0901234521", "US")).toBe("number_invalid");
    expect(read("0901234521", "XX")).toBe("number_invalid");
    expect(read("0901234521", "constructor")).toBe("number_invalid");
    expect(read("+84901234521", "US")).toBe("+84901234521");
    expect(read("01231234567", "vn")).toBe("+84831234567");
  });

  it("refuses landlines and numbers that do not exist", () => {
    expect(read("+65 6123 4567")).toBe("number_invalid");
    expect(read("+44 20 7946 0018")).toBe("number_invalid");
    expect(read("+999 123 456 789")).toBe("number_invalid");
    expect(read("+1 000 000 0000")).toBe("number_invalid");
  });
});

describe("the table and libphonenumber max", () => {
  // The published form of a Vietnamese mobile (law facts 8.1).
  const law = /^\+84(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])\d{7}$/;
  /** Where the two sources differ the law facts win. Ranges that the library does not know as assigned: */
  const onlyLaw = /^(52[014-79]|55[0-8]|89[0-5]|992)/;
  /** Ranges that the library holds for mobile and the law facts do not (S-Fone's 95 among them): */
  const onlyLibrary = /^(30|31|51|95|121[0-3]|140|160)/;
  const forms: readonly ((national: string) => string)[] = [
    (n) => `0${n}`,
    (n) => n,
    (n) => `84${n}`,
    (n) => `+84${n}`,
    (n) => `0084${n}`,
    (n) => `+84 (0) ${n}`,
    (n) => `+840${n}`,
    (n) => `0${n.slice(0, 2)}.${n.slice(2, 5)}.${n.slice(5)}`,
    (n) => `0${n.slice(0, 2)}-${n.slice(2, 5)}-${n.slice(5)}`,
    (n) => `(0${n.slice(0, 2)})\u00a0${n.slice(2)}`,
    (n) => `0${n}`.replace(/\d/g, (d) => String.fromCharCode(d.charCodeAt(0) - 48 + 0xff10)),
  ];
  const byLibrary = (written: string): string => {
    const number = parsePhoneNumberFromString(written, { defaultCountry: "VN", extract: false });
    return number?.getType() === "MOBILE" ? number.number : "number_invalid";
  };

  it("agree on every four-digit prefix in every form, but for the documented ranges", () => {
    const differing = new Set<string>();
    for (let prefix = 1000; prefix < 10_000; prefix++) {
      const national = `${prefix}${String((prefix * 7919) % 100_000).padStart(5, "0")}`;
      const expected = law.test(`+84${national}`) ? `+84${national}` : "number_invalid";
      for (const form of forms) {
        const written = form(national);
        expect(read(written), written).toBe(expected);
        if (byLibrary(written) !== expected) differing.add(String(prefix));
      }
    }
    for (const prefix of differing)
      expect(prefix).toMatch(law.test(`+84${prefix}00000`) ? onlyLaw : onlyLibrary);
    const documented = Array.from({ length: 9000 }, (_, at) => String(1000 + at)).filter(
      (prefix) => onlyLaw.test(prefix) || onlyLibrary.test(prefix),
    );
    expect([...differing].sort()).toEqual(documented);
  });

  it("holds exactly the mobiles of the published form", () => {
    for (let prefix = 0; prefix < 100; prefix++) {
      const e164 = `+84${String(prefix).padStart(2, "0")}1234567`;
      expect(isVietnameseMobile(e164), e164).toBe(law.test(e164));
    }
    for (const e164 of [
      "",
      "+84",
      "84901234521",
      "+8490123452",
      "+849012345210",
      "+65901234521",
      "+84９01234521",
    ])
      expect(isVietnameseMobile(e164)).toBe(false);
  });
});

describe("any text at all", () => {
  it("gives a number that reads as itself, or one of two faults", () => {
    const mess = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(..."0123456789+-. ()'=\"eE,８４\u00a0"), maxLength: 24 }),
    );
    fc.assert(
      fc.property(mess, fc.constantFrom("VN", "US", "IT", "", "??"), (written, country) => {
        const result = parsePhone(written, country);
        if (!result.ok) return ["phone_missing", "number_invalid"].includes(result.fault);
        const again = parsePhone(result.phone.e164, country);
        return again.ok && again.phone.e164 === result.phone.e164 && again.phone.converted === undefined;
      }),
      { numRuns: 5000 },
    );
  });
});
