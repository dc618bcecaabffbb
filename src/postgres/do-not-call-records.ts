import { GuardError } from "../domain/guard-error.ts";
import type { DoNotCallRecords } from "../guard/ports/processor-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

/** `listed` answers with indexes in hexadecimal. */
export function doNotCallRecords(sql: Sql): DoNotCallRecords {
  return {
    async snapshot(at) {
      const [row] = await sql<{ id: string; snapshotAt: Date; numbers: bigint }>(
        `select id, snapshot_at as "snapshotAt", numbers from do_not_call_snapshot
         where complete and loaded_at <= $1
         order by loaded_at desc, id desc limit 1`,
        [at],
      );
      return row === undefined ? null : { ...row, numbers: Number(row.numbers) };
    },
    async begin(id, snapshotAt, now) {
      await sql(
        `insert into do_not_call_snapshot (id, snapshot_at, loaded_at, numbers, complete)
         values ($1, $2, $3, 0, false)
         on conflict (id) do nothing`,
        [id, snapshotAt, now],
      );
    },
    async add(id, indexes) {
      // Held to the end of the transaction, so that the list is not completed while numbers are still coming.
      const open = await sql("select 1 from do_not_call_snapshot where id = $1 and not complete for share", [
        id,
      ]);
      if (open.length === 0) throw new GuardError("conflict", "this do-not-call list takes no more numbers");
      await sql(
        `insert into do_not_call_number (snapshot_id, number_index)
         select distinct $1::uuid, number_index from unnest($2::bytea[]) as given (number_index)
         order by number_index
         on conflict do nothing`,
        [id, columnOf.bytea(indexes)],
      );
    },
    async complete(id, now, keepSince) {
      const open = await sql(
        "select 1 from do_not_call_snapshot where id = $1 and not complete for no key update",
        [id],
      );
      if (open.length === 0) {
        const [done] = await sql<{ numbers: bigint }>(
          "select numbers from do_not_call_snapshot where id = $1 and complete",
          [id],
        );
        if (done === undefined) throw new GuardError("conflict", "no such do-not-call list is being loaded");
        return Number(done.numbers);
      }
      const [row] = await sql<{ numbers: bigint }>(
        `update do_not_call_snapshot set complete = true, loaded_at = $2,
           numbers = (select count(*) from do_not_call_number where snapshot_id = $1)
         where id = $1 returning numbers`,
        [id, now],
      );
      const dropped = await sql<{ id: string }>(
        `delete from do_not_call_snapshot where loaded_at < $1
           and id <> (select id from do_not_call_snapshot where complete
                      order by loaded_at desc, id desc limit 1)
         returning id`,
        [keepSince],
      );
      await sql("delete from do_not_call_number where snapshot_id = any($1::uuid[])", [
        columnOf.uuid(dropped.map((snapshot) => snapshot.id)),
      ]);
      return Number(row?.numbers ?? 0n);
    },
    async listed(snapshotId, indexes) {
      if (indexes.length === 0) return new Set();
      const rows = await sql<{ index: Buffer }>(
        `select number_index as index from do_not_call_number
         where snapshot_id = $1 and number_index = any($2::bytea[])`,
        [snapshotId, columnOf.bytea(indexes)],
      );
      return new Set(rows.map((row) => row.index.toString("hex")));
    },
  };
}
