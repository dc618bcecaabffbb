import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalText } from "../../src/ledger/canonical.ts";
import { commitRecord, verifyCommitment } from "../../src/ledger/commitment.ts";
import { proveInclusion } from "../../src/ledger/merkle.ts";
import { generateSignerKey } from "../../src/ledger/note-key.ts";
import { formatProof, parseProof, verifyProof } from "../../src/ledger/proof.ts";
import { formatReceipt, verifyReceipt } from "../../src/ledger/receipt.ts";
import { createMemoryLog, flipBit, hex, leavesOf, origin, readerOf, signer } from "./memory-log.ts";

const record = canonicalText({ kind: "hand_off", purpose: "advertising", fields: ["phone", "name"] });
const opening = new Uint8Array(32).fill(5);
const leaf = commitRecord(opening, Buffer.from(record));
const log = createMemoryLog(leavesOf(300).with(77, leaf));
const hashes = await proveInclusion(77n, 300n, readerOf(log));
const proof = formatProof({ index: 77n, hashes, checkpoint: log.checkpoint });
const receipt = formatReceipt({ record, opening, proof, verifierKey: signer.verifier });
const key = signer.verifier;
const stranger = generateSignerKey(origin, (count) => new Uint8Array(count).fill(9));

describe("commitments", () => {
  it("are HMAC-SHA256 under the label, over opening and record", () => {
    const expected = createHmac("sha256", "subscriber-guard/leaf/v1").update(
      `${"\u0005".repeat(32)}${record}`,
    );
    expect(hex(leaf)).toBe(expected.digest("hex"));
  });

  it("hold for their record and opening only", () => {
    expect(verifyCommitment(leaf, opening, Buffer.from(record))).toBe(true);
    fc.assert(
      fc.property(fc.nat(), (bit) => {
        expect(verifyCommitment(flipBit(leaf, bit), opening, Buffer.from(record))).toBe(false);
        expect(verifyCommitment(leaf, flipBit(opening, bit), Buffer.from(record))).toBe(false);
        expect(verifyCommitment(leaf, opening, flipBit(Buffer.from(record), bit))).toBe(false);
      }),
    );
    expect(verifyCommitment(leaf.subarray(1), opening, Buffer.from(record))).toBe(false);
    expect(
      verifyCommitment(leaf, opening.subarray(1), Buffer.concat([opening.subarray(31), Buffer.from(record)])),
    ).toBe(false);
    expect(() => commitRecord(opening.subarray(1), Buffer.from(record))).toThrow("32 bytes");
  });
});

describe("proofs", () => {
  it("have the text that the specification gives", () => {
    const [first = "", second = "", third] = proof.split("\n");
    expect([first, second]).toEqual(["c2sp.org/tlog-proof@v1", "index 77"]);
    expect(third).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(proof.slice(proof.indexOf("\n\n") + 2)).toBe(log.checkpoint);
    const extra = formatProof({ index: 0n, hashes: [], checkpoint: "c", extra: Uint8Array.of(1, 2, 3) });
    expect(extra).toBe("c2sp.org/tlog-proof@v1\nextra AQID\nindex 0\n\nc");
    expect(parseProof(extra)).toEqual({
      index: 0n,
      hashes: [],
      checkpoint: "c",
      extra: Uint8Array.of(1, 2, 3),
    });
  });

  it("are read as in the specification's example", () => {
    // Its checkpoint and its extra line are abridged there, so only the rest can be read.
    const example = `c2sp.org/tlog-proof@v1
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
`;
    const parsed = parseProof(example);
    expect([parsed?.index, parsed?.hashes.length]).toEqual([73_894n, 5]);
    expect(parsed?.checkpoint).toBe("example.com/fancylog\n109482\n");
    if (parsed) expect(formatProof(parsed)).toBe(example);
  });

  it("verify offline, and say what is wrong where they do not", () => {
    expect(verifyProof(proof, leaf, key, origin)).toMatchObject({ ok: true, index: 77n });
    const fault = (text: string, data = leaf, trusted = key, name = origin) =>
      verifyProof(text, data, trusted, name);
    expect(fault(proof, flipBit(leaf, 3))).toEqual({ ok: false, fault: "leaf_not_included" });
    expect(fault(proof.replace("index 77", "index 78"))).toEqual({ ok: false, fault: "leaf_not_included" });
    expect(fault(proof.replace("index 77", "index 077"))).toEqual({ ok: false, fault: "proof_malformed" });
    expect(fault(proof.replace("@v1", "@v2"))).toEqual({ ok: false, fault: "proof_malformed" });
    expect(fault(proof, leaf, stranger.verifier)).toEqual({ ok: false, fault: "signature_missing" });
    expect(fault(proof, leaf, key, "other")).toEqual({ ok: false, fault: "origin_wrong" });
    expect(fault(proof.replace("\n300\n", "\n301\n"))).toEqual({ ok: false, fault: "signature_wrong" });
    expect(fault(proof.slice(0, -1))).toEqual({ ok: false, fault: "note_malformed" });
  });

  it("verify with no bit turned anywhere, and never crash", () => {
    const bytes = Buffer.from(proof);
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      expect(verifyProof(Buffer.from(flipBit(bytes, bit)).toString("utf8"), leaf, key, origin).ok).toBe(
        false,
      );
    }
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (any) => {
        expect(verifyProof(any, leaf, key, origin).ok).toBe(false);
        expect(verifyProof(`c2sp.org/tlog-proof@v1\n${any}`, leaf, key, origin).ok).toBe(false);
      }),
    );
  });
});

describe("receipts", () => {
  it("verify offline with the log's key and name alone", () => {
    expect(verifyReceipt(receipt, key, origin)).toEqual({
      ok: true,
      record: { kind: "hand_off", purpose: "advertising", fields: ["phone", "name"] },
      index: 77n,
      origin,
      treeSize: 300n,
    });
  });

  it("name what failed", () => {
    const change = (name: string, value: unknown) =>
      verifyReceipt(JSON.stringify({ ...JSON.parse(receipt), [name]: value }), key, origin);
    expect(change("record", record.replace("advertising", "transaction"))).toMatchObject({
      fault: "record_altered",
    });
    expect(change("opening", Buffer.alloc(32).toString("base64"))).toMatchObject({ fault: "record_altered" });
    expect(change("opening", "AA==")).toMatchObject({ fault: "receipt_malformed" });
    expect(change("format", "other")).toMatchObject({ fault: "receipt_malformed" });
    expect(change("record", 7)).toMatchObject({ fault: "record_altered" });
    expect(change("proof", "nonsense")).toMatchObject({ fault: "proof_malformed" });
    expect(verifyReceipt(receipt, stranger.verifier, origin)).toMatchObject({ fault: "key_not_trusted" });
    expect(verifyReceipt(receipt, key, "other")).toMatchObject({ fault: "origin_wrong" });
    expect(verifyReceipt("[]", key, origin)).toMatchObject({ fault: "receipt_malformed" });
    expect(verifyReceipt("{", key, origin)).toMatchObject({ fault: "receipt_malformed" });
    const other = formatReceipt({ record: "{}", opening, proof, verifierKey: key });
    expect(verifyReceipt(other, key, origin)).toMatchObject({ fault: "leaf_not_included" });
  });

  it("of a log that somebody else signed do not verify, whatever key they carry", () => {
    const forged = { record, opening, proof, verifierKey: stranger.verifier };
    expect(verifyReceipt(formatReceipt(forged), key, origin)).toEqual({
      ok: false,
      fault: "key_not_trusted",
    });
  });

  it("of a text that two readers could understand in two ways do not verify", () => {
    const text = '{"a":1,"a":2}';
    const twice = commitRecord(opening, Buffer.from(text));
    const forged = { ...JSON.parse(receipt), record: text, leaf: Buffer.from(twice).toString("base64") };
    expect(verifyReceipt(JSON.stringify(forged), key, origin)).toEqual({
      ok: false,
      fault: "record_not_canonical",
    });
    expect(() => formatReceipt({ record: text, opening, proof, verifierKey: key })).toThrow("not canonical");
  });
});
