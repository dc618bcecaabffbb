import { GuardError } from "../domain/guard-error.ts";
import type { ImportErrorRow, ImportRecords, ImportRow } from "../guard/ports/import-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

const columns = `id, customer_id as "customerId", status, failure_code as "failureCode", declaration, mapping,
  file_sha256 as "fileSha256", header_cipher as "headerCipher", bytes_read as "bytesRead",
  bytes_total as "bytesTotal", rows_done as "rowsDone", counts, reasons, cancel_requested as "cancelRequested",
  started_at as "startedAt", finished_at as "finishedAt"`;

type Stored = Omit<ImportRow, "bytesRead" | "bytesTotal" | "rowsDone"> & {
  readonly bytesRead: bigint;
  readonly bytesTotal: bigint | null;
  readonly rowsDone: bigint;
};

export function importRecords(sql: Sql): ImportRecords {
  const read = async (condition: string, values: readonly unknown[]): Promise<readonly ImportRow[]> =>
    (await sql<Stored>(`select ${columns} from import where ${condition}`, values)).map(importRow);
  return {
    insert: (row) => insert(sql, row),
    async get(customerId, id) {
      return (await read("customer_id = $1 and id = $2", [customerId, id]))[0] ?? null;
    },
    list: (customerId, limit, before) =>
      read("customer_id = $1 and ($3::uuid is null or id < $3) order by id desc limit $2", [
        customerId,
        limit,
        before,
      ]),
    async ofFile(customerId, fileSha256) {
      const condition =
        "customer_id = $1 and file_sha256 = $2 and status in ('running', 'completed') order by id desc limit 1";
      return (await read(condition, [customerId, fileSha256]))[0] ?? null;
    },
    async uploaded(id, fileSha256, bytesTotal) {
      const rows = await sql(
        "update import set file_sha256 = $2, bytes_total = $3 where id = $1 and status = 'running' returning id",
        [id, fileSha256, bytesTotal],
      );
      return rows.length > 0;
    },
    async setHeader(id, headerCipher) {
      await sql("update import set header_cipher = $2 where id = $1", [id, headerCipher]);
    },
    async advance(id, fromRows, progress) {
      const rows = await sql(
        `update import set bytes_read = $3, bytes_total = $4, rows_done = $5, counts = $6, reasons = $7,
           attempts = 0
         where id = $1 and status = 'running' and rows_done = $2 returning id`,
        [
          id,
          fromRows,
          progress.bytesRead,
          progress.bytesTotal,
          progress.rowsDone,
          JSON.stringify(progress.counts),
          JSON.stringify(progress.reasons),
        ],
      );
      return rows.length > 0;
    },
    async beginAttempt(id) {
      const [row] = await sql<{ attempts: number }>(
        "update import set attempts = attempts + 1 where id = $1 and status = 'running' returning attempts",
        [id],
      );
      return row?.attempts ?? 0;
    },
    async forgiveAttempt(id) {
      await sql("update import set attempts = attempts - 1 where id = $1 and attempts > 0", [id]);
    },
    async finish(id, status, failureCode, now) {
      const rows = await sql(
        `update import set status = $2, failure_code = $3, finished_at = $4
         where id = $1 and status = 'running' returning id`,
        [id, status, failureCode, now],
      );
      if (rows.length === 0) return false;
      await sql("delete from import_chunk where import_id = $1", [id]);
      return true;
    },
    async requestCancel(customerId, id) {
      const rows = await sql(
        `update import set cancel_requested = true where customer_id = $1 and id = $2 and status = 'running'
         returning id`,
        [customerId, id],
      );
      return rows.length > 0;
    },
    unfinished: (limit, after) =>
      read("status = 'running' and ($2::uuid is null or id > $2) order by id limit $1", [limit, after]),

    async addChunk(importId, position, cipher) {
      // Through the import itself: a piece can be added only to one that this customer sees and that runs.
      const rows = await sql(
        `insert into import_chunk (import_id, customer_id, position, cipher)
         select id, customer_id, $2::integer, $3::bytea from import where id = $1 and status = 'running' for share
         on conflict (import_id, position) do update set position = excluded.position
         returning position`,
        [importId, position, cipher],
      );
      if (rows.length === 0) throw new GuardError("conflict", "the import does not run");
    },
    async chunk(importId, position) {
      const [row] = await sql<{ cipher: Buffer }>(
        "select cipher from import_chunk where import_id = $1 and position = $2",
        [importId, position],
      );
      return row?.cipher ?? null;
    },
    async addErrors(importId, rows) {
      if (rows.length === 0) return;
      await sql(
        `insert into import_error (import_id, customer_id, row_number, code, cells_cipher)
         select i.id, i.customer_id, given.row_number, given.code, given.cells_cipher
         from unnest($2::bigint[], $3::text[], $4::bytea[]) as given (row_number, code, cells_cipher)
         join import i on i.id = $1
         on conflict (import_id, row_number, code) do nothing`,
        [
          importId,
          columnOf.int8(rows.map((row) => BigInt(row.rowNumber))),
          columnOf.text(rows.map((row) => row.code)),
          columnOf.bytea(rows.map((row) => row.cellsCipher)),
        ],
      );
    },
    async errors(customerId, importId, after, limit) {
      const rows = await sql<Omit<ImportErrorRow, "rowNumber"> & { readonly rowNumber: bigint }>(
        `select row_number as "rowNumber", code, cells_cipher as "cellsCipher" from import_error
         where customer_id = $1 and import_id = $2 and ($3::bigint is null or (row_number, code) > ($3, $4::text))
         order by row_number, code limit $5`,
        [customerId, importId, after?.rowNumber ?? null, after?.code ?? null, limit],
      );
      return rows.map((row) => ({ ...row, rowNumber: Number(row.rowNumber) }));
    },
    async addContacts(importId, subscriberIds) {
      if (subscriberIds.length === 0) return [];
      const before = await sql<{ id: string }>(
        `with given as materialized (select id from unnest($2::uuid[]) as given (id)),
           others as materialized (
             select given.id from given cross join lateral (
               select import_id from subscriber s where s.id = given.id offset 0) s
             where s.import_id is distinct from $1::uuid),
           added as (
             insert into import_contact (import_id, customer_id, subscriber_id)
             select i.id, i.customer_id, others.id from others cross join (select * from import where id = $1) i
             on conflict do nothing returning subscriber_id)
         select id from given except select subscriber_id from added`,
        [importId, columnOf.uuid(subscriberIds)],
      );
      return before.map((row) => row.id);
    },
  };
}

async function insert(sql: Sql, row: ImportRow): Promise<void> {
  await sql(
    `insert into import (id, customer_id, status, failure_code, declaration, mapping, file_sha256, header_cipher,
       bytes_read, bytes_total, rows_done, counts, reasons, cancel_requested, started_at, finished_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     on conflict (id) do nothing`,
    [
      row.id,
      row.customerId,
      row.status,
      row.failureCode,
      JSON.stringify(row.declaration),
      row.mapping === null ? null : JSON.stringify(row.mapping),
      row.fileSha256,
      row.headerCipher,
      row.bytesRead,
      row.bytesTotal,
      row.rowsDone,
      JSON.stringify(row.counts),
      JSON.stringify(row.reasons),
      row.cancelRequested,
      row.startedAt,
      row.finishedAt,
    ],
  );
}

function importRow(stored: Stored): ImportRow {
  return {
    ...stored,
    bytesRead: Number(stored.bytesRead),
    bytesTotal: stored.bytesTotal === null ? null : Number(stored.bytesTotal),
    rowsDone: Number(stored.rowsDone),
  };
}
