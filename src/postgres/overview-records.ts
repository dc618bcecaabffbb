import type {
  CampaignLine,
  HandOffAttempt,
  ImportLine,
  OverviewRecords,
  RegisterLine,
} from "../guard/ports/overview-records.ts";
import type { Sql } from "./sql.ts";

export function overviewRecords(sql: Sql): OverviewRecords {
  return {
    async decisions(since) {
      const rows = await sql<{ verdict: never; code: never; count: bigint }>(
        "select verdict, code, count(*) from message where id >= $1 group by verdict, code order by 3 desc",
        [firstIdOf(since)],
      );
      return rows.map((row) => ({ ...row, count: Number(row.count) }));
    },
    async handOffs(since) {
      const rows = await sql<{ processorId: string; state: string; count: bigint }>(
        `select processor_id as "processorId", state, count(*) from intent where id >= $1
         group by processor_id, state order by processor_id, state`,
        [firstIdOf(since)],
      );
      return rows.map((row) => ({ ...row, count: Number(row.count) }));
    },
    async handOffsByDay(since) {
      const rows = await sql<{ day: string; count: bigint }>(
        `select to_char(opened_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') as day, count(*) from intent
         where id >= $1 group by 1 order by 1`,
        [firstIdOf(since)],
      );
      return rows.map((row) => ({ ...row, count: Number(row.count) }));
    },
    async register(since) {
      const rows = await sql<Omit<RegisterLine, "count"> & { count: bigint }>(
        `select to_char(opened_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') as day,
           processor_id as "processorId", purpose, count(*) from intent
         where id >= $1 group by 1, 2, 3 order by 1, 2, 3`,
        [firstIdOf(since)],
      );
      return rows.map((row) => ({ ...row, count: Number(row.count) }));
    },
    async withdrawals(since) {
      const [row] = await sql<{
        total: bigint;
        pending: bigint;
        medianMs: number | null;
        p99Ms: number | null;
        maxMs: number | null;
      }>(
        `select count(*) as total, count(*) filter (where effective_at is null) as pending,
           percentile_cont(0.5) within group (order by took) as "medianMs",
           percentile_cont(0.99) within group (order by took) as "p99Ms", max(took) as "maxMs"
         from (select effective_at, (extract(epoch from effective_at - recorded_at) * 1000)::float8 as took
               from withdrawal where id >= $1) w`,
        [firstIdOf(since)],
      );
      return {
        total: Number(row?.total ?? 0n),
        pending: Number(row?.pending ?? 0n),
        medianMs: row?.medianMs ?? null,
        p99Ms: row?.p99Ms ?? null,
        maxMs: row?.maxMs ?? null,
      };
    },
    async outbox(now) {
      const [row] = await sql<{ undone: bigint; untold: bigint; overdue: bigint }>(
        `select count(*) as undone, count(*) filter (where enqueued_at is null) as untold,
           count(*) filter (where due_at < $1) as overdue
         from outbox where done_at is null`,
        [now],
      );
      return {
        undone: Number(row?.undone ?? 0n),
        untold: Number(row?.untold ?? 0n),
        overdue: Number(row?.overdue ?? 0n),
      };
    },
    async openReviews() {
      const [row] = await sql<{ count: bigint }>("select count(*) from review where status = 'open'");
      return Number(row?.count ?? 0n);
    },
    campaigns: (limit, before) =>
      sql<CampaignLine>(
        `select p.id, p.customer_id as "customerId", c.name as customer, p.name, p.channel, p.purpose, p.status,
           p.mode, p.created_at as "createdAt"
         from campaign p join customer c on c.id = p.customer_id
         where $2::uuid is null or p.id < $2 order by p.id desc limit $1`,
        [limit, before],
      ),
    async imports(limit, before) {
      const rows = await sql<
        Omit<ImportLine, "bytesRead" | "bytesTotal"> & { bytesRead: bigint; bytesTotal: bigint | null }
      >(
        `select i.id, i.customer_id as "customerId", c.name as customer, i.status, i.bytes_read as "bytesRead",
           i.bytes_total as "bytesTotal", i.counts, i.started_at as "startedAt", i.finished_at as "finishedAt"
         from import i join customer c on c.id = i.customer_id
         where $2::uuid is null or i.id < $2 order by i.id desc limit $1`,
        [limit, before],
      );
      return rows.map((row) => ({
        ...row,
        bytesRead: Number(row.bytesRead),
        bytesTotal: row.bytesTotal === null ? null : Number(row.bytesTotal),
      }));
    },
    async ownerOf(kind, id) {
      const table = { campaign: "campaign", import: "import" }[kind];
      const [row] = await sql<{ owner: string }>(`select customer_id as owner from ${table} where id = $1`, [
        id,
      ]);
      return row?.owner ?? null;
    },
    attempts: (campaignId, position) =>
      sql<HandOffAttempt>(
        `select i.id, i.processor_id as "processorId", i.state, i.action, i.code,
           i.provider_reference as "providerReference", i.opened_at as "openedAt", i.closed_at as "closedAt"
         from message m join intent i on i.message_id = m.id
         where m.campaign_id = $1 and m.position = $2 order by i.id limit 50`,
        [campaignId, position],
      ),
  };
}

/** Ids are UUIDs of version 7, so that what is younger than a moment is one stretch of the primary key. */
function firstIdOf(since: Date): string {
  const hex = Math.max(0, since.getTime()).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
