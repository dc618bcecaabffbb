import { GuardError } from "../domain/guard-error.ts";
import type { HashReader, Subtree } from "./merkle.ts";
import { type Tile, tileHeight, tileWidth, tileWidthMax } from "./tile.ts";
import { hashBytes, perfectRoot } from "./tree-hash.ts";

/** Gives the contents of tiles, in the order asked, each at least as wide as asked. */
export type ReadTiles = (tiles: readonly Tile[]) => Promise<readonly Uint8Array[]>;

/** The tile of a tree of that size that a complete subtree's root is computed from. */
export function tileOf(subtree: Subtree, size: bigint): Tile {
  const level = Math.floor(subtree.level / tileHeight);
  const index = firstHash(subtree) / BigInt(tileWidthMax);
  return { level, index, width: tileWidth(level, index, size) };
}

/** Root of a complete subtree, from the content of its tile. */
export function subtreeRoot(subtree: Subtree, content: Uint8Array): Uint8Array {
  const from = Number(firstHash(subtree) % BigInt(tileWidthMax));
  const width = 2 ** (subtree.level % tileHeight);
  if (content.length < (from + width) * hashBytes) {
    throw new GuardError("ledger_unavailable", "a tile is shorter than the tree needs it");
  }
  return perfectRoot(content, from, width);
}

/** A hash reader over tiles; every tile is read once a call, so a proof costs one batch of a few tiles. */
export function tileHashReader(size: bigint, readTiles: ReadTiles): HashReader {
  return async (subtrees) => {
    const tiles = new Map<string, Tile>();
    for (const subtree of subtrees) {
      const tile = tileOf(subtree, size);
      tiles.set(keyOf(tile), tile);
    }
    const contents = await readTiles([...tiles.values()]);
    const byKey = new Map([...tiles.keys()].map((key, i) => [key, contents[i]]));
    return subtrees.map((subtree) => {
      const content = byKey.get(keyOf(tileOf(subtree, size)));
      if (content === undefined) throw new GuardError("ledger_unavailable", "a tile is missing");
      return subtreeRoot(subtree, content);
    });
  };
}

/** Number, in its tile's level, of the first hash that a subtree covers. */
function firstHash(subtree: Subtree): bigint {
  return subtree.index << BigInt(subtree.level % tileHeight);
}

function keyOf(tile: Tile): string {
  return `${tile.level}/${tile.index.toString()}`;
}
