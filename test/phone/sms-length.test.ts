import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smsParts } from "../../src/phone/sms-length.ts";

describe("how a text travels as SMS", () => {
  it.each([
    ["a".repeat(160), "GSM-7", 160, 160, 1],
    ["a".repeat(161), "GSM-7", 161, 161, 2],
    ["a".repeat(306), "GSM-7", 306, 306, 2],
    ["a".repeat(307), "GSM-7", 307, 307, 3],
    ["ế".repeat(70), "UCS-2", 70, 70, 1],
    ["ế".repeat(71), "UCS-2", 71, 71, 2],
    ["ế".repeat(134), "UCS-2", 134, 134, 2],
    ["ế".repeat(135), "UCS-2", 135, 135, 3],
    ["Quà", "GSM-7", 3, 3, 1],
    ["Quà tặng", "UCS-2", 8, 8, 1],
    [`${"a".repeat(139)}ế`, "UCS-2", 140, 140, 3],
    ["€".repeat(80), "GSM-7", 80, 160, 1],
    ["€".repeat(81), "GSM-7", 81, 162, 2],
    ["^{}\\[~]|€\f", "GSM-7", 10, 20, 1],
    ["", "GSM-7", 0, 0, 0],
  ] as const)("%#: %.12s… is %s", (text, encoding, characters, units, parts) => {
    expect(smsParts(text)).toEqual({ encoding, characters, units, parts });
  });

  it("has seven accented Vietnamese letters in the GSM alphabet and no more", () => {
    const letters = [
      ..."àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ".normalize("NFC"),
    ];
    const all = [...letters, ...letters.map((letter) => letter.toUpperCase())];
    expect(all).toHaveLength(134);
    const gsm = all.filter((letter) => smsParts(letter).encoding === "GSM-7");
    expect(gsm.sort()).toEqual([..."àèéìòùÉ"].sort());
  });

  it("does not take a decomposed letter for the GSM one, nor a look-alike or a no-break space", () => {
    for (const text of ["a\u0300", "ç", "`", "\u00a0", "–", "’", "đ", "Đ"])
      expect(smsParts(text).encoding).toBe("UCS-2");
  });

  it("moves an escape that does not fit to the next part whole", () => {
    // 152 + escape at the border of 153: one septet stays empty, so 306 septets need three parts.
    expect(smsParts(`${"a".repeat(152)}€${"a".repeat(152)}`)).toMatchObject({ units: 306, parts: 3 });
    expect(smsParts(`${"a".repeat(151)}€${"a".repeat(153)}`)).toMatchObject({ units: 306, parts: 2 });
  });

  it("moves a surrogate pair that does not fit to the next part whole", () => {
    expect(smsParts(`${"ế".repeat(66)}😀${"ế".repeat(66)}`)).toMatchObject({ units: 134, parts: 3 });
    expect(smsParts(`${"ế".repeat(65)}😀${"ế".repeat(67)}`)).toMatchObject({ units: 134, parts: 2 });
  });

  it("never claims fewer parts than the units need", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "€", "ế", "😀", "\n"), maxLength: 800 }), (text) => {
        const { encoding, units, parts } = smsParts(text);
        const [single, part] = encoding === "GSM-7" ? [160, 153] : [70, 67];
        const least = units === 0 ? 0 : units <= single ? 1 : Math.ceil(units / part);
        return parts >= least && parts <= Math.ceil(units / (part - 1));
      }),
    );
  });
});
