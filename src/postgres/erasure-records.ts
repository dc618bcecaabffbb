import type { ErasedSubscriber, ErasureRecords, FoundSubscriber } from "../guard/ports/erasure-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

const erasedColumns = `customer_id as "customerId", id as "subscriberId", erased_at as "erasedAt"`;

export function erasureRecords(sql: Sql): ErasureRecords {
  return {
    async erase(customerId, subscriberId, index, now) {
      const of = [customerId, subscriberId];
      // Messages before their subscriber, as permits lock them.
      const messages = await sql<{ campaignId: string }>(
        `with locked as materialized (
           select id from message where customer_id = $1 and subscriber_id = $2 order by id for no key update)
         update message m set phone_masked = '***', correlation_id = null, data_cipher = null,
           state = case when waits then 'suppressed' else state end,
           code = case when waits then 'erased' else code end,
           rule = case when waits then 'erasure' else rule end,
           decided_by = case when waits then 'subject' else decided_by end,
           batch_id = case when waits then null else batch_id end
         from (select id, state in ('review', 'held', 'waiting') as waits from message
               where id in (select id from locked)) given
         where m.id = given.id returning m.campaign_id as "campaignId"`,
        of,
      );
      await sql(
        `update subscriber set phone_index = $3, salt = null, profile_cipher = null, profile_digest = null,
           known = false, country = null, adult_at = null, guardian_consented = false,
           erased_at = coalesce(erased_at, $4), updated_at = $4
         where customer_id = $1 and id = $2`,
        [...of, index, now],
      );
      await sql(
        `update refusal set text_cipher = null, source = 'erased' where customer_id = $1 and subscriber_id = $2`,
        of,
      );
      await sql(
        `update intent set provider_reference = null
         where customer_id = $1 and subscriber_id = $2 and provider_reference is not null`,
        of,
      );
      return [...new Set(messages.map((message) => message.campaignId))];
    },
    async suppress(customerId, index, erasedAt, recordsKept) {
      await sql(
        `insert into suppression as s (customer_id, number_index, erased_at, records_kept) values ($1, $2, $3, $4)
         on conflict (customer_id, number_index) do update set erased_at = greatest(s.erased_at, excluded.erased_at),
           records_kept = s.records_kept + excluded.records_kept`,
        [customerId, index, erasedAt, recordsKept],
      );
    },
    async suppression(customerId, index) {
      const [row] = await sql<{ erasedAt: Date; kept: bigint }>(
        `select erased_at as "erasedAt", records_kept as kept from suppression
         where customer_id = $1 and number_index = $2`,
        [customerId, index],
      );
      return row === undefined ? null : { erasedAt: row.erasedAt, recordsKept: Number(row.kept) };
    },
    unfinished: (limit) =>
      sql<ErasedSubscriber>(
        `select ${erasedColumns} from subscriber where erased_at is not null and salt is not null
         order by erased_at limit $1`,
        [limit],
      ),
    since: (moment, limit) =>
      sql<ErasedSubscriber>(
        `select ${erasedColumns} from subscriber where erased_at >= $1 order by erased_at, id limit $2`,
        [moment, limit],
      ),
    among: (customerId, subscriberIds) =>
      sql<FoundSubscriber>(
        `select id as "subscriberId", erased_at is not null and salt is null as erased from subscriber
         where customer_id = $1 and id = any($2::uuid[])`,
        [customerId, columnOf.uuid(subscriberIds)],
      ),
    async suppressed(customerId, indexes) {
      const rows = await sql<{ index: Buffer; erasedAt: Date }>(
        `select number_index as index, erased_at as "erasedAt" from suppression
         where customer_id = $1 and number_index = any($2::bytea[])`,
        [customerId, columnOf.bytea(indexes)],
      );
      return new Map(rows.map((row) => [row.index.toString("hex"), row.erasedAt]));
    },
    async hasSuppressed(customerId) {
      return (await sql("select 1 from suppression where customer_id = $1 limit 1", [customerId])).length > 0;
    },
    async lift(customerId, indexes) {
      await sql("delete from suppression where customer_id = $1 and number_index = any($2::bytea[])", [
        customerId,
        columnOf.bytea(indexes),
      ]);
    },
  };
}
