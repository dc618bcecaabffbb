import pg from "pg";
import { formatEntryBundle } from "../ledger/entry-bundle.ts";
import type { LogReader, StoredLeaf } from "../ledger/log-reader.ts";

const pageMax = 10_000;

/** A record as it stands beside its leaf; null where it was erased. */
export type StoredRecord = {
  readonly customerId: string;
  readonly subscriberId: string | null;
  readonly opening: Buffer | null;
  readonly bodyCipher: Buffer | null;
  readonly leaf: Buffer;
};

/** The log as the database holds it, for verification from the inside. Reads only. */
export async function databaseLogReader(
  url: string,
  commitmentHolds?: (record: StoredRecord) => boolean | undefined,
): Promise<{ readonly reader: LogReader; leaves(): AsyncIterable<StoredLeaf>; close(): Promise<void> }> {
  const client = new pg.Client({
    connectionString: url,
    options: "-c search_path=guard -c guard.customer=*",
  });
  await client.connect();
  const rows = async <Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> =>
    (await client.query<Row>(text, [...values])).rows;
  const reader: LogReader = {
    checkpoint: async () =>
      (await rows<{ note: string }>("select note from ledger_checkpoint order by size desc limit 1", []))[0]
        ?.note ?? null,
    tile: async (tile) =>
      (
        await rows<{ data: Buffer }>("select data from ledger_tile where level = $1 and n = $2", [
          tile.level,
          tile.index.toString(),
        ])
      )[0]?.data ?? null,
    entries: async (bundle) => {
      const from = bundle.index * 256n;
      const found = await rows<{ leaf: Buffer }>(
        "select leaf from ledger_leaf where index >= $1 and index < $2 order by index",
        [from.toString(), (from + 256n).toString()],
      );
      return found.length === 0 ? null : formatEntryBundle(found.map((row) => row.leaf));
    },
  };
  async function* leaves(): AsyncGenerator<StoredLeaf> {
    for (let from = 0n; ; ) {
      const page = await rows<{
        index: string;
        leaf: Buffer;
        customerId: string | null;
        subscriberId: string | null;
        opening: Buffer | null;
        bodyCipher: Buffer | null;
        recordLeaf: Buffer | null;
      }>(
        `select l.index, l.leaf, r.customer_id as "customerId", r.subscriber_id as "subscriberId", r.opening,
                r.body_cipher as "bodyCipher", r.leaf as "recordLeaf"
         from ledger_leaf l left join ledger_record r on r.id = l.record_id
         where l.index >= $1 order by l.index limit ${pageMax}`,
        [from.toString()],
      );
      if (page.length === 0) return;
      for (const row of page) {
        const index = BigInt(row.index);
        const holds =
          row.customerId === null || row.recordLeaf === null
            ? false
            : !row.recordLeaf.equals(row.leaf)
              ? false
              : commitmentHolds?.({ ...row, customerId: row.customerId, leaf: row.leaf });
        yield holds === undefined
          ? { index, leaf: row.leaf }
          : { index, leaf: row.leaf, commitmentHolds: holds };
        from = index + 1n;
      }
    }
  }
  return { reader, leaves, close: () => client.end() };
}
