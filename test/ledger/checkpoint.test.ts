import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatCheckpoint,
  parseCheckpoint,
  parsePosition,
  signCheckpoint,
  verifyCheckpoint,
} from "../../src/ledger/checkpoint.ts";
import { parseNote } from "../../src/ledger/note.ts";
import { generateSignerKey } from "../../src/ledger/note-key.ts";
import { origin, signer } from "./memory-log.ts";

// The specification's example.
const body = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const note = `${body}
— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;

describe("checkpoints", () => {
  it("are read and written as the specification's example", () => {
    expect(parseNote(note)?.text).toBe(body);
    const checkpoint = parseCheckpoint(body);
    expect(checkpoint).toMatchObject({
      origin: "example.com/behind-the-sofa",
      size: 20_852_163n,
      extensions: [],
    });
    if (checkpoint) expect(formatCheckpoint(checkpoint)).toBe(body);
  });

  it("keep extension lines", () => {
    expect(parseCheckpoint(`${body}one\ntwo\n`)?.extensions).toEqual(["one", "two"]);
  });

  it("are refused where they are malformed", () => {
    const root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    for (const bad of [
      "",
      "\n",
      "log\n1\n",
      `log\n1\n${root}`,
      `\n1\n${root}\n`,
      `log\n01\n${root}\n`,
      `log\n-1\n${root}\n`,
      `log\n+1\n${root}\n`,
      `log\n0x1\n${root}\n`,
      `log\n\n${root}\n`,
      `log\n9223372036854775808\n${root}\n`,
      `log\n1\n${root.slice(0, -1)}\n`,
      `log\n1\n${root.replace("I=", "J=")}\n`,
      "log\n1\nAAAA\n",
      `log\n1\n${root}\n\n`,
      `log\n1\n${root}\n\nextension\n`,
    ]) {
      expect(parseCheckpoint(bad)).toBeNull();
    }
    expect(parseCheckpoint(`log\n9223372036854775807\n${root}\n`)?.size).toBe(2n ** 63n - 1n);
    const checkpoint = { origin: "a\nb", size: 1n, root: new Uint8Array(32), extensions: [] };
    expect(() => formatCheckpoint({ ...checkpoint, origin: "", size: -1n })).toThrow("not a checkpoint");
  });

  it("verify with their log's key and name only", () => {
    const checkpoint = { origin, size: 5n, root: new Uint8Array(32).fill(1), extensions: [] };
    const signed = signCheckpoint(checkpoint, signer);
    expect(verifyCheckpoint(signed, signer.verifier, origin)).toEqual({ ok: true, checkpoint });
    expect(verifyCheckpoint(signed, signer.verifier, "other")).toEqual({ ok: false, fault: "origin_wrong" });
    const stranger = generateSignerKey(origin, (count) => new Uint8Array(count).fill(9)).verifier;
    expect(verifyCheckpoint(signed, stranger, origin)).toEqual({ ok: false, fault: "signature_missing" });
    const other = signed.replace("\n5\n", "\n6\n");
    expect(verifyCheckpoint(other, signer.verifier, origin)).toEqual({ ok: false, fault: "signature_wrong" });
  });

  it("positions are decimal without leading zeroes", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (position) => {
        expect(parsePosition(position.toString())).toBe(position);
        expect(parsePosition(`0${position}`)).toBeNull();
      }),
    );
  });
});
