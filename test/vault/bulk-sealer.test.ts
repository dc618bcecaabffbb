import { createCipheriv, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BulkTexts, CustomerVault } from "../../src/guard/ports/vault.ts";
import { bulkSealer } from "../../src/vault/bulk-sealer.ts";
import { createVault } from "../../src/vault/create-vault.ts";

const context = "subscriber.profile";

function customer(root = randomBytes(32)): CustomerVault {
  const vault = createVault(root);
  return vault.customer("one", vault.newCustomerKey());
}

function pack(vault: CustomerVault, texts: readonly string[]): BulkTexts {
  const bytes = texts.map((text) => Buffer.from(text));
  let end = 0;
  return {
    texts: Buffer.concat(bytes),
    ends: Uint32Array.from(bytes, (each) => (end += each.length)),
    digests: Buffer.from(bytes.map((each) => vault.bulk(context).digest(each)).join(""), "latin1"),
  };
}

function rowsOf(sealed: { readonly salts: Buffer; readonly ciphers: Buffer; readonly ends: Uint32Array }) {
  return [...sealed.ends].map((end, row) => ({
    salt: sealed.salts.subarray(row * 16, row * 16 + 16),
    cipher: Buffer.from(sealed.ciphers.subarray(row === 0 ? 0 : sealed.ends[row - 1], end)),
  }));
}

describe("texts sealed in bulk", () => {
  test("open one by one with their own salt, whatever they hold and in whatever order they were asked for", () => {
    const vault = customer();
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: "grapheme", maxLength: 90 }).filter((text) => !text.includes("\0")),
          { maxLength: 20 },
        ),
        (texts) => {
          const positions = texts.map((_, at) => at).reverse();
          const rows = rowsOf(vault.bulk(context).seal(pack(vault, texts), positions));
          expect(
            rows.map(({ salt, cipher }) => vault.subscriber(salt).open(cipher, context).toString()),
          ).toEqual(positions.map((at) => texts[at]));
        },
      ),
    );
  });

  test("give back the plain text without what stands beside it", () => {
    const vault = customer();
    const [row] = rowsOf(vault.bulk(context).seal(pack(vault, ["profile\0beside"]), [0]));
    if (row === undefined) throw new Error("nothing was sealed");
    expect(vault.subscriber(row.salt).open(row.cipher, context).toString()).toBe("profile");
  });

  test("do not open without their salt, in another place, at another customer or after any change", () => {
    const [vault, other] = [customer(), customer()];
    const [a, b] = rowsOf(vault.bulk(context).seal(pack(vault, ["An", "An"]), [0, 1]));
    if (a === undefined || b === undefined) throw new Error("nothing was sealed");
    expect(a.cipher.equals(b.cipher)).toBe(false);
    expect(() => vault.subscriber(b.salt).open(a.cipher, context)).toThrow();
    expect(() => vault.subscriber(a.salt).open(a.cipher, "message.data")).toThrow();
    expect(() => other.subscriber(a.salt).open(a.cipher, context)).toThrow();
    for (let at = 0; at < a.cipher.length; at++) {
      const altered = Buffer.from(a.cipher);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      expect(() => vault.subscriber(a.salt).open(altered, context)).toThrow();
    }
    expect(() => vault.subscriber(a.salt).open(a.cipher.subarray(0, 10), context)).toThrow();
  });

  // The key of NIST SP 800-38A, F.5.5; the stream as OpenSSL makes it.
  test("are AES-256 in counter mode from the salt on", () => {
    const key = Buffer.from("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "hex");
    const sealer = bulkSealer(key, () => "\0".repeat(32));
    const plain = "the same text over more than one block of sixteen bytes";
    const length = Buffer.byteLength(plain);
    const sealed = sealer.seal(
      {
        texts: Buffer.from(plain),
        ends: Uint32Array.of(length),
        digests: Buffer.alloc(16),
      },
      [0],
    );
    const aes = createCipheriv("aes-256-ctr", key, sealed.salts);
    expect(sealed.ciphers.subarray(17).toString("hex")).toBe(aes.update(plain).toString("hex"));
  });

  test("the keyed index of a number is the same as bytes and as text", () => {
    const vault = customer();
    expect(Buffer.from(vault.phoneKey("+84901234521"), "latin1")).toEqual(vault.phoneIndex("+84901234521"));
  });
});
