import pg from "pg";
import { parseEntryBundle } from "../ledger/entry-bundle.ts";
import type { LogReader, StoredLeaf, StoredStretch } from "../ledger/log-reader.ts";
import { pagedRows } from "./paged-rows.ts";

const bundleLeaves = 256n;
/** Bundles in a page: some 16,000 leaves, a few hundred kilobytes. */
const pageBundles = 64n;

type Page = {
  readonly bundle: string;
  readonly first: string;
  readonly last: string;
  readonly width: number;
  readonly entries: Buffer;
  readonly altered: string[] | null;
  /** Only where leaves are missing in between. */
  readonly positions: string[] | null;
};

/** As C2SP tlog-tiles lays bundles out: each leaf after its big-endian uint16 length. */
const asBundle = (leaf: string, order: string): string =>
  `string_agg(substring(int4send(octet_length(${leaf})) from 3) || ${leaf}, ''::bytea order by ${order})`;

/**
 * The log as the database holds it, for verification from the inside. Reads only, in large pages, each ahead of its
 * use, on connections of its own: while one page is hashed here the server prepares the next.
 */
export function databaseLogReader(url: string): {
  readonly reader: LogReader;
  leaves(): AsyncIterable<StoredLeaf | StoredStretch>;
  close(): Promise<void>;
} {
  // Tiles, entries and stored leaves are read beside one another.
  const pool = new pg.Pool({
    connectionString: url,
    max: 3,
    options: "-c search_path=guard -c guard.customer=* -c random_page_cost=1.1",
  });
  // A connection that breaks while idle: the next query tells.
  pool.on("error", () => undefined);
  const rows = async <Row extends object>(text: string, values: readonly bigint[]): Promise<Row[]> =>
    (await pool.query<Row>(text, values.map(String))).rows;

  const bundles = pagedRows(pageBundles, async (_level, from, to) => {
    const found = await rows<{ bundle: string; entries: Buffer }>(
      `select index / 256 as bundle, ${asBundle("leaf", "index")} as entries
       from ledger_leaf where index >= $1 and index < $2 group by 1`,
      [from * bundleLeaves, to * bundleLeaves],
    );
    return found.map((row) => [BigInt(row.bundle), row.entries]);
  });
  const tiles = pagedRows(pageBundles, async (level, from, to) => {
    const found = await rows<{ n: string; data: Buffer }>(
      "select n, data from ledger_tile where level = $1 and n >= $2 and n < $3",
      [BigInt(level), from, to],
    );
    return found.map((row) => [BigInt(row.n), row.data]);
  });
  const reader: LogReader = {
    checkpoint: async () =>
      (await rows<{ note: string }>("select note from ledger_checkpoint order by size desc limit 1", []))[0]
        ?.note ?? null,
    tile: ({ level, index }) => tiles.get(level, index),
    entries: ({ index }) => bundles.get(0, index),
  };

  const page = (from: bigint): Promise<Page[]> =>
    rows<Page>(
      `select l.index / 256 as bundle, min(l.index) as first, max(l.index) as last, count(*)::int as width,
         ${asBundle("l.leaf", "l.index")} as entries,
         array_agg(l.index) filter (where r.leaf is distinct from l.leaf) as altered,
         case when count(*) <= max(l.index) - min(l.index) or min(l.index) % 256 <> 0
           then array_agg(l.index order by l.index) end as positions
       from (select index, record_id, leaf from ledger_leaf where index >= $1 and index < $2) l
       left join ledger_record r on r.id = l.record_id
       group by 1 order by 1`,
      [from, from + pageBundles * bundleLeaves],
    );
  /** Where leaves go on after a page that held none; null: nowhere. */
  const nextAfter = async (from: bigint): Promise<bigint | null> => {
    const [row] = await rows<{ index: string | null }>(
      "select min(index) as index from ledger_leaf where index >= $1",
      [from],
    );
    return row?.index == null ? null : (BigInt(row.index) / bundleLeaves) * bundleLeaves;
  };
  async function* leaves(): AsyncGenerator<StoredLeaf | StoredStretch> {
    let from = 0n;
    let reading = page(from);
    for (;;) {
      const found = await reading;
      from += pageBundles * bundleLeaves;
      if (found.length === 0) {
        const next = await nextAfter(from);
        if (next === null) return;
        from = next;
      }
      reading = page(from);
      // It is awaited in the next round, or never if whoever reads has seen enough.
      reading.catch(() => undefined);
      for (const row of found) yield* itemsOf(row);
    }
  }
  return { reader, leaves, close: () => pool.end() };
}

function* itemsOf({ bundle, entries, altered, positions }: Page): Generator<StoredLeaf | StoredStretch> {
  const wrong = (altered ?? []).map(BigInt);
  if (positions === null) {
    yield { stretch: BigInt(bundle), entries, altered: wrong };
    return;
  }
  const failing = new Set(wrong);
  const leaves = parseEntryBundle(entries).entries;
  for (const [at, position] of positions.entries()) {
    const index = BigInt(position);
    const leaf = leaves[at] ?? new Uint8Array(0);
    yield failing.has(index) ? { index, leaf, commitmentHolds: false } : { index, leaf };
  }
}
