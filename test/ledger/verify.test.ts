import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signCheckpoint } from "../../src/ledger/checkpoint.ts";
import { generateSignerKey } from "../../src/ledger/note-key.ts";
import { verifyLog } from "../../src/ledger/verify.ts";
import { createMemoryLog, flipBit, leavesOf, origin, signer } from "./memory-log.ts";
import { copyOf, expectNamed, readerOfCopy, tamperings, verifyCopy } from "./tampering.ts";

const sizes = [2, 3, 40, 255, 256, 257, 300, 511, 513, 700, 1_025];
const logs = new Map(sizes.map((size) => [size, createMemoryLog(leavesOf(size))]));
const tamperingsCount = Number(process.env["LEDGER_TAMPERINGS"] ?? 2_000);
/** Fixes what is drawn, so that a long run can be done in slices; unset: another one each time. */
const tamperingsSeed = process.env["LEDGER_SEED"];

describe("verifying a log", () => {
  it("finds nothing in an untouched log of any size, and vouches for all of it", async () => {
    for (const size of [0, 1, ...sizes, 65_537]) {
      const report = await verifyCopy(copyOf(createMemoryLog(leavesOf(size))));
      expect(report).toMatchObject({ ok: true, checkpoint: "verified", anchor: "verified", findings: [] });
      expect([report.size, report.entriesVouched]).toEqual([BigInt(size), BigInt(size)]);
    }
  });

  it(
    `finds and rightly names each of ${tamperingsCount} random tamperings`,
    async () => {
      const names = fc.constantFrom(...Object.keys(tamperings));
      const choices = fc.infiniteStream(fc.nat({ max: 2 ** 30 }));
      await fc.assert(
        fc.asyncProperty(names, fc.constantFrom(...sizes), choices, async (name, size, stream) => {
          const log = logs.get(size) ?? createMemoryLog([]);
          const copy = copyOf(log);
          const random = (below: number) => (stream.next().value ?? 0) % below;
          const expected = tamperings[name]?.(copy, log, random);
          if (expected === undefined) throw new Error("no such tampering");
          expectNamed(await verifyCopy(copy), expected);
        }),
        {
          numRuns: tamperingsCount,
          ...(tamperingsSeed === undefined ? {} : { seed: Number(tamperingsSeed) }),
        },
      );
    },
    60_000 + 60 * tamperingsCount,
  );

  it("names tamperings in tiles above the lowest, and across many bundles", async () => {
    const log = createMemoryLog(leavesOf(66_000));
    for (const name of [
      "a tile altered",
      "a tile removed",
      "an entry and its tile altered alike",
      "an entry dropped and all after it moved up",
      "a strange entry put in and all after it moved down",
      "two entries swapped",
      "another history signed",
      "two leaves swapped in the database",
    ]) {
      let state = 12_345;
      const random = (below: number) => {
        state = (state * 48_271) % 2_147_483_647;
        return state % below;
      };
      const copy = copyOf(log);
      const expected = tamperings[name]?.(copy, log, random);
      if (expected === undefined) throw new Error("no such tampering");
      expectNamed(await verifyCopy(copy), expected);
    }
  });

  it("finds the same from outside, without database and second place", async () => {
    const log = createMemoryLog(leavesOf(700));
    for (const name of [
      "an entry altered",
      "an entry dropped and all after it moved up",
      "two entries swapped",
    ]) {
      const copy = copyOf(log);
      const expected = tamperings[name]?.(copy, log, () => 300);
      if (expected === undefined) throw new Error("no such tampering");
      const report = await verifyLog(readerOfCopy(copy), { key: signer.verifier, origin });
      expect(report.anchor).toBe("not_asked");
      expectNamed(report, expected);
    }
  });

  it("names every fault of a log that has several", async () => {
    const log = createMemoryLog(leavesOf(1_025));
    const copy = copyOf(log);
    for (const name of ["a bundle removed", "a tile removed", "a leaf altered in the database"]) {
      tamperings[name]?.(copy, log, (below) => 2 % below);
    }
    tamperings["a record altered in the database"]?.(copy, log, () => 900);
    const { findings } = await verifyCopy(copy);
    expect(findings.map(({ kind, place, from, to }) => [kind, place, from, to])).toEqual([
      ["altered", "database", 2n, 3n],
      ["altered", "records", 900n, 901n],
      ["missing", "entries", 512n, 768n],
      ["missing", "tiles", 512n, 768n],
    ]);
  });

  it("says what is wrong with a checkpoint, and goes by the second place where it has to", async () => {
    const log = createMemoryLog(leavesOf(300));
    const stranger = generateSignerKey(origin, (count) => new Uint8Array(count).fill(9));
    const body = { origin, size: 300n, root: log.root, extensions: [] };
    const cases = [
      [null, "absent"],
      ["nonsense", "note_malformed"],
      [signCheckpoint(body, stranger), "signature_missing"],
      [signCheckpoint({ ...body, origin: "other.example/log" }, signer), "origin_wrong"],
      [log.checkpoint.replace("300", "299"), "signature_wrong"],
    ] as const;
    for (const [checkpoint, state] of cases) {
      const report = await verifyCopy({ ...copyOf(log), checkpoint });
      expect(report).toMatchObject({ ok: false, checkpoint: state, size: 300n, findings: [] });
      const alone = await verifyCopy({ ...copyOf(log), checkpoint, anchor: null });
      expect(alone).toMatchObject({ ok: false, checkpoint: state, anchor: "absent", size: null });
    }
  });

  it("vouches for what the second place knows when later tiles were rewritten", async () => {
    const log = createMemoryLog(leavesOf(700));
    const other = createMemoryLog([...log.leaves.slice(0, 650), ...leavesOf(50, "other")]);
    const copy = { ...copyOf(other), checkpoint: log.checkpoint };
    copy.anchor = createMemoryLog(log.leaves.slice(0, 600)).checkpoint;
    const { findings } = await verifyCopy(copy);
    expect(findings).toContainEqual({ kind: "altered", place: "tiles", from: 600n, to: 700n });
    expect(findings.filter(({ kind }) => kind !== "unanchored").every(({ from }) => from >= 600n)).toBe(true);
  });

  it("ends on a log that claims more entries than there could ever be", async () => {
    const log = createMemoryLog(leavesOf(300));
    const size = 2n ** 62n + 12_345n;
    const checkpoint = signCheckpoint({ origin, size, root: log.root, extensions: [] }, signer);
    const report = await verifyCopy({ ...copyOf(log), checkpoint, anchor: checkpoint });
    expect(report.ok).toBe(false);
    expect(report.findings).toContainEqual({ kind: "altered", place: "tiles", from: 0n, to: size });
  });

  it("ends when it is told to, and passes on that a reader failed", async () => {
    const copy = copyOf(createMemoryLog(leavesOf(700)));
    await expect(verifyCopy(copy, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
    const broken = { ...readerOfCopy(copy), entries: () => Promise.reject(new Error("connection lost")) };
    await expect(verifyLog(broken, { key: signer.verifier, origin })).rejects.toThrow("connection lost");
  });

  it("survives arbitrary bytes in every place", async () => {
    const log = createMemoryLog(leavesOf(300));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 9_000 }), fc.nat(), async (bytes, choice) => {
        const copy = copyOf(log);
        if (choice % 2 === 0) copy.bundles.set(String(choice % 3), bytes);
        else copy.tiles.set([...copy.tiles.keys()][choice % copy.tiles.size] ?? "", bytes);
        const report = await verifyCopy(copy);
        expect(typeof report.ok).toBe("boolean");
      }),
      { numRuns: 200 },
    );
  });

  it("keeps a bounded list of findings", async () => {
    const log = createMemoryLog(leavesOf(30_000));
    const copy = copyOf(log);
    copy.leaves = copy.leaves.map((stored, i) =>
      i % 2 === 0 ? { ...stored, commitmentHolds: false } : stored,
    );
    const { findings, findingsDropped } = await verifyCopy(copy);
    expect([findings.length, findingsDropped]).toEqual([10_000, 5_000]);
  });

  it("notices every single bit turned in a checkpoint", async () => {
    const log = createMemoryLog(leavesOf(3));
    const bytes = Buffer.from(log.checkpoint);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const checkpoint = Buffer.from(flipBit(bytes, bit)).toString("utf8");
      expect((await verifyCopy({ ...copyOf(log), checkpoint })).ok).toBe(false);
    }
  });
});
