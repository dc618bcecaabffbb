import { GuardError } from "../domain/guard-error.ts";
import type {
  FreshSubscribers,
  KnownSubscriber,
  SubscriberRecords,
} from "../guard/ports/subscriber-records.ts";
import { columnOf } from "./binary-array.ts";
import { type Sql, sqlState } from "./sql.ts";

const given = `unnest($3::uuid[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[], $9::timestamptz[],
    $10::boolean[]) as given (id, phone_index, salt, profile_cipher, profile_digest, country, adult_at,
    guardian_consented)`;

/** Rows come in the order of their numbers, so that two uploads of the same ones wait for one another in turn. */
const insert = `insert into subscriber (id, customer_id, import_id, phone_index, salt, profile_cipher, profile_digest,
    known, country, adult_at, guardian_consented, created_at, updated_at)
  select id, $1::uuid, $2::uuid, phone_index, salt, profile_cipher, profile_digest, true, country,
    (adult_at at time zone 'UTC')::date, guardian_consented, $11::timestamptz, $11::timestamptz
  from ${given}`;

export function freshSubscribers(sql: Sql): Pick<SubscriberRecords, "addFresh" | "grantFirst"> {
  return {
    async addFresh(customerId, importId, rows, now) {
      if (rows.ids.length === 0) return [];
      const values = freshValues(customerId, importId, rows, now);
      // Without "on conflict" a row is written once and not twice. That a number became known a moment ago is rare.
      await sql("savepoint fresh");
      let known: readonly KnownSubscriber[] = [];
      try {
        await sql(insert, values);
        await sql("release savepoint fresh");
      } catch (cause) {
        if (sqlState(cause) !== "23505") throw cause;
        await sql("rollback to savepoint fresh");
        known = await addOthers(sql, customerId, rows, values);
      }
      if (importId !== null) {
        await sql(
          `update import set first_contact = least(first_contact, $2::uuid),
             last_contact = greatest(last_contact, $3::uuid) where id = $1`,
          [importId, uuidAt(rows.ids, 0), uuidAt(rows.ids, rows.ids.length - 16)],
        );
      }
      return known;
    },
    async grantFirst(customerId, grants, now) {
      await sql(
        `insert into permission (subscriber_id, channel, purpose, revision, epoch, customer_id, granted, basis,
           declaration_id, collected_at, since)
         select subscriber_id, channel, purpose, 1, 1, $1::uuid, true, $5::text::basis, declaration_id,
           collected_at, $8::timestamptz
         from unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) as given (subscriber_id, declaration_id, collected_at)
           cross join unnest($6::text[]::channel[]) as channels (channel)
           cross join unnest($7::text[]::purpose[]) as purposes (purpose)`,
        [
          customerId,
          columnOf.uuidBytes(grants.subscriberIds),
          columnOf.uuid(grants.declarationIds),
          columnOf.moments(grants.collectedAts),
          grants.basis,
          columnOf.text(grants.channels),
          columnOf.text(grants.purposes),
          now,
        ],
      ).catch((cause: unknown) => {
        if (sqlState(cause) !== "23503") throw cause;
        throw new GuardError("conflict", "a subscriber is not one of this customer", { cause });
      });
    },
  };
}

/** All but those whose number is known by now; tells which they are, under lock. */
async function addOthers(
  sql: Sql,
  customerId: string,
  rows: FreshSubscribers,
  values: readonly unknown[],
): Promise<readonly KnownSubscriber[]> {
  await sql(`${insert} on conflict (customer_id, phone_index) do nothing`, values);
  return sql<KnownSubscriber>(
    `select id, phone_index as "phoneIndex", known, erased_at as "erasedAt", profile_digest as "profileDigest"
     from subscriber where customer_id = $1 and phone_index = any($2::bytea[]) and id <> all($3::uuid[])
     order by id for no key update`,
    [customerId, columnOf.byteaFixed(16, rows.phoneIndexes), columnOf.uuidBytes(rows.ids)],
  );
}

function freshValues(
  customerId: string,
  importId: string | null,
  rows: FreshSubscribers,
  now: Date,
): unknown[] {
  return [
    customerId,
    importId,
    columnOf.uuidBytes(rows.ids),
    columnOf.byteaFixed(16, rows.phoneIndexes),
    columnOf.byteaFixed(16, rows.salts),
    columnOf.byteaPacked(rows.ciphers, rows.cipherEnds),
    columnOf.byteaFixed(16, rows.digests),
    columnOf.text(rows.countries),
    columnOf.timestamptz(rows.adultAts),
    columnOf.bool(rows.guardianConsented),
    now,
  ];
}

function uuidAt(ids: Buffer, offset: number): string {
  return ids.toString("hex", offset, offset + 16);
}
