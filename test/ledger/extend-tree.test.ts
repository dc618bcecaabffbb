import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEdge, edgeRoot, emptyEdge, extendTree } from "../../src/ledger/extend-tree.ts";
import { edgeTiles } from "../../src/ledger/tile.ts";
import { hashLeaf } from "../../src/ledger/tree-hash.ts";
import { createMemoryLog, hex, leavesOf } from "./memory-log.ts";
import { referenceRoot } from "./reference-tree.ts";

describe("extending the tree", () => {
  it("has RFC 6962's root however the leaves are cut into batches", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 6 }), (batches) => {
        const leaves = leavesOf(batches.reduce((a, b) => a + b, 0));
        const log = createMemoryLog(leaves, batches);
        const whole = createMemoryLog(leaves);
        expect(hex(log.root)).toBe(hex(referenceRoot(leaves)));
        expect(new Map([...log.tiles].map(([key, bytes]) => [key, hex(bytes)]))).toEqual(
          new Map([...whole.tiles].map(([key, bytes]) => [key, hex(bytes)])),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("hands out each tile that grew once, with its whole content", () => {
    const start = extendTree(emptyEdge(), 0n, leavesOf(250).map(hashLeaf));
    const { tiles, size } = extendTree(start.edge, 250n, leavesOf(270).slice(250).map(hashLeaf));
    expect(size).toBe(270n);
    expect(tiles.map(({ level, index, width, bytes }) => [level, index, width, bytes.length])).toEqual([
      [0, 0n, 256, 8_192],
      [0, 1n, 14, 448],
      [1, 0n, 1, 32],
    ]);
    expect(extendTree(start.edge, 250n, []).tiles).toEqual([]);
  });

  it("has the tiles that the specification's example of 70,000 leaves has", () => {
    const { tiles } = extendTree(emptyEdge(), 0n, leavesOf(70_000).map(hashLeaf));
    const count = (level: number, full: boolean) =>
      tiles.filter((tile) => tile.level === level && (tile.width === 256) === full).length;
    expect([count(0, true), count(1, true), count(2, true)]).toEqual([273, 1, 0]);
    expect(tiles.filter((tile) => tile.width < 256).map((tile) => [tile.level, tile.width])).toEqual([
      [0, 112],
      [1, 17],
      [2, 1],
    ]);
  });

  it("goes on from an edge that was stored and loaded again", () => {
    for (const cut of [1, 255, 256, 257, 65_536]) {
      const leaves = leavesOf(cut + 300);
      const stored = createMemoryLog(leaves.slice(0, cut));
      const edge = createEdge(
        BigInt(cut),
        edgeTiles(BigInt(cut)).map((tile) => stored.tiles.get(`${tile.level}/${tile.index}`)),
      );
      expect(hex(edgeRoot(edge))).toBe(hex(stored.root));
      const { root } = extendTree(edge, BigInt(cut), leaves.slice(cut).map(hashLeaf));
      expect(hex(root)).toBe(hex(createMemoryLog(leaves).root));
    }
  });

  it("refuses a gap, an overlap, a short edge and what is no hash", () => {
    const { edge } = extendTree(emptyEdge(), 0n, leavesOf(3).map(hashLeaf));
    expect(() => extendTree(edge, 2n, [])).toThrow("do not follow");
    expect(() => extendTree(edge, 4n, [])).toThrow("do not follow");
    expect(() => extendTree(edge, 3n, [new Uint8Array(31)])).toThrow("32 bytes");
    expect(() => createEdge(3n, [new Uint8Array(64)])).toThrow("missing");
    expect(() => createEdge(3n, [])).toThrow("missing");
  });

  it("leaves the edge it was given as it was", () => {
    const { edge } = extendTree(emptyEdge(), 0n, leavesOf(300).map(hashLeaf));
    const before = hex(edgeRoot(edge));
    extendTree(edge, 300n, leavesOf(900).slice(300).map(hashLeaf));
    expect(hex(edgeRoot(edge))).toBe(before);
  });
});
