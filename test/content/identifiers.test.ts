import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFoldTable, lookAlikeMap } from "../../src/content/fold-table.ts";
import { findIdentifiers, looksLikeCitizenId } from "../../src/content/identifiers/find-identifiers.ts";
import { passesLuhn, passesTaxCode } from "../../src/content/identifiers/luhn.ts";
import { mayHoldIdentifier } from "../../src/content/identifiers/may-hold.ts";
import { createPlainReader } from "../../src/content/identifiers/plain-text.ts";

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

describe("the first look at a text", () => {
  const readPlain = createPlainReader(createFoldTable(lookAlikeMap()));

  test("lets no text through in which the second finds a number", () => {
    const piece = fc.constantFrom(
      ..."hộ chiếu |C1234567|cvv |123|S1234567D|219-09-9999|pan |abcde1234f|RSSMRA85T10A562S|NI |AB123456C|4111 1111 |1111 1111|mã bảo mật thẻ |CCCD |0791|8800|4521|_|-|.| |&#49;|<b>|\u200b|e\u0301|１２３|x|mạt|the |code ".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join("");
        if (!mayHoldIdentifier(text)) expect(findIdentifiers(readPlain(text).text)).toEqual([]);
      }),
      { numRuns: 4000 },
    );
  });

  test.each(["Giảm 20% đến 30/6, giao từ 9h", "Áo mẫu 12, giá 450.000đ", "Gọi 1900 12"])(
    "%s needs no second",
    (text) => {
      expect(mayHoldIdentifier(text)).toBe(false);
    },
  );
});
