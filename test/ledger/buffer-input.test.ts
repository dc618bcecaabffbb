import { expect, it } from "vitest";
import { createEdge, edgeRoot, emptyEdge, extendTree } from "../../src/ledger/extend-tree.ts";
import { hashLeaf } from "../../src/ledger/tree-hash.ts";

const leaves = Array.from({ length: 25 }, (_, at) => hashLeaf(Buffer.from([at])));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

// A database hands out Buffers, whose slice() shares their memory, where other arrays copy.
it("goes on after a restart from tiles that are Buffers as from those in memory, and leaves them alone", () => {
  const before = extendTree(emptyEdge(), 0n, leaves.slice(0, 13));
  const stored = before.tiles.map((tile) => Buffer.from(tile.bytes));
  const kept = stored.map(hex);
  const edge = createEdge(13n, stored);
  expect(hex(edgeRoot(edge))).toBe(hex(edgeRoot(before.edge)));
  expect(hex(edgeRoot(edge))).toBe(hex(edgeRoot(edge)));
  expect(stored.map(hex)).toEqual(kept);
  const whole = extendTree(emptyEdge(), 0n, leaves);
  const resumed = extendTree(edge, 13n, leaves.slice(13));
  expect(hex(edgeRoot(resumed.edge))).toBe(hex(edgeRoot(whole.edge)));
});
