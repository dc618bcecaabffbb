import { signCheckpoint, verifyCheckpoint } from "../ledger/checkpoint.ts";
import { createEdge, edgeRoot, emptyEdge, extendTree, type TreeEdge } from "../ledger/extend-tree.ts";
import { readRoot } from "../ledger/merkle.ts";
import { edgeTiles } from "../ledger/tile.ts";
import { tileHashReader } from "../ledger/tile-reader.ts";
import { hashesEqual, hashLeaf } from "../ledger/tree-hash.ts";
import { storedTiles } from "./serve-ledger.ts";
import type { World } from "./world.ts";

/** The ledger must not be signed: what is stored does not extend what was signed before. */
export class LedgerRefusal extends Error {
  override readonly name = "LedgerRefusal";
}

const batchMax = 20_000;
const pollMs = 200;
const signEveryMs = 1_000;

/**
 * The single sequencer, run by the holder of the leader lock: gives committed records their places about every
 * 200 ms and signs about every second. It signs only what extends both the stored checkpoint and the one in the
 * second place; after a restore of an older database it refuses.
 */
export async function runSequencer(world: World, signal: AbortSignal): Promise<void> {
  let edge = await loadEdge(world);
  let anchored = await checkHistory(world, edge);
  let signedAtMs = Number.NEGATIVE_INFINITY;
  let signedSize = (await world.store.transaction("*", (tx) => tx.tree.checkpoint()))?.size ?? -1n;
  while (!signal.aborted) {
    const placed = await placePending(world, edge);
    edge = placed.edge;
    const due = world.clock.elapsedMs() - signedAtMs >= signEveryMs;
    if (due && edge.size !== signedSize) {
      anchored = await sign(world, edge, anchored);
      signedSize = edge.size;
      signedAtMs = world.clock.elapsedMs();
    }
    if (placed.count < batchMax) await world.clock.sleep(pollMs, signal);
  }
}

async function loadEdge(world: World): Promise<TreeEdge> {
  return world.store.transaction("*", async (tx) => {
    const size = await tx.tree.size();
    if (size === 0n) return emptyEdge();
    const contents = [];
    for (const tile of edgeTiles(size))
      contents.push((await tx.tree.tile(tile.level, tile.index))?.data ?? null);
    return createEdge(size, contents);
  });
}

/** Compares what is stored with both checkpoints; returns the anchored note that the next one must follow. */
async function checkHistory(world: World, edge: TreeEdge): Promise<string | null> {
  const { signer, origin, anchor } = world.ledger;
  const stored = await world.store.transaction("*", (tx) => tx.tree.checkpoint());
  const anchored = await anchor.read();
  for (const [place, note] of [
    ["the database", stored?.note ?? null],
    ["the second place", anchored],
  ] as const) {
    if (note === null) continue;
    const result = verifyCheckpoint(note, signer.verifier, origin);
    if (!result.ok) throw new LedgerRefusal(`the checkpoint in ${place} is not ours (${result.fault})`);
    const { size, root } = result.checkpoint;
    if (size > edge.size) {
      throw new LedgerRefusal(
        `${place} vouches for ${size} records, the database holds ${edge.size}: it is an older copy`,
      );
    }
    const here = size === edge.size ? edgeRoot(edge) : await rootAt(world, size, edge.size);
    if (!hashesEqual(here, root))
      throw new LedgerRefusal(`the database does not extend the checkpoint in ${place}`);
  }
  if (stored !== null && anchored === null) {
    throw new LedgerRefusal("the second place of the checkpoint is empty although one was signed");
  }
  return anchored;
}

async function rootAt(world: World, size: bigint, treeSize: bigint): Promise<Uint8Array> {
  return readRoot(size, tileHashReader(treeSize, storedTiles(world)));
}

async function placePending(
  world: World,
  edge: TreeEdge,
): Promise<{ readonly edge: TreeEdge; readonly count: number }> {
  return world.store.transaction("*", async (tx) => {
    const rows = await tx.tree.pending(batchMax);
    if (rows.length === 0) return { edge, count: 0 };
    await tx.tree.place(edge.size, rows);
    const extension = extendTree(
      edge,
      edge.size,
      rows.map((row) => hashLeaf(row.leaf)),
    );
    await tx.tree.putTiles(
      extension.tiles.map((tile) => ({
        level: tile.level,
        n: tile.index,
        width: tile.width,
        data: tile.bytes,
      })),
    );
    return { edge: extension.edge, count: rows.length };
  });
}

/** The second place first: should the write to the database fail, the tree there still extends what is anchored. */
async function sign(world: World, edge: TreeEdge, anchored: string | null): Promise<string> {
  const { signer, origin, anchor } = world.ledger;
  const root = edgeRoot(edge);
  const note = signCheckpoint({ origin, size: edge.size, root, extensions: [] }, signer);
  if (!(await anchor.swap(anchored, note))) {
    throw new LedgerRefusal("another sequencer has signed in the meantime");
  }
  await world.store.transaction("*", (tx) =>
    tx.tree.putCheckpoint({ size: edge.size, root, note }, world.clock.now()),
  );
  return note;
}
