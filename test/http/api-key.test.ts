import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apiKeyDigest, apiKeyMode, createApiKey } from "../../src/http/api-key.ts";

const random = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("API keys", () => {
  it("have the one form that scanners and people can tell, for any randomness", () => {
    fc.assert(
      fc.property(random, fc.constantFrom("live", "test"), (bytes, mode) => {
        const key = createApiKey(mode, bytes);
        expect(key).toMatch(new RegExp(`^sg_${mode}_[0-9A-Za-z]{49}$`));
        expect(apiKeyMode(key)).toBe(mode);
      }),
    );
  });

  it("keep all their randomness: different bytes, different keys", () => {
    fc.assert(
      fc.property(random, random, (one, other) => {
        const same = Buffer.compare(one, other) === 0;
        expect(createApiKey("live", one) === createApiKey("live", other)).toBe(same);
      }),
    );
  });

  it("show a mistyped character", () => {
    fc.assert(
      fc.property(random, fc.nat(48), fc.constantFrom(..."019AZaz"), (bytes, position, character) => {
        const key = createApiKey("live", bytes);
        const at = "sg_live_".length + position;
        const wrong = key.slice(0, at) + character + key.slice(at + 1);
        if (wrong !== key) expect(apiKeyMode(wrong)).toBeNull();
      }),
    );
  });

  it("of another mode do not pass by renaming", () => {
    const key = createApiKey("test", new Uint8Array(32));
    expect(apiKeyMode(key.replace("sg_test_", "sg_live_"))).toBeNull();
  });

  it("are known by their SHA-256", () => {
    // FIPS 180-4, the one-block example.
    expect(Buffer.from(apiKeyDigest("abc")).toString("hex")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
