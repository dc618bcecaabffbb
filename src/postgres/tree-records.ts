import type { LedgerCheck, TreeRecords } from "../guard/ports/ledger-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

type Pending = { readonly recordId: bigint; readonly leaf: Buffer };
type StoredRow = {
  readonly index: bigint;
  readonly leaf: Buffer;
  readonly customerId: string | null;
  readonly subscriberId: string | null;
  readonly salt: Buffer | null;
  readonly opening: Buffer | null;
  readonly bodyCipher: Buffer | null;
  readonly recordLeaf: Buffer | null;
};
type Checkpoint = {
  readonly size: bigint;
  readonly root: Buffer;
  readonly note: string;
  readonly signedAt: Date;
};

/** Throws an Error where a second writer, or a tree that was cut off, would give a place twice. */
export function treeRecords(sql: Sql): TreeRecords {
  const size = async (): Promise<bigint> => {
    const [row] = await sql<{ size: bigint }>(`select coalesce(max(index) + 1, 0) as size from ledger_leaf`);
    return row?.size ?? 0n;
  };
  const checkpoint = async (): Promise<Checkpoint | null> => {
    const [row] = await sql<Checkpoint>(
      `select size, root, note, signed_at as "signedAt" from ledger_checkpoint order by size desc limit 1`,
    );
    return row ?? null;
  };
  return {
    size,
    checkpoint,
    pending: (limit) =>
      sql<Pending>(`select record_id as "recordId", leaf from ledger_pending order by record_id limit $1`, [
        limit,
      ]),
    async place(firstIndex, rows) {
      if (rows.length === 0) return;
      const next = await size();
      if (firstIndex !== next)
        throw new Error(`the tree has ${next.toString()} leaves, not ${firstIndex.toString()}`);
      const records = columnOf.int8(rows.map((row) => row.recordId));
      const taken = await sql(
        "delete from ledger_pending where record_id = any($1::bigint[]) returning record_id",
        [records],
      );
      if (taken.length !== rows.length) throw new Error("a record that is not waiting cannot be placed");
      await sql(
        `insert into ledger_leaf (index, record_id, leaf)
         select $1::bigint + place - 1, record_id, leaf
         from unnest($2::bigint[], $3::bytea[]) with ordinality as given (record_id, leaf, place)`,
        [firstIndex, records, columnOf.bytea(rows.map((row) => row.leaf))],
      );
    },
    async putTiles(tiles) {
      if (tiles.length === 0) return;
      // A tile only grows; one that is behind, from a writer that lost the lock, changes nothing.
      await sql(
        `insert into ledger_tile as t (level, n, width, data)
         select level, n, width, data from unnest($1::integer[], $2::bigint[], $3::integer[], $4::bytea[])
           as given (level, n, width, data)
         order by level, n
         on conflict (level, n) do update set width = excluded.width, data = excluded.data
           where excluded.width >= t.width`,
        [
          columnOf.int4(tiles.map((tile) => tile.level)),
          columnOf.int8(tiles.map((tile) => tile.n)),
          columnOf.int4(tiles.map((tile) => tile.width)),
          columnOf.bytea(tiles.map((tile) => tile.data)),
        ],
      );
    },
    async tile(level, n) {
      const [row] = await sql<{ width: number; data: Buffer }>(
        "select width, data from ledger_tile where level = $1 and n = $2",
        [level, n],
      );
      return row ?? null;
    },
    async leaves(firstIndex, count) {
      const rows = await sql<{ leaf: Buffer }>(
        "select leaf from ledger_leaf where index >= $1 and index < $1::bigint + $2::bigint order by index",
        [firstIndex, count],
      );
      return rows.map((row) => row.leaf);
    },
    async putCheckpoint(row, now) {
      const last = await checkpoint();
      if (last !== null && row.size < last.size)
        throw new Error("a checkpoint must not be smaller than the last");
      if (row.size > (await size())) throw new Error("a checkpoint of leaves that are not there");
      await sql(
        `insert into ledger_checkpoint (size, root, note, signed_at) values ($1, $2, $3, $4)
         on conflict (size) do nothing`,
        [row.size, row.root, row.note, now],
      );
      const [stored] = await sql<{ root: Buffer }>("select root from ledger_checkpoint where size = $1", [
        row.size,
      ]);
      if (stored === undefined || Buffer.compare(stored.root, row.root) !== 0) {
        throw new Error("two roots for one size of the tree");
      }
    },
    async pendingCount() {
      const [row] = await sql<{ count: bigint }>("select count(*) from ledger_pending");
      return Number(row?.count ?? 0n);
    },
    async pendingSince() {
      const [row] = await sql<{ recordedAt: Date }>(
        `select r.recorded_at as "recordedAt" from ledger_pending p join ledger_record r on r.id = p.record_id
         order by p.record_id limit 1`,
      );
      return row?.recordedAt ?? null;
    },
    async storedLeaves(from, limit) {
      const rows = await sql<StoredRow>(
        `select l.index, l.leaf, r.customer_id as "customerId", r.subscriber_id as "subscriberId", s.salt, r.opening,
           r.body_cipher as "bodyCipher", r.leaf as "recordLeaf"
         from (select index, record_id, leaf from ledger_leaf where index >= $1 order by index limit $2) l
         left join ledger_record r on r.id = l.record_id left join subscriber s on s.id = r.subscriber_id
         order by l.index`,
        [from, limit],
      );
      return rows.map(({ index, leaf, customerId, recordLeaf, ...record }) => ({
        index,
        leaf,
        record:
          customerId === null || recordLeaf === null ? null : { ...record, customerId, leaf: recordLeaf },
      }));
    },
    async addCheck(row) {
      await sql(
        `insert into ledger_check (id, started_at, finished_at, ok, size, findings) values ($1, $2, $3, $4, $5, $6)`,
        [row.id, row.startedAt, row.finishedAt, row.ok, row.size, JSON.stringify(row.findings)],
      );
    },
    async lastCheck() {
      const [row] = await sql<LedgerCheck>(
        `select started_at as "startedAt", finished_at as "finishedAt", ok, size, findings from ledger_check
         order by id desc limit 1`,
      );
      return row ?? null;
    },
  };
}
