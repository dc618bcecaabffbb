import type { KnownSubscriber, Meeting, Met, SubscriberRecords } from "../guard/ports/subscriber-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

type MetRow = KnownSubscriber & { readonly position: number; readonly settled: string | null };

/** Each number is looked up by its key, one probe a row (offset 0 keeps the planner from joining otherwise). */
export function meetSubscribers(sql: Sql): Pick<SubscriberRecords, "meet"> {
  return {
    async meet(customerId, importId, rows): Promise<Met> {
      if (rows.declarationIds.length === 0) return { settled: [], open: [] };
      const met = await sql<MetRow>(
        `with given as materialized (
           select ordinality::integer - 1 as position, phone_index, digest, declaration_id, collected_at
           from unnest($2::bytea[], $3::bytea[], $4::uuid[], $5::timestamptz[]) with ordinality
             as given (phone_index, digest, declaration_id, collected_at, ordinality)),
         met as materialized (
           select given.position, s.id, s.phone_index, s.known, s.erased_at, s.profile_digest, s.import_id,
             s.known and s.erased_at is null and s.profile_digest = given.digest
             and not exists (select from refusal r where r.subscriber_id = s.id and r.lifted_at is null)
             and (select count(*) from permission p
                  where p.subscriber_id = s.id and p.customer_id = $1 and p.until is null and p.granted
                    and p.channel = any($6::text[]::channel[]) and p.purpose = any($7::text[]::purpose[])
                    and p.declaration_id = given.declaration_id
                    and p.collected_at is not distinct from given.collected_at) = $8::integer as settled
           from given cross join lateral (
             select id, phone_index, known, erased_at, profile_digest, import_id from subscriber
             where customer_id = $1 and phone_index = given.phone_index offset 0) s),
         added as (
           insert into import_contact (import_id, customer_id, subscriber_id)
           select i.id, i.customer_id, met.id
           from met cross join (select id, customer_id from import where id = $9::uuid and customer_id = $1) i
           where met.settled and met.import_id is distinct from $9::uuid
           on conflict do nothing)
         select null::integer as position, null::uuid as id, null::bytea as "phoneIndex", null::boolean as known,
           null::timestamptz as "erasedAt", null::bytea as "profileDigest", string_agg(position::text, ',') as settled
         from met where settled
         union all
         select position, id, phone_index, known, erased_at, profile_digest, null from met where settled is not true`,
        meetingValues(customerId, importId, rows),
      );
      const [told, ...open] = met;
      const settled = told?.settled ?? null;
      return { settled: settled === null ? [] : settled.split(",").map(Number), open };
    },
  };
}

function meetingValues(customerId: string, importId: string | null, rows: Meeting): unknown[] {
  const { channels, purposes } = rows;
  return [
    customerId,
    columnOf.byteaFixed(16, rows.phoneIndexes),
    columnOf.byteaFixed(16, rows.digests),
    columnOf.uuid(rows.declarationIds),
    columnOf.moments(rows.collectedAts),
    columnOf.text(channels),
    columnOf.text(purposes),
    channels.length * purposes.length,
    importId,
  ];
}
