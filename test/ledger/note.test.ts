import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatNote, parseNote, signNote, verifyNote } from "../../src/ledger/note.ts";
import {
  formatSignerKey,
  formatVerifierKey,
  generateSignerKey,
  isKeyName,
  parseSignerKey,
  parseVerifierKey,
} from "../../src/ledger/note-key.ts";
import { flipBit } from "./memory-log.ts";

// The examples that Go's sumdb/note publishes with its tests.
const peterSecret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const peterKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const enochKey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const text =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const peterLine =
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const enochLine =
  "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

const signer = parseSignerKey(peterSecret);
const peter = parseVerifierKey(peterKey);
const enoch = parseVerifierKey(enochKey);
if (signer === null || peter === null || enoch === null) throw new Error("the published keys were not read");

describe("note keys", () => {
  it("are read and written as Go's sumdb/note does", () => {
    expect(formatSignerKey(signer)).toBe(peterSecret);
    expect(formatVerifierKey(signer.verifier)).toBe(peterKey);
    expect(formatVerifierKey(peter)).toBe(peterKey);
    expect(formatVerifierKey(enoch)).toBe(enochKey);
  });

  it("are refused in every piece and with every character changed", () => {
    for (const [key, parse] of [
      [peterKey, parseVerifierKey],
      [peterSecret, parseSignerKey],
    ] as const) {
      for (let i = 0; i <= key.length; i++) {
        for (let j = i + 1; j <= key.length; j++) {
          if (i !== 0 || j !== key.length) expect(parse(key.slice(i, j))).toBeNull();
        }
      }
      for (let i = 0; i < key.length; i++) {
        const changed = key.slice(0, i) + String.fromCharCode(key.charCodeAt(i) + 1) + key.slice(i + 1);
        expect(parse(changed)).toBeNull();
      }
    }
    expect(
      parseVerifierKey("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="),
    ).toBeNull();
    expect(parseVerifierKey("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")).toBeNull();
  });

  it("generated ones come from the randomness given and are read back", () => {
    const key = generateSignerKey("guard.example/ledger", (count) => new Uint8Array(count).fill(3));
    expect(
      generateSignerKey("guard.example/ledger", (count) => new Uint8Array(count).fill(3)).verifier,
    ).toEqual(key.verifier);
    expect(parseSignerKey(formatSignerKey(key))?.verifier).toEqual(key.verifier);
    expect(parseVerifierKey(formatVerifierKey(key.verifier))).toEqual(key.verifier);
  });

  it("do not show their secret when printed", () => {
    expect(JSON.stringify(signer)).not.toContain("gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS");
  });

  it("have names without spaces and plus signs", () => {
    for (const name of ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\nb", "a\ud800"])
      expect(isKeyName(name)).toBe(false);
    expect(isKeyName("quasimodo.example/salvatore")).toBe(true);
    expect(() => generateSignerKey("a b", (count) => new Uint8Array(count))).toThrow("not a key name");
  });
});

describe("signed notes", () => {
  it("are signed as Go's sumdb/note signs them", () => {
    expect(signNote(text, signer)).toBe(`${text}\n${peterLine}`);
  });

  it("verify with the keys one knows; other signatures are ignored", () => {
    expect(verifyNote(`${text}\n${peterLine}${enochLine}`, [peter])).toEqual({
      ok: true,
      text,
      signedBy: [peter],
    });
    expect(verifyNote(`${text}\n${peterLine}${enochLine}`, [peter, enoch])).toEqual({
      ok: true,
      text,
      signedBy: [peter, enoch],
    });
    expect(verifyNote(`${text}\n${peterLine}`, [enoch])).toEqual({ ok: false, fault: "signature_missing" });
    expect(verifyNote(`${text}\n${peterLine}`, [])).toEqual({ ok: false, fault: "signature_missing" });
  });

  it("are refused where a known key's signature is wrong, even beside a right one", () => {
    const wrong = `${peterLine.slice(0, 60)}ABCD${peterLine.slice(60)}`;
    expect(verifyNote(`${text}\n${wrong}`, [peter])).toEqual({ ok: false, fault: "signature_wrong" });
    const swapped = enochLine.replace("rwz+eB", "rwz+eC");
    expect(verifyNote(`${text}\n${peterLine}${swapped}`, [peter, enoch])).toEqual({
      ok: false,
      fault: "signature_wrong",
    });
  });

  it("are refused where they are malformed", () => {
    for (const bad of [
      text,
      `${text}\n`,
      `${text}\n${peterLine.slice(0, -1)}`,
      `\u0001${text}\n${peterLine}`,
      `\ud800${text}\n${peterLine}`,
      `${text}\n— Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=`,
      `${text}\n${peterLine}Unexpected line.\n`,
      `${text}\n${peterLine.repeat(101)}`,
      `${"x".repeat(1_000_001)}\n\n${peterLine}`,
      `${text}\n— PeterNeumann x08goA==\n`.replace("x08goA==", "x08gow=="),
    ]) {
      expect(verifyNote(bad, [peter])).toEqual({ ok: false, fault: "note_malformed" });
    }
    expect(() => signNote("abc", signer)).toThrow("not a note's text");
    expect(() => signNote("a\tb\n", signer)).toThrow("not a note's text");
  });

  it("keep empty lines in their text", () => {
    // The specification's example, whose key is not published.
    const note =
      "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    const parsed = parseNote(note);
    expect(parsed?.text).toBe(
      "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n",
    );
    expect(parsed?.signatures.map(({ name, id }) => [name, id])).toEqual([
      ["quasimodo.example/salvatore", "367ba04b"],
    ]);
    if (parsed) expect(formatNote(parsed)).toBe(note);
  });

  it("verify with no bit turned anywhere", () => {
    const note = Buffer.from(`${text}\n${peterLine}`);
    fc.assert(
      fc.property(fc.nat({ max: note.length * 8 - 1 }), (bit) => {
        expect(verifyNote(Buffer.from(flipBit(note, bit)).toString("utf8"), [peter]).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("never crash on arbitrary text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (any) => {
        expect(verifyNote(any, [peter]).ok).toBe(false);
        expect(verifyNote(`${any}\n\n${peterLine}`, [enoch]).ok).toBe(false);
        expect([parseVerifierKey(any), parseSignerKey(any)]).toEqual([null, null]);
      }),
    );
  });
});
