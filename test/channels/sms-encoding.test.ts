import fc from "fast-check";
import { expect, test } from "vitest";
import { fromGsm7, fromUcs2, smsEncodingOf, smsParts } from "../../src/channels/sms-encoding.ts";

// 3GPP TS 23.038, 6.2.1: a few rows of the default alphabet and its extension.
test.each([
  ["@", "00"],
  ["é", "05"],
  ["_", "11"],
  [" ", "20"],
  ["A", "41"],
  ["Ü", "5e"],
  ["a", "61"],
  ["à", "7f"],
  ["€", "1b65"],
  ["[", "1b3c"],
])("%s is %s in the default alphabet", (character, hex) => {
  expect(smsParts(character)).toMatchObject({ encoding: "gsm7", parts: [Buffer.from(hex, "hex")] });
});

test("of the accented Vietnamese letters only seven are in the default alphabet", () => {
  const letters =
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ";
  expect([...letters]).toHaveLength(134);
  expect([...letters].filter((letter) => smsEncodingOf(letter) === "gsm7").join("")).toBe("àèéìòùÉ");
});

test.each([
  ["a".repeat(160), "gsm7", 1],
  ["a".repeat(161), "gsm7", 2],
  ["a".repeat(306), "gsm7", 2],
  ["a".repeat(307), "gsm7", 3],
  ["ế".repeat(70), "ucs2", 1],
  ["ế".repeat(71), "ucs2", 2],
  ["ế".repeat(134), "ucs2", 2],
  ["ế".repeat(135), "ucs2", 3],
  [`${"a".repeat(139)}ế`, "ucs2", 3],
  [`${"a".repeat(152)}€${"a".repeat(10)}`, "gsm7", 2],
] as const)("the limits of 160/153 and 70/67 hold", (text, encoding, parts) => {
  const split = smsParts(text);
  expect(split.encoding).toBe(encoding);
  expect(split.parts).toHaveLength(parts);
});

test("71 letters split into 67 and 4", () => {
  expect(smsParts("ế".repeat(71)).parts.map((part) => part.length)).toEqual([134, 8]);
});

test("decomposed letters count as the composed ones", () => {
  expect(smsParts("ế".normalize("NFD"))).toEqual(smsParts("ế"));
});

test("no part ends inside a character, and together they are the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (given) => {
      const text = given.normalize("NFC");
      const { encoding, parts } = smsParts(text);
      const decode = encoding === "gsm7" ? fromGsm7 : fromUcs2;
      const texts = parts.map((part) => decode(part));
      expect(texts.join("")).toBe(text);
      if (parts.length > 1)
        expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(
          encoding === "gsm7" ? 153 : 134,
        );
      for (const part of texts) expect(Buffer.from(part, "utf8").toString("utf8")).toBe(part);
    }),
  );
});
