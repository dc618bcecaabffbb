import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  proveConsistency,
  proveInclusion,
  readRoot,
  rootFromInclusion,
  verifyConsistency,
  verifyInclusion,
} from "../../src/ledger/merkle.ts";
import { emptyRoot, hashLeaf, hashNode } from "../../src/ledger/tree-hash.ts";
import { createMemoryLog, flipBit, hex, leavesOf, readerOf, unhex } from "./memory-log.ts";
import { referenceConsistency, referencePath, referenceRoot } from "./reference-tree.ts";

// The eight-leaf reference tree that the certificate-transparency project publishes with its implementation.
const inputs = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
// Leaf numbers count from 1 there, from 0 here.
const paths: [index: bigint, size: bigint, path: string[]][] = [
  [0n, 1n, []],
  [
    0n,
    8n,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    5n,
    8n,
    [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [2n, 3n, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
  [
    1n,
    5n,
    [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
];
const consistencies: [oldSize: bigint, size: bigint, proof: string[]][] = [
  [1n, 1n, []],
  [
    1n,
    8n,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    6n,
    8n,
    [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [
    2n,
    5n,
    [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
];
const published = createMemoryLog(inputs.map(unhex));
const rootOf = (size: bigint): Uint8Array => unhex(roots[Number(size)] ?? "");

describe("the published certificate-transparency examples", () => {
  it.each(roots.map((root, size) => ({ root, size })))(
    "tree of $size leaves has root $root",
    async ({ root, size }) => {
      expect(hex(await readRoot(BigInt(size), readerOf(published)))).toBe(root);
      expect(hex(createMemoryLog(inputs.slice(0, size).map(unhex)).root)).toBe(root);
    },
  );

  it.each(paths)("path of leaf %s in a tree of %s", async (index, size, path) => {
    expect((await proveInclusion(index, size, readerOf(published))).map(hex)).toEqual(path);
    const leaf = hashLeaf(unhex(inputs[Number(index)] ?? ""));
    expect(verifyInclusion(leaf, index, size, path.map(unhex), rootOf(size))).toBe(true);
  });

  it.each(consistencies)("consistency of %s with %s", async (oldSize, size, proof) => {
    expect((await proveConsistency(oldSize, size, readerOf(published))).map(hex)).toEqual(proof);
    expect(verifyConsistency(oldSize, rootOf(oldSize), size, rootOf(size), proof.map(unhex))).toBe(true);
  });

  it("refuses what the published verifier tests refuse", () => {
    for (const [index, size, path] of paths.slice(1)) {
      const leaf = hashLeaf(unhex(inputs[Number(index)] ?? ""));
      const proof = path.map(unhex);
      const root = rootOf(size);
      const holds = (i: bigint, n: bigint, p: Uint8Array[], r = root, l = leaf) =>
        verifyInclusion(l, i, n, p, r);
      expect(holds(index - 1n, size, proof)).toBe(false);
      expect(holds(index + 1n, size, proof)).toBe(false);
      expect(holds(index ^ 2n, size, proof)).toBe(false);
      expect(holds(index, size * 2n, proof)).toBe(false);
      expect(holds(index, size / 2n, proof)).toBe(false);
      expect(holds(index, size, proof, emptyRoot())).toBe(false);
      expect(holds(index, size, proof, root, hashLeaf(Buffer.from("WrongLeaf")))).toBe(false);
      expect(holds(index, size, [...proof, root])).toBe(false);
      expect(holds(index, size, [...proof, new Uint8Array(0)])).toBe(false);
      expect(holds(index, size, proof.slice(0, -1))).toBe(false);
      expect(holds(index, size, [root, ...proof])).toBe(false);
    }
    for (const [oldSize, size, texts] of consistencies.slice(1)) {
      const proof = texts.map(unhex);
      const holds = (m: bigint, n: bigint, p: Uint8Array[], a = rootOf(oldSize), b = rootOf(size)) =>
        verifyConsistency(m, a, n, b, p);
      expect(holds(oldSize - 1n, size, proof)).toBe(false);
      expect(holds(oldSize + 1n, size, proof)).toBe(false);
      expect(holds(oldSize ^ 2n, size, proof)).toBe(false);
      expect(holds(oldSize, size * 2n, proof)).toBe(false);
      expect(holds(oldSize, size / 2n, proof)).toBe(false);
      expect(holds(oldSize, size, proof, rootOf(size), rootOf(oldSize))).toBe(false);
      expect(holds(oldSize, size, [])).toBe(false);
      expect(holds(oldSize, size, [...proof, proof[0] ?? rootOf(1n)])).toBe(false);
      expect(holds(oldSize, size, proof.slice(0, -1))).toBe(false);
      expect(holds(oldSize, size, [rootOf(1n), ...proof])).toBe(false);
    }
    expect(verifyConsistency(2n, rootOf(2n), 1n, rootOf(1n), [])).toBe(false);
    expect(verifyConsistency(0n, emptyRoot(), 1n, rootOf(1n), [])).toBe(true);
    expect(verifyConsistency(0n, rootOf(1n), 1n, rootOf(1n), [])).toBe(false);
  });
});

describe("proofs from tiles", () => {
  const edges = [1, 2, 3, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537];
  const log = createMemoryLog(leavesOf(65_537));
  const sizes = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 1, max: 65_537 }));
  const cases = fc
    .tuple(sizes, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
    .map(([size, where]) => ({ size: BigInt(size), index: BigInt(Math.floor(size * where)) }));

  it("every inclusion proof of any size verifies, and with one bit turned none does", async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async ({ size, index }, bit) => {
        const read = readerOf(log, size);
        const root = await readRoot(size, read);
        const proof = await proveInclusion(index, size, read);
        const leaf = hashLeaf(log.leaves[Number(index)] ?? new Uint8Array(0));
        expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true);
        expect(verifyInclusion(flipBit(leaf, bit), index, size, proof, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, proof, flipBit(root, bit))).toBe(false);
        for (const at of proof.keys()) {
          const turned = proof.map((hash, i) => (i === at ? flipBit(hash, bit) : hash));
          expect(verifyInclusion(leaf, index, size, turned, root)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("every consistency proof of any two sizes verifies, and with one bit turned none does", async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async ({ size, index }, bit) => {
        const read = readerOf(log, size);
        const oldSize = index + 1n;
        const [oldRoot, root] = [await readRoot(oldSize, readerOf(log, oldSize)), await readRoot(size, read)];
        const proof = await proveConsistency(oldSize, size, read);
        expect(verifyConsistency(oldSize, oldRoot, size, root, proof)).toBe(true);
        expect(verifyConsistency(oldSize, flipBit(oldRoot, bit), size, root, proof)).toBe(false);
        expect(verifyConsistency(oldSize, oldRoot, size, flipBit(root, bit), proof)).toBe(false);
        for (const at of proof.keys()) {
          const turned = proof.map((hash, i) => (i === at ? flipBit(hash, bit) : hash));
          expect(verifyConsistency(oldSize, oldRoot, size, root, turned)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same roots and proofs as RFC 6962 computed plainly", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 600 }), fc.nat(), async (count, seed) => {
        const leaves = log.leaves.slice(0, count);
        const [size, m] = [BigInt(count), seed % count];
        const read = readerOf(log, size);
        expect(hex(await readRoot(size, read))).toBe(hex(referenceRoot(leaves)));
        expect((await proveInclusion(BigInt(m), size, read)).map(hex)).toEqual(
          referencePath(m, leaves).map(hex),
        );
        const consistency = await proveConsistency(BigInt(m + 1), size, read);
        expect(consistency.map(hex)).toEqual(referenceConsistency(m + 1, leaves).map(hex));
      }),
      { numRuns: 60 },
    );
  });

  it("holds beyond what a double can count", async () => {
    // A tree whose leaves are all the same has one hash a level, so one of 2^63 - 1 leaves fits in memory.
    const level = [hashLeaf(new Uint8Array(32))];
    for (let i = 0; i < 63; i++) level.push(hashNode(level[i] ?? emptyRoot(), level[i] ?? emptyRoot()));
    const read = (subtrees: readonly { level: number }[]) =>
      Promise.resolve(subtrees.map((subtree) => level[subtree.level] ?? emptyRoot()));
    const size = 2n ** 63n - 1n;
    const root = await readRoot(size, read);
    const leaf = level[0] ?? emptyRoot();
    for (const index of [0n, 2n ** 53n + 1n, 2n ** 62n, size - 1n]) {
      expect(verifyInclusion(leaf, index, size, await proveInclusion(index, size, read), root)).toBe(true);
    }
    const oldSize = 2n ** 53n + 1n;
    const proof = await proveConsistency(oldSize, size, read);
    expect(verifyConsistency(oldSize, await readRoot(oldSize, read), size, root, proof)).toBe(true);
    expect(rootFromInclusion(leaf, size, size, [])).toBeNull();
    await expect(proveInclusion(size, size, read)).rejects.toThrow("outside");
  });
});
