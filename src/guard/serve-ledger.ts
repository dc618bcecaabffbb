import { GuardError } from "../domain/guard-error.ts";
import { parseCheckpoint } from "../ledger/checkpoint.ts";
import { formatEntryBundle } from "../ledger/entry-bundle.ts";
import { proveInclusion } from "../ledger/merkle.ts";
import { parseNote } from "../ledger/note.ts";
import { formatProof } from "../ledger/proof.ts";
import { parseTilePath, tileWidth, tileWidthMax } from "../ledger/tile.ts";
import { type ReadTiles, tileHashReader } from "../ledger/tile-reader.ts";
import { hashBytes } from "../ledger/tree-hash.ts";
import type { World } from "./world.ts";

/** Tiles as stored; a stored tile may be wider than an older tree needs, its prefix is the older content. */
export function storedTiles(world: World): ReadTiles {
  return async (tiles) =>
    world.store.transaction("*", async (tx) => {
      const contents: Uint8Array[] = [];
      for (const tile of tiles) {
        const stored = await tx.tree.tile(tile.level, tile.index);
        contents.push(stored === null ? new Uint8Array(0) : stored.data.subarray(0, tile.width * hashBytes));
      }
      return contents;
    });
}

export async function ledgerCheckpoint(world: World): Promise<string | null> {
  return (await world.store.transaction("*", (tx) => tx.tree.checkpoint()))?.note ?? null;
}

/** A tile or an entry bundle of the signed tree, by its C2SP path; null where the signed tree does not reach. */
export async function ledgerTile(
  world: World,
  path: string,
): Promise<{ readonly bytes: Uint8Array; readonly full: boolean } | null> {
  const resource = parseTilePath(path);
  if (resource === null) return null;
  const size = (await world.store.transaction("*", (tx) => tx.tree.checkpoint()))?.size ?? 0n;
  const level = resource.kind === "entries" ? 0 : resource.level;
  if (tileWidth(level, resource.index, size) < resource.width) return null;
  const full = resource.width === tileWidthMax;
  if (resource.kind === "entries") {
    const leaves = await world.store.transaction("*", (tx) =>
      tx.tree.leaves(resource.index * BigInt(tileWidthMax), resource.width),
    );
    return leaves.length < resource.width ? null : { bytes: formatEntryBundle(leaves), full };
  }
  const [bytes] = await storedTiles(world)([resource]);
  return bytes === undefined || bytes.length < resource.width * hashBytes ? null : { bytes, full };
}

/** Waits until a signed checkpoint covers the record, then proves its place under it. */
export async function proveRecord(world: World, index: bigint): Promise<string> {
  const note = await coveringCheckpoint(world, index);
  const body = parseNote(note);
  const checkpoint = body === null ? null : parseCheckpoint(body.text);
  if (checkpoint === null) throw new GuardError("ledger_unavailable", "the stored checkpoint cannot be read");
  const hashes = await proveInclusion(
    index,
    checkpoint.size,
    tileHashReader(checkpoint.size, storedTiles(world)),
  );
  return formatProof({ index, hashes, checkpoint: note });
}

async function coveringCheckpoint(world: World, index: bigint): Promise<string> {
  const started = world.clock.elapsedMs();
  for (;;) {
    const checkpoint = await world.store.transaction("*", (tx) => tx.tree.checkpoint());
    if (checkpoint !== null && checkpoint.size > index) return checkpoint.note;
    if (world.clock.elapsedMs() - started > 8_000) {
      throw new GuardError("ledger_unavailable", "no checkpoint covers the record yet", { retryAfterS: 2 });
    }
    await world.clock.sleep(50);
  }
}
