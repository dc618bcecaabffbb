import type { PageRecords, PageRow } from "../guard/ports/page-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

const columns = `id, customer_id as "customerId", page_id as "pageId", url, processor_id as "processorId", advertiser,
  purposes::text[] as purposes, digest, html, notice, findings, mode, state, holder, batch_id as "batchId", attempts,
  created_at as "createdAt"`;

export function pageRecords(sql: Sql): PageRecords {
  return {
    async insert(row) {
      await sql(
        `insert into page_approval (id, customer_id, page_id, url, processor_id, advertiser, purposes, digest, html,
           notice, findings, mode, state, holder, batch_id, attempts, created_at)
         values ($1, $2, $3, $4, $5, $6, $7::text[]::purpose[], $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         on conflict (id) do nothing`,
        [
          row.id,
          row.customerId,
          row.pageId,
          row.url,
          row.processorId,
          row.advertiser,
          columnOf.text(row.purposes),
          row.digest,
          row.html,
          JSON.stringify(row.notice),
          JSON.stringify(row.findings),
          row.mode,
          row.state,
          row.holder,
          row.batchId,
          row.attempts,
          row.createdAt,
        ],
      );
    },
    async get(customerId, id) {
      const [row] = await sql<PageRow>(
        `select ${columns} from page_approval where customer_id = $1 and id = $2`,
        [customerId, id],
      );
      return row ?? null;
    },
    list: (customerId, pageId, limit, before) =>
      sql<PageRow>(
        `select ${columns} from page_approval
         where customer_id = $1 and ($2::text is null or page_id = $2) and ($4::uuid is null or id < $4)
         order by id desc limit $3`,
        [customerId, pageId, limit, before],
      ),
    takeBatch: (batchId) =>
      sql<PageRow>(
        `select ${columns} from page_approval where batch_id = $1 and state = 'waiting'
         order by id for no key update`,
        [batchId],
      ),
    async open(ids, holder) {
      const rows = await sql<{ id: string }>(
        `with locked as materialized (
           select id from page_approval where id = any($1::uuid[]) and state = 'waiting' order by id for no key update)
         update page_approval p set state = 'open', holder = $2, attempts = attempts + 1
         from locked where p.id = locked.id returning p.id`,
        [columnOf.uuid(ids), holder],
      );
      return new Set(rows.map((row) => row.id));
    },
    async close(closures, now) {
      const rows = await sql<{ id: string }>(
        `with locked as materialized (
           select id from page_approval where id = any($1::uuid[]) and state = 'open' order by id for no key update)
         update page_approval p set state = given.state, closed_at = $3
         from unnest($1::uuid[], $2::text[]) as given (id, state) join locked using (id)
         where p.id = given.id returning p.id`,
        [
          columnOf.uuid(closures.map((closure) => closure.id)),
          columnOf.text(closures.map((closure) => closure.state)),
          now,
        ],
      );
      return new Set(rows.map((row) => row.id));
    },
    async requeue(id, from, batchId) {
      const rows = await sql(
        `update page_approval set state = 'waiting', batch_id = $3, closed_at = null where id = $1 and state = $2
         returning id`,
        [id, from, batchId],
      );
      return rows.length > 0;
    },
    async refuse(id, now) {
      const rows = await sql(
        "update page_approval set state = 'refused', closed_at = $2 where id = $1 and state = 'review' returning id",
        [id, now],
      );
      return rows.length > 0;
    },
    openOfHolder: (holder) =>
      sql<PageRow>(`select ${columns} from page_approval where state = 'open' and holder = $1 order by id`, [
        holder,
      ]),
  };
}
