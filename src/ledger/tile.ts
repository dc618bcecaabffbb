import { GuardError } from "../domain/guard-error.ts";
import { treeSizeMax } from "./tree-hash.ts";

/** log2 of a full tile's width (C2SP tlog-tiles fixes it). */
export const tileHeight = 8;
export const tileWidthMax = 256;

/** Highest level that a tree of up to 2^63 leaves has tiles on. */
export const tileLevelMax = 7;

/** A hash tile: `width` hashes of complete subtrees of 256^level leaves, from number 256 · index. */
export type Tile = { readonly level: number; readonly index: bigint; readonly width: number };

/** The same stretch of the log as a level-0 tile, but the entries themselves. */
export type Bundle = { readonly index: bigint; readonly width: number };

/** What a path under a log's prefix names. */
export type TileResource = ({ readonly kind: "hashes" } & Tile) | ({ readonly kind: "entries" } & Bundle);

/** `tile/<L>/<N>[.p/<W>]` */
export function tilePath(tile: Tile): string {
  if (!Number.isInteger(tile.level) || tile.level < 0 || tile.level > 63) throw outside("level");
  return `tile/${tile.level}/${stretchPath(tile.index, tile.width)}`;
}

/** `tile/entries/<N>[.p/<W>]` */
export function bundlePath(bundle: Bundle): string {
  return `tile/entries/${stretchPath(bundle.index, bundle.width)}`;
}

const pathForm = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/){0,6}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** Reads a hostile path. Only the one spelling that the specification allows is taken; null otherwise. */
export function parseTilePath(path: string): TileResource | null {
  const match = pathForm.exec(path);
  const [, level, stretch, partial] = match ?? [];
  if (level === undefined || stretch === undefined) return null;
  const index = BigInt(stretch.replaceAll(/[x/]/g, ""));
  const width = partial === undefined ? tileWidthMax : Number(partial);
  if (index > treeSizeMax || (partial !== undefined && width >= tileWidthMax)) return null;
  // Leading groups of zeroes would give one tile many names, and a cache many entries.
  if (/^x000\//.test(stretch)) return null;
  if (level === "entries") return { kind: "entries", index, width };
  return Number(level) > 63 ? null : { kind: "hashes", level: Number(level), index, width };
}

/** Width of a tile in a tree of that size; 0 where the tree does not reach it. */
export function tileWidth(level: number, index: bigint, size: bigint): number {
  const hashes = (size >> BigInt(level * tileHeight)) - index * BigInt(tileWidthMax);
  if (hashes <= 0n) return 0;
  return hashes >= BigInt(tileWidthMax) ? tileWidthMax : Number(hashes);
}

/** The partial tiles of a tree, lowest level first: what has to be loaded to extend it. */
export function edgeTiles(size: bigint): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; level <= tileLevelMax; level++) {
    const hashes = size >> BigInt(level * tileHeight);
    const width = Number(hashes % BigInt(tileWidthMax));
    if (width > 0) tiles.push({ level, index: hashes / BigInt(tileWidthMax), width });
  }
  return tiles;
}

function stretchPath(index: bigint, width: number): string {
  if (index < 0n || index > treeSizeMax) throw outside("index");
  if (!Number.isInteger(width) || width < 1 || width > tileWidthMax) throw outside("width");
  const digits = index.toString();
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/[0-9]{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return width === tileWidthMax ? path : `${path}.p/${width}`;
}

function outside(what: string): GuardError {
  return new GuardError("internal_error", `tile ${what} is outside its range`);
}
