import { describe, expect, test } from "vitest";
import { findIdentifiers, looksLikeCitizenId } from "../../src/content/identifiers/find-identifiers.ts";
import { passesLuhn, passesTaxCode } from "../../src/content/identifiers/luhn.ts";

const rulesOf = (text: string): string[] => findIdentifiers(text).map((hit) => `${hit.rule}:${hit.severity}`);

describe("check digits", () => {
  test.each(["4111111111111111", "5555555555554444", "9704000000000018", "378282246310005"])(
    "%s passes Luhn",
    (digits) => {
      expect(passesLuhn(digits)).toBe(true);
    },
  );
  test.each(["9704366800000000000", "4111111111111112", ""])("%s fails Luhn", (digits) => {
    expect(passesLuhn(digits)).toBe(false);
  });
  test.each(["0100233488", "0100109106", "0300588569", "0314409058002"])("%s is a tax code", (digits) => {
    expect(passesTaxCode(digits)).toBe(true);
  });
  test.each(["0100233480", "0314409058000", "12345"])("%s is no tax code", (digits) => {
    expect(passesTaxCode(digits)).toBe(false);
  });
});

describe("a citizen's number", () => {
  test("needs a century digit of 0 to 3, and tells a known province from an unknown one", () => {
    expect(looksLikeCitizenId("079188004521")).toEqual({ known: true });
    expect(looksLikeCitizenId("003188004521")).toEqual({ known: false });
    expect(looksLikeCitizenId("079588004521")).toBeNull();
  });
});

describe("numbers with their words", () => {
  test.each([
    ["so cccd 079188004521", "national_id.cccd:block"],
    ["cccd 003188004521", "national_id.cccd:review"],
    ["can cuoc cua chi la 070 185 002 341", "national_id.cccd:block"],
    ["cmnd 273456781", "national_id.cmnd:block"],
    ["so bhxh 7912345678", "national_id.bhxh:block"],
    ["the bhyt gd4797912345678", "national_id.bhyt:block"],
    ["ho chieu c1234567", "national_id.passport:block"],
    ["ssn 219099999", "national_id.ssn:block"],
    ["219-09-9999", "national_id.ssn:block"],
    ["s1234567d", "national_id.nric:block"],
    ["the tin dung 4111 1111 1111 1111", "card.pan:block"],
    ["4111-1111-1111-1111", "card.pan:block"],
    ["the atm 9704366800000000000", "card.pan:block"],
    ["so 9704366800000000000", "card.pan:review"],
    ["card 30569309025904", "card.pan:block"],
    ["the visa cvv 123", "card.cvv:block"],
  ])("%s is %s", (text, expected) => {
    expect(rulesOf(text)).toContain(expected);
  });

  test.each([
    "ma don hang 079188004521",
    "van don 794600123458",
    "the 411111******1111",
    "giao dich 774120983366 da xong",
    "goi 0900000112",
    "hotline 1900 1234",
    "imei 356938035643809",
    "4111 1111 1111 1112",
    "219-00-9999",
    "ma so 123456789",
  ])("%s holds none", (text) => {
    expect(rulesOf(text)).toEqual([]);
  });
});
