import type { OutboxRecords, OutboxRow } from "../guard/ports/hand-off-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

const columns = `o.id, o.customer_id as "customerId", o.name, o.data, o.lane, o.due_at as "dueAt"`;

export function outboxRecords(sql: Sql): OutboxRecords {
  return {
    async add(rows, now) {
      if (rows.length === 0) return;
      await sql(
        `insert into outbox (id, customer_id, name, data, lane, due_at, created_at)
         select id, customer_id, name, data::jsonb, lane, due_at, $7::timestamptz
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
           as given (id, customer_id, name, data, lane, due_at)
         on conflict (id) do nothing`,
        [
          columnOf.uuid(rows.map((row) => row.id)),
          columnOf.uuid(rows.map((row) => row.customerId)),
          columnOf.text(rows.map((row) => row.name)),
          columnOf.text(rows.map((row) => JSON.stringify(row.data))),
          columnOf.text(rows.map((row) => row.lane)),
          columnOf.timestamptz(rows.map((row) => row.dueAt)),
          now,
        ],
      );
    },
    async takeUntold(limit, now) {
      const rows = await sql<OutboxRow>(
        `with untold as materialized (
           select id from outbox where enqueued_at is null and done_at is null
           order by id limit $1 for no key update skip locked)
         update outbox o set enqueued_at = $2 from untold where o.id = untold.id returning ${columns}`,
        [limit, now],
      );
      return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    undone: (toldBefore, now, limit, after) =>
      sql<OutboxRow>(
        `select ${columns} from outbox o
         where done_at is null and enqueued_at < $1 and due_at <= $2 and ($4::uuid is null or id > $4)
         order by id limit $3`,
        [toldBefore, now, limit, after],
      ),
    async markTold(ids, now) {
      await change(sql, "enqueued_at = $2", ids, now);
    },
    async done(ids, now) {
      await change(sql, "done_at = coalesce(done_at, $2)", ids, now);
    },
  };
}

function change(sql: Sql, assignment: string, ids: readonly string[], now: Date): Promise<object[]> {
  return sql(
    `with locked as materialized (select id from outbox where id = any($1::uuid[]) order by id for no key update)
     update outbox o set ${assignment} from locked where o.id = locked.id`,
    [columnOf.uuid(ids), now],
  );
}
