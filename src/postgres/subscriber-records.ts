import type { KnownSubscriber, SubscriberRecords, SubscriberRow } from "../guard/ports/subscriber-records.ts";
import { columnOf } from "./binary-array.ts";
import { evidenceRecords } from "./evidence-records.ts";
import { freshSubscribers } from "./fresh-subscribers.ts";
import { meetSubscribers } from "./meet-subscribers.ts";
import { permissionRecords } from "./permission-records.ts";
import { refusalRecords } from "./refusal-records.ts";
import type { Sql } from "./sql.ts";

const columns = `s.id, s.phone_index as "phoneIndex", s.salt, s.profile_cipher as "profileCipher", s.known, s.country,
  s.adult_at as "adultAt", s.guardian_consented as "guardianConsented", s.restricted_at as "restrictedAt",
  s.objected_at as "objectedAt", s.erased_at as "erasedAt"`;

const lightColumns = `id, phone_index as "phoneIndex", known, erased_at as "erasedAt", profile_digest as "profileDigest"`;

const given = `unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::boolean[], $7::text[], $8::timestamptz[],
    $9::boolean[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::bytea[]) as given (id, phone_index,
    salt, profile_cipher, known, country, adult_at, guardian_consented, restricted_at, objected_at, erased_at,
    profile_digest)`;

export function subscriberRecords(sql: Sql): SubscriberRecords {
  return {
    ...permissionRecords(sql),
    ...refusalRecords(sql),
    ...evidenceRecords(sql),
    ...meetSubscribers(sql),
    ...freshSubscribers(sql),
    byIndexes: (customerId, indexes) =>
      sql<SubscriberRow>(
        `select ${columns} from subscriber s where customer_id = $1 and phone_index = any($2::bytea[]) order by id`,
        [customerId, columnOf.bytea(indexes)],
      ),
    byIds: (customerId, ids) =>
      sql<SubscriberRow>(
        `select ${columns} from subscriber s where customer_id = $1 and id = any($2::uuid[]) order by id`,
        [customerId, columnOf.uuid(ids)],
      ),
    lock: (customerId, ids, strength) =>
      sql<SubscriberRow>(
        `select ${columns} from subscriber s where customer_id = $1 and id = any($2::uuid[]) order by id
         for ${strength === "share" ? "share" : "no key update"}`,
        [customerId, columnOf.uuid(ids)],
      ),
    async addOrLock(customerId, rows, now) {
      await addSubscribers(sql, customerId, rows, now);
      // A second statement sees what those committed that the first one waited for.
      return sql<SubscriberRow>(
        `select ${columns} from subscriber s where customer_id = $1 and phone_index = any($2::bytea[])
         order by id for no key update`,
        [customerId, columnOf.bytea(rows.map((row) => row.phoneIndex))],
      );
    },
    async known(customerId, indexes, locked) {
      if (indexes.length === 0) return [];
      return sql<KnownSubscriber>(
        `select ${lightColumns} from subscriber where customer_id = $1 and phone_index = any($2::bytea[])
         ${locked ? "order by id for no key update" : ""}`,
        [customerId, columnOf.bytea(indexes)],
      );
    },
    async addNew(customerId, rows, now) {
      const added = await addSubscribers(sql, customerId, rows, now);
      if (added === rows.length) return [];
      const ours = new Set(rows.map((row) => row.id));
      const all = await sql<KnownSubscriber>(
        `select ${lightColumns} from subscriber where customer_id = $1 and phone_index = any($2::bytea[])
         order by id for no key update`,
        [customerId, columnOf.bytea(rows.map((row) => row.phoneIndex))],
      );
      return all.filter((row) => !ours.has(row.id));
    },
    async update(customerId, rows, now) {
      if (rows.length === 0) return;
      await sql(
        `with locked as materialized (
           select id from subscriber where customer_id = $1 and id = any($2::uuid[]) order by id for no key update)
         update subscriber s set salt = given.salt, profile_cipher = given.profile_cipher, known = given.known,
           country = given.country, adult_at = (given.adult_at at time zone 'UTC')::date,
           guardian_consented = given.guardian_consented, restricted_at = given.restricted_at,
           objected_at = given.objected_at, erased_at = given.erased_at, profile_digest = given.profile_digest,
           updated_at = $14
         from ${given} join locked using (id)
         where s.id = given.id and s.customer_id = $1 and s.phone_index = given.phone_index`,
        [...subscriberValues(customerId, rows), now],
      );
    },
    page: (customerId, after, limit) =>
      sql<SubscriberRow>(
        `select ${columns} from subscriber s
         where customer_id = $1 and known and ($2::uuid is null or id > $2) order by id limit $3`,
        [customerId, after, limit],
      ),
    // Those that the import added lie between two ids; those that were known before stand in a table of their own.
    pageOfImport: (customerId, importId, after, limit) =>
      sql<SubscriberRow>(
        `select ${columns} from (
           (select * from subscriber where customer_id = $1 and import_id = $2
              and id >= (select first_contact from import where id = $2 and customer_id = $1)
              and id <= (select last_contact from import where id = $2 and customer_id = $1)
              and ($3::uuid is null or id > $3) order by id limit $4)
           union all
           (select known.* from import_contact i join subscriber known on known.id = i.subscriber_id
            where i.import_id = $2 and i.customer_id = $1 and known.customer_id = $1
              and ($3::uuid is null or i.subscriber_id > $3)
            order by i.subscriber_id limit $4)) s
         order by s.id limit $4`,
        [customerId, importId, after, limit],
      ),
  };
}

/** Adds those whose number is new and tells how many they were. */
async function addSubscribers(
  sql: Sql,
  customerId: string,
  rows: readonly SubscriberRow[],
  now: Date,
): Promise<number> {
  if (rows.length === 0) return 0;
  // By number, so that two uploads of the same numbers wait for one another and do not deadlock.
  const [row] = await sql<{ added: number }>(
    `with added as (
       insert into subscriber (id, customer_id, phone_index, salt, profile_cipher, known, country, adult_at,
         guardian_consented, restricted_at, objected_at, erased_at, profile_digest, created_at, updated_at)
       select id, $1::uuid, phone_index, salt, profile_cipher, known, country,
         (adult_at at time zone 'UTC')::date, guardian_consented, restricted_at, objected_at, erased_at,
         profile_digest, $14::timestamptz, $14::timestamptz
       from ${given}
       order by phone_index
       on conflict (customer_id, phone_index) do nothing returning 1)
     select count(*)::integer as added from added`,
    [...subscriberValues(customerId, rows), now],
  );
  return row?.added ?? 0;
}

function subscriberValues(customerId: string, rows: readonly SubscriberRow[]): unknown[] {
  return [
    customerId,
    columnOf.uuid(rows.map((row) => row.id)),
    columnOf.bytea(rows.map((row) => row.phoneIndex)),
    columnOf.bytea(rows.map((row) => row.salt)),
    columnOf.bytea(rows.map((row) => row.profileCipher)),
    columnOf.bool(rows.map((row) => row.known)),
    columnOf.text(rows.map((row) => row.country)),
    columnOf.timestamptz(rows.map((row) => row.adultAt)),
    columnOf.bool(rows.map((row) => row.guardianConsented)),
    columnOf.timestamptz(rows.map((row) => row.restrictedAt)),
    columnOf.timestamptz(rows.map((row) => row.objectedAt)),
    columnOf.timestamptz(rows.map((row) => row.erasedAt)),
    columnOf.bytea(rows.map((row) => row.profileDigest ?? null)),
  ];
}
