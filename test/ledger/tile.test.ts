import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatEntryBundle, parseEntryBundle } from "../../src/ledger/entry-bundle.ts";
import { bundlePath, edgeTiles, parseTilePath, tilePath, tileWidth } from "../../src/ledger/tile.ts";
import { hex, unhex } from "./memory-log.ts";

describe("tile paths", () => {
  it("are those of the specification", () => {
    expect(tilePath({ level: 0, index: 1_234_067n, width: 256 })).toBe("tile/0/x001/x234/067");
    expect(tilePath({ level: 1, index: 0n, width: 17 })).toBe("tile/1/000.p/17");
    expect(tilePath({ level: 63, index: 5n, width: 255 })).toBe("tile/63/005.p/255");
    expect(bundlePath({ index: 1_234_067n, width: 256 })).toBe("tile/entries/x001/x234/067");
    expect(bundlePath({ index: 273n, width: 112 })).toBe("tile/entries/273.p/112");
    expect(parseTilePath("tile/0/x001/x234/067")).toEqual({
      kind: "hashes",
      level: 0,
      index: 1_234_067n,
      width: 256,
    });
    expect(parseTilePath("tile/entries/273.p/112")).toEqual({ kind: "entries", index: 273n, width: 112 });
  });

  it("are read back whatever the tile", () => {
    const index = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(fc.nat({ max: 63 }), index, fc.integer({ min: 1, max: 256 }), (level, at, width) => {
        const tile = { level, index: at, width };
        expect(parseTilePath(tilePath(tile))).toEqual({ kind: "hashes", ...tile });
        expect(parseTilePath(bundlePath(tile))).toEqual({ kind: "entries", index: at, width });
      }),
    );
  });

  it("have one spelling and nothing else is taken", () => {
    for (const bad of [
      "",
      "tile",
      "tile/0/1",
      "tile/0/0001",
      "tile/00/001",
      "tile/64/001",
      "tile/-1/001",
      "tile/8/0/001",
      "tile/0/x000/001",
      "tile/0/001/002",
      "tile/0/x001",
      "tile/0/001.p/0",
      "tile/0/001.p/256",
      "tile/0/001.p/01",
      "tile/0/001.p/",
      "tile/0/001.p/1/",
      "tile/0/../001",
      "tile/0/%2e%2e",
      "tile/0/001\n",
      "tile/0/001\0",
      "/tile/0/001",
      "tile/data/001",
      "tile/0/١٢٣",
      `tile/0/${"x001/".repeat(7)}001`,
      `tile/0/${"x001/".repeat(100_000)}001`,
      "tile/0/x009/x223/x372/x036/x854/x775/808",
    ]) {
      expect(parseTilePath(bad)).toBeNull();
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (any) => {
        const parsed = parseTilePath(`tile/${any}`);
        if (parsed !== null) {
          expect(parsed.kind === "hashes" ? tilePath(parsed) : bundlePath(parsed)).toBe(`tile/${any}`);
        }
      }),
    );
    expect(() => tilePath({ level: 0, index: 0n, width: 257 })).toThrow("width");
    expect(() => tilePath({ level: 64, index: 0n, width: 1 })).toThrow("level");
    expect(() => tilePath({ level: 0, index: -1n, width: 1 })).toThrow("index");
  });
});

describe("tiles of a tree", () => {
  it("are those of the specification's example of 70,000 leaves", () => {
    expect(edgeTiles(70_000n)).toEqual([
      { level: 0, index: 273n, width: 112 },
      { level: 1, index: 1n, width: 17 },
      { level: 2, index: 0n, width: 1 },
    ]);
    expect([tileWidth(0, 272n, 70_000n), tileWidth(0, 274n, 70_000n), tileWidth(1, 0n, 70_000n)]).toEqual([
      256, 0, 256,
    ]);
    expect(edgeTiles(256n)).toEqual([{ level: 1, index: 0n, width: 1 }]);
    expect(edgeTiles(2n ** 63n - 1n).map(({ width }) => width)).toEqual([
      255, 255, 255, 255, 255, 255, 255, 127,
    ]);
  });
});

describe("entry bundles", () => {
  it("put a big-endian length before each entry", () => {
    const entries = [unhex("aabb"), new Uint8Array(0), new Uint8Array(258).fill(1)];
    expect(hex(formatEntryBundle(entries))).toBe(`0002aabb00000102${"01".repeat(258)}`);
  });

  it("are read back, and end at the first entry that is cut off", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 }),
        fc.nat(),
        (entries, cut) => {
          const bytes = formatEntryBundle(entries);
          const parsed = parseEntryBundle(bytes);
          expect([parsed.entries.map(hex), parsed.complete]).toEqual([entries.map(hex), true]);
          const shorter = parseEntryBundle(bytes.subarray(0, cut % (bytes.length + 1)));
          expect(shorter.entries.map(hex)).toEqual(entries.slice(0, shorter.entries.length).map(hex));
        },
      ),
    );
    expect(parseEntryBundle(new Uint8Array(10_000)).entries).toHaveLength(256);
    expect(() => formatEntryBundle([new Uint8Array(65_536)])).toThrow("do not fit");
  });
});
