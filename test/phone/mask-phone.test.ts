import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskPhone } from "../../src/phone/mask-phone.ts";

describe("maskPhone", () => {
  it.each([
    ["+84901234521", "+84 90 *** ** 21"],
    ["+16502530000", "+1 65 *** ** 00"],
    ["+6591234567", "+65 91 *** ** 67"],
    ["+35799123456", "+357 99 *** ** 56"],
    ["+3541234567", "+354 *** ** 67"],
  ])("%s is shown as %s", (e164, masked) => expect(maskPhone(e164)).toBe(masked));

  it("hides whole what is not an E.164 number", () => {
    for (const text of ["", "0901234521", "+84", "84901234521", "+84 901234521", "+849012345212345678"])
      expect(maskPhone(text)).toBe("*** **");
  });

  it("never shows more than four national digits", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9]\d{6,14}$/), (e164) => {
        const masked = maskPhone(e164);
        const [code = ""] = masked.slice(1).split(" ");
        return masked.replace(/\D/g, "").length <= code.length + 4 && masked.endsWith(e164.slice(-2));
      }),
    );
  });
});
