import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalBytes, canonicalText } from "../../src/ledger/canonical.ts";
import { hex } from "./memory-log.ts";

describe("canonical records", () => {
  it("are those of RFC 8785, section 3.2.2 to 3.2.4", () => {
    const parsed: unknown = JSON.parse(
      String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
    );
    expect(hex(canonicalBytes(parsed))).toBe(
      "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d",
    );
  });

  it("order keys by UTF-16 code unit as RFC 8785, section 3.2.3", () => {
    const parsed: unknown = JSON.parse(
      String.raw`{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}`,
    );
    const values = [...canonicalText(parsed).matchAll(/:"([^"]*)"/g)].map(([, value]) => value);
    expect(values).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  it.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["44b52d02c7e14af6", "1e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
  ])("write the number %s as RFC 8785, appendix B", (bits, text) => {
    expect(canonicalText(Buffer.from(bits, "hex").readDoubleBE())).toBe(text);
  });

  it("write a bigint as a string, so that no reader rounds it", () => {
    expect(canonicalText({ index: 2n ** 63n - 1n })).toBe('{"index":"9223372036854775807"}');
  });

  it("refuse what has no one spelling, naming the place and not the content", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    for (const bad of [
      undefined,
      { a: undefined },
      [undefined],
      new Array(1),
      { a: Number.NaN },
      { a: Number.POSITIVE_INFINITY },
      { a: "secret\ud800" },
      { "secret\udc00": 1 },
      { a: new Date(0) },
      { a: new Map() },
      { a: () => 1 },
      { a: Symbol("secret") },
      cycle,
    ]) {
      expect(() => canonicalBytes(bad)).toThrow(/^record has no canonical form: \//);
    }
    expect(() => canonicalBytes({ list: [{ phone: "secret\ud800" }] })).toThrow(
      "/list/0/phone holds a lone surrogate",
    );
  });

  it("are read back by any JSON reader and do not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalText(value);
        expect(JSON.stringify(JSON.parse(text))).toBe(
          JSON.stringify(JSON.parse(canonicalText(JSON.parse(text)))),
        );
        expect(canonicalText(JSON.parse(text))).toBe(text);
        expect(canonicalText(reversed(value))).toBe(text);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}
