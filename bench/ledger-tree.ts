// The pure ledger against RFC 6962 written down plainly, in the same run: bulk append, a whole log verified,
// one proof. Run: npx tsx bench/ledger-tree.ts [leaves]
import { createHash, randomBytes } from "node:crypto";
import Table from "cli-table3";
import { signCheckpoint } from "../src/ledger/checkpoint.ts";
import { formatEntryBundle } from "../src/ledger/entry-bundle.ts";
import { emptyEdge, extendTree } from "../src/ledger/extend-tree.ts";
import type { LogReader } from "../src/ledger/log-reader.ts";
import { proveInclusion, verifyInclusion } from "../src/ledger/merkle.ts";
import { generateSignerKey } from "../src/ledger/note-key.ts";
import { tileHashReader } from "../src/ledger/tile-reader.ts";
import { hashLeaf } from "../src/ledger/tree-hash.ts";
import { verifyLog } from "../src/ledger/verify.ts";

const count = Number(process.argv[2] ?? 1_000_000);
const batch = 10_000;
const origin = "bench.example/ledger";
const leaves = Array.from({ length: count }, (_, i) => createHash("sha256").update(String(i)).digest());
const table = new Table({ head: ["", "ours", "plain RFC 6962", "ratio"] });

// Append in the batches of a sequencer that is behind; every touched tile is produced each time.
const tiles = new Map<string, Uint8Array>();
let edge = emptyEdge();
let root: Uint8Array = new Uint8Array(0);
const appendMs = await time(() => {
  for (let from = 0; from < count; from += batch) {
    const extension = extendTree(edge, BigInt(from), leaves.slice(from, from + batch).map(hashLeaf));
    for (const tile of extension.tiles) tiles.set(`${tile.level}/${tile.index}`, tile.bytes);
    ({ edge, root } = extension);
  }
});

// The plain tree over the same leaves: what a recursion as the RFC writes it costs once, without any tile.
let plainRoot: Uint8Array = new Uint8Array(0);
const plainMs = await time(() => {
  plainRoot = plain(0, count);
});
if (Buffer.compare(root, plainRoot) !== 0) throw new Error("the two trees differ");
add(`append ${count} leaves (leaves/s)`, count / (appendMs / 1000), count / (plainMs / 1000), "more");

const bundles = new Map<string, Uint8Array>();
for (let from = 0; from < count; from += 256) {
  bundles.set(String(from / 256), formatEntryBundle(leaves.slice(from, from + 256)));
}
const signer = generateSignerKey(origin, randomBytes);
const size = BigInt(count);
const checkpoint = signCheckpoint({ origin, size, root, extensions: [] }, signer);
const reader: LogReader = {
  checkpoint: () => Promise.resolve(checkpoint),
  tile: ({ level, index }) => Promise.resolve(tiles.get(`${level}/${index}`) ?? null),
  entries: ({ index }) => Promise.resolve(bundles.get(String(index)) ?? null),
};
const database = leaves.map((leaf, i) => ({ index: BigInt(i), leaf, commitmentHolds: true }));
const outsideMs = await time(async () => {
  const report = await verifyLog(reader, { key: signer.verifier, origin });
  if (!report.ok) throw new Error("the log does not verify");
});
add(`verify ${count} entries from outside (s)`, outsideMs / 1000, plainMs / 1000, "less");
const insideMs = await time(async () => {
  const report = await verifyLog(reader, { key: signer.verifier, origin, anchor: checkpoint, database });
  if (!report.ok) throw new Error("the log does not verify");
});
add("the same with database and second place (s)", insideMs / 1000, plainMs / 1000, "less");

const read = tileHashReader(size, (wanted) =>
  Promise.resolve(wanted.map((tile) => tiles.get(`${tile.level}/${tile.index}`) ?? new Uint8Array(0))),
);
const proofs = 500;
const proofMs = await time(async () => {
  for (let i = 0; i < proofs; i++) {
    const index = Math.floor((i * count) / proofs);
    const proof = await proveInclusion(BigInt(index), size, read);
    if (!verifyInclusion(hashLeaf(leaves[index] ?? Buffer.alloc(0)), BigInt(index), size, proof, root)) {
      throw new Error("a proof does not verify");
    }
  }
});
const plainProofMs = await time(() => {
  plainPath(Math.floor(count / 3), 0, count);
});
add("one inclusion proof, made and verified (ms)", proofMs / proofs, plainProofMs, "less");

console.log(table.toString());
const { user, system } = process.cpuUsage();
console.log(
  `processor time of the whole run: ${((user + system) / 1e6).toFixed(1)} s; a busy machine takes longer`,
);

function add(what: string, ours: number, other: number, better: "more" | "less"): void {
  const ratio = better === "more" ? ours / other : other / ours;
  const spell = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 4 });
  table.push([what, spell(ours), spell(other), `${ratio.toFixed(2)}×`]);
}

async function time(run: () => void | Promise<void>): Promise<number> {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** MTH(D[from:to]) */
function plain(from: number, to: number): Uint8Array {
  if (to - from === 1) return sha256(Buffer.of(0), leaves[from] ?? Buffer.alloc(0));
  const middle = from + split(to - from);
  return sha256(Buffer.of(1), plain(from, middle), plain(middle, to));
}

function plainPath(index: number, from: number, to: number): Uint8Array[] {
  if (to - from === 1) return [];
  const middle = from + split(to - from);
  return index < middle
    ? [...plainPath(index, from, middle), plain(middle, to)]
    : [...plainPath(index, middle, to), plain(from, middle)];
}

function split(length: number): number {
  let k = 1;
  while (k * 2 < length) k *= 2;
  return k;
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
}
