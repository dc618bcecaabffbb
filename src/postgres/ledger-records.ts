import type { LedgerRecords, LedgerRow, LedgerSearch } from "../guard/ports/ledger-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

const columns = `r.id, l.index, r.kind, r.customer_id as "customerId", r.subscriber_id as "subscriberId",
  r.processor_id as "processorId", r.campaign_id as "campaignId", r.recorded_at as "recordedAt", r.opening,
  r.body_cipher as "bodyCipher", r.leaf`;

/**
 * Ids rise with time, but for the clocks of several hosts: a span of time is a span of ids with a margin. Without it
 * a search for last year would read everything since. A customer's own records are few enough to be gone through.
 */
function timeBounds(search: LedgerSearch): string {
  if (search.customerId !== null || search.subscriberIds !== null || search.campaignId !== null) return "";
  const from = `and r.id >= coalesce((select id from ledger_record
    where recorded_at >= $6::timestamptz - interval '10 minutes' order by recorded_at, id limit 1), 9223372036854775807)`;
  const to = `and r.id <= coalesce((select id from ledger_record
    where recorded_at <= $7::timestamptz + interval '10 minutes' order by recorded_at desc, id desc limit 1), 0)`;
  return `${search.from === null ? "" : from} ${search.to === null ? "" : to}`;
}

/** `before` in a search is the id of a record: newest first, whether it has its place in the tree yet or not. */
export function ledgerRecords(sql: Sql): LedgerRecords {
  return {
    async append(rows) {
      if (rows.length === 0) return;
      await sql(
        `with added as (
           insert into ledger_record (kind, customer_id, subscriber_id, processor_id, campaign_id, recorded_at,
             opening, body_cipher, leaf)
           select kind, customer_id, subscriber_id, processor_id, campaign_id, recorded_at, opening, body_cipher, leaf
           from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::timestamptz[], $7::bytea[],
               $8::bytea[], $9::bytea[]) with ordinality
             as given (kind, customer_id, subscriber_id, processor_id, campaign_id, recorded_at, opening, body_cipher,
               leaf, place)
           order by place
           returning id, leaf)
         insert into ledger_pending (record_id, leaf) select id, leaf from added order by id`,
        [
          columnOf.text(rows.map((row) => row.kind)),
          columnOf.uuid(rows.map((row) => row.customerId)),
          columnOf.uuid(rows.map((row) => row.subscriberId)),
          columnOf.text(rows.map((row) => row.processorId)),
          columnOf.uuid(rows.map((row) => row.campaignId)),
          columnOf.timestamptz(rows.map((row) => row.recordedAt)),
          columnOf.bytea(rows.map((row) => row.opening)),
          columnOf.bytea(rows.map((row) => row.bodyCipher)),
          columnOf.bytea(rows.map((row) => row.leaf)),
        ],
      );
    },
    search: (search) =>
      sql<LedgerRow>(
        `select ${columns} from ledger_record r left join ledger_leaf l on l.record_id = r.id
         where ($1::uuid is null or r.customer_id = $1)
           and ($2::uuid[] is null or r.subscriber_id = any($2))
           and ($3::uuid is null or r.campaign_id = $3)
           and ($4::text is null or r.processor_id = $4)
           and r.kind = any($5::text[])
           and ($6::timestamptz is null or r.recorded_at >= $6)
           and ($7::timestamptz is null or r.recorded_at <= $7)
           and ($8::bigint is null or r.id < $8)
           ${timeBounds(search)}
         order by r.id desc limit $9`,
        [
          search.customerId,
          search.subscriberIds === null ? null : columnOf.uuid(search.subscriberIds),
          search.campaignId,
          search.processorId,
          columnOf.text(search.kinds),
          search.from,
          search.to,
          search.before,
          search.limit,
        ],
      ),
    async byIndex(index) {
      const [row] = await sql<LedgerRow>(
        `select ${columns} from ledger_leaf l join ledger_record r on r.id = l.record_id where l.index = $1`,
        [index],
      );
      return row ?? null;
    },
    async eraseSubscriber(subscriberId) {
      const rows = await sql(
        `update ledger_record set opening = null, body_cipher = null
         where subscriber_id = $1 and (opening is not null or body_cipher is not null) returning id`,
        [subscriberId],
      );
      return rows.length;
    },
    async countOf(subscriberId) {
      const [row] = await sql<{ count: bigint }>(
        "select count(*) from ledger_record where subscriber_id = $1",
        [subscriberId],
      );
      return Number(row?.count ?? 0n);
    },
  };
}
