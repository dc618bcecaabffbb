import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/ledger/base64.ts";
import { proveConsistency, proveInclusion, readRoot } from "../../src/ledger/merkle.ts";
import { formatSignerKey, formatVerifierKey, publicKeyObject } from "../../src/ledger/note-key.ts";
import {
  createMemoryLog,
  flipBit,
  leavesOf,
  type MemoryLog,
  origin,
  readerOf,
  signer,
} from "./memory-log.ts";

const gopath = "/usr/share/gocode";
const hasGo =
  existsSync(join(gopath, "src/golang.org/x/mod/sumdb/tlog")) && spawnSync("go", ["version"]).status === 0;
const log = createMemoryLog(leavesOf(66_000), [1, 254, 1, 1, 65_279, 1]);
const indices = [0, 1, 255, 256, 257, 32_768, 65_535, 65_536, 65_999];
const oldSizes = [1, 2, 255, 256, 257, 4_096, 65_535, 65_536, 65_537, 65_999];

describe("Go's checksum database", () => {
  if (!hasGo) {
    it("verifies notes, tiles and proofs", ({ skip }) => {
      const hint = "install Go and golang.org/x/mod first: sh test/ledger/foreign/install.sh";
      if (process.env["CI"] === "true") throw new Error(hint);
      skip(hint);
    });
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "foreign-verifier-"));
  const program = join(folder, "verify");
  afterAll(() => rmSync(folder, { recursive: true }));

  it("verifies notes, tiles and proofs, and none that was changed", { timeout: 300_000 }, async () => {
    const env = {
      ...process.env,
      GOPATH: gopath,
      GO111MODULE: "off",
      GOFLAGS: "",
      GOCACHE: join(folder, "cache"),
    };
    execFileSync("go", ["build", "-o", program, "test/ledger/foreign/verify.go"], { env });
    const run = (document: unknown) =>
      spawnSync(program, { input: JSON.stringify(document), encoding: "utf8" });
    const document = await documentOf(log);
    expect(run(document)).toMatchObject({
      stderr: "",
      stdout: "verified 9 inclusions, 10 consistencies\n",
      status: 0,
    });

    const [first] = document.Inclusions;
    const [, , old] = document.Consistencies;
    const turn = (base64: string) => encodeBase64(flipBit(Buffer.from(base64, "base64"), 9));
    expect(run({ ...document, Checkpoint: log.checkpoint.replace("66000", "66001") }).stderr).toMatch(
      /^checkpoint/,
    );
    expect(run({ ...document, Inclusions: [{ ...first, Leaf: turn(first?.Leaf ?? "") }] }).stderr).toMatch(
      /^inclusion/,
    );
    expect(
      run({ ...document, Consistencies: [{ ...old, OldRoot: turn(old?.OldRoot ?? "") }] }).stderr,
    ).toMatch(/^consistency/);
    const tiles = { ...document.Tiles, "0/0": turn(document.Tiles["0/0"] ?? "") };
    // x/mod 0.7 leaves a few tiles unchecked against their parents; the proof made from them then differs.
    expect(run({ ...document, Tiles: tiles }).stderr).toMatch(/^(tiles|inclusion)/);
  });
});

async function documentOf({ tiles, leaves, checkpoint }: MemoryLog) {
  const size = BigInt(leaves.length);
  const read = readerOf(log);
  const inclusions = indices.map(async (index) => ({
    Index: index,
    Leaf: encodeBase64(leaves[index] ?? new Uint8Array(0)),
    Hashes: (await proveInclusion(BigInt(index), size, read)).map(encodeBase64),
  }));
  const consistencies = oldSizes.map(async (oldSize) => ({
    OldSize: oldSize,
    OldRoot: encodeBase64(await readRoot(BigInt(oldSize), readerOf(log, BigInt(oldSize)))),
    Hashes: (await proveConsistency(BigInt(oldSize), size, read)).map(encodeBase64),
  }));
  return {
    VerifierKey: formatVerifierKey(signer.verifier),
    SignerKey: formatSignerKey(signer),
    Checkpoint: checkpoint,
    Tiles: Object.fromEntries([...tiles].map(([key, bytes]) => [key, encodeBase64(bytes)])),
    Inclusions: await Promise.all(inclusions),
    Consistencies: await Promise.all(consistencies),
  };
}

// npm carries the verifier of its package provenance; its two checks of a transparency log are plain functions.
type SigstoreMerkle = {
  readonly verifyMerkleInclusion: (entry: object, checkpoint: { logSize: bigint; logHash: Buffer }) => void;
};
type SigstoreCheckpoint = {
  readonly verifyCheckpoint: (entry: object, logs: object[]) => { logSize: bigint; logHash: Buffer };
};

describe("npm's bundled sigstore verifier", () => {
  const root = join(
    execFileSync("npm", ["root", "-g"], { encoding: "utf8" }).trim(),
    "npm/node_modules/@sigstore",
  );
  const folder = join(root, "verify/dist/tlog");

  it("verifies checkpoints and inclusion proofs, and none that was changed", async ({ skip }) => {
    if (!existsSync(join(folder, "checkpoint.js"))) {
      const hint = "this npm has no @sigstore/verify 3: npm install --global npm@11";
      if (process.env["CI"] === "true") throw new Error(hint);
      skip(hint);
    }
    const require = createRequire(import.meta.url);
    const merkle: SigstoreMerkle = require(join(folder, "merkle.js"));
    const checkpoints: SigstoreCheckpoint = require(join(folder, "checkpoint.js"));
    // It finds a log's key by the id in the signature and by a URL that holds the key's name.
    const logID = Buffer.from(signer.verifier.id, "hex");
    const trusted = [{ logID, baseURL: `https://${origin}`, publicKey: publicKeyObject(signer.verifier) }];
    const verify = async (index: number, note: string, leaf: Uint8Array, at = index) => {
      const hashes = await proveInclusion(BigInt(index), 66_000n, readerOf(log));
      const inclusionProof = {
        logIndex: String(at),
        hashes: hashes.map((hash) => Buffer.from(hash)),
        checkpoint: { envelope: note },
      };
      const checkpoint = checkpoints.verifyCheckpoint({ inclusionProof }, trusted);
      merkle.verifyMerkleInclusion({ inclusionProof, canonicalizedBody: Buffer.from(leaf) }, checkpoint);
    };
    for (const index of indices) {
      const leaf = log.leaves[index] ?? new Uint8Array(0);
      await verify(index, log.checkpoint, leaf);
      await expect(verify(index, log.checkpoint, flipBit(leaf, index))).rejects.toThrow("does not match");
      await expect(verify(index, log.checkpoint, leaf, index ^ 1)).rejects.toThrow();
    }
    const other = log.checkpoint.replace("66000", "66001");
    await expect(verify(0, other, log.leaves[0] ?? new Uint8Array(0))).rejects.toThrow("signature");
  });
});
