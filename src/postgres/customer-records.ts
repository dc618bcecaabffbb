import { scopes } from "../domain/vocabulary.ts";
import type {
  AgreementRow,
  CustomerRecords,
  CustomerRow,
  KeyRow,
  PolicyRow,
  Sender,
} from "../guard/ports/customer-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

const customerColumns = `id, name, legal_name as "legalName", country, tax_code as "taxCode", legal_key as "legalKey",
  status, is_platform as "isPlatform", key_wrapped as "keyWrapped", created_at as "createdAt"`;
const keyColumns = `id, customer_id as "customerId", scopes, mode, created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt"`;

export function customerRecords(sql: Sql): CustomerRecords {
  return {
    async insert(row) {
      await sql(
        `insert into customer
           (id, name, legal_name, country, tax_code, legal_key, status, is_platform, key_wrapped, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (id) do nothing`,
        [
          row.id,
          row.name,
          row.legalName,
          row.country,
          row.taxCode,
          row.legalKey,
          row.status,
          row.isPlatform,
          row.keyWrapped,
          row.createdAt,
        ],
      );
    },
    async get(id) {
      const [row] = await sql<CustomerRow>(`select ${customerColumns} from customer where id = $1`, [id]);
      return row ?? null;
    },
    list: (limit, after) =>
      sql<CustomerRow>(
        `select ${customerColumns} from customer where $2::uuid is null or id > $2 order by id limit $1`,
        [limit, after],
      ),
    siblings: (id, legalKey) =>
      sql<CustomerRow>(
        `select ${customerColumns} from customer where legal_key = $2 and id <> $1 order by id`,
        [id, legalKey],
      ),
    async setStatus(id, status, now) {
      await sql(
        `update customer set status = $2, closed_at = case when $2 = 'closed' then coalesce(closed_at, $3) end
         where id = $1`,
        [id, status, now],
      );
    },
    senders: (id, at) =>
      sql<Sender>(
        `select channel, sender as id from customer_sender
         where customer_id = $1 and valid_from <= $2 and (valid_until is null or valid_until > $2)
         order by channel, sender`,
        [id, at],
      ),
    replaceSenders: (id, senders, now) => replaceSenders(sql, id, senders, now),
    agreements: (customerId, at) =>
      sql<AgreementRow>(
        `select category, reference, valid_from as "validFrom", valid_until as "validUntil",
           recorded_at as "recordedAt" from category_agreement
         where customer_id = $1 and recorded_at <= $2 and (superseded_at is null or superseded_at > $2)
         order by category`,
        [customerId, at],
      ),
    async putAgreement(customerId, row) {
      const ended = await endAgreement(sql, customerId, row.category, row.recordedAt);
      await sql(
        `insert into category_agreement (customer_id, category, reference, valid_from, valid_until, recorded_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (customer_id, category, recorded_at) do update
           set reference = excluded.reference, valid_from = excluded.valid_from,
             valid_until = excluded.valid_until, superseded_at = null`,
        [customerId, row.category, row.reference, row.validFrom, row.validUntil, row.recordedAt],
      );
      return !ended;
    },
    endAgreement: (customerId, category, now) => endAgreement(sql, customerId, category, now),
    async insertKey(row, sha256) {
      await sql(
        `insert into api_key (id, customer_id, sha256, scopes, mode, created_at, expires_at, revoked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (id) do nothing`,
        [
          row.id,
          row.customerId,
          sha256,
          columnOf.text(row.scopes),
          row.mode,
          row.createdAt,
          row.expiresAt,
          row.revokedAt,
        ],
      );
    },
    async keyBySha256(sha256) {
      const [row] = await sql<Omit<KeyRow, "scopes"> & { readonly scopes: readonly string[] }>(
        `select ${keyColumns} from api_key where sha256 = $1`,
        [sha256],
      );
      // A scope that a later release took away opens nothing.
      return row === undefined
        ? null
        : { ...row, scopes: scopes.filter((scope) => row.scopes.includes(scope)) };
    },
    async revokeKey(customerId, keyId, now) {
      const rows = await sql(
        `update api_key set revoked_at = $3
         where id = $2 and customer_id = $1 and revoked_at is null and (expires_at is null or expires_at > $3)
         returning id`,
        [customerId, keyId, now],
      );
      return rows.length > 0;
    },
    async hasPlatformKey() {
      return (await sql("select 1 as found from api_key where customer_id is null limit 1")).length > 0;
    },
    async platformKeys(at) {
      const rows = await sql<Omit<KeyRow, "scopes"> & { readonly scopes: readonly string[] }>(
        `select ${keyColumns} from api_key
         where customer_id is null and revoked_at is null and (expires_at is null or expires_at > $1)
         order by id limit 1000`,
        [at],
      );
      return rows.map((row) => ({ ...row, scopes: scopes.filter((scope) => row.scopes.includes(scope)) }));
    },
    async revokePlatformKey(keyId, now) {
      await sql("update api_key set revoked_at = $2 where id = $1 and customer_id is null", [keyId, now]);
    },
    async insertPolicy(row) {
      const rows = await sql(
        `insert into policy_version (version, text, digest, material, published_at)
         values ($1, $2, $3, $4, $5)
         on conflict (version) do nothing returning version`,
        [row.version, row.text, row.digest, row.material, row.publishedAt],
      );
      return rows.length > 0;
    },
    policies: (at) =>
      sql<PolicyRow>(
        `select version, text, digest, material, published_at as "publishedAt" from policy_version
         where published_at <= $1 order by published_at desc, version desc`,
        [at],
      ),
    async accept(customerId, version, acceptedBy, now) {
      await sql(
        `insert into policy_acceptance (customer_id, version, accepted_by, accepted_at) values ($1, $2, $3, $4)
         on conflict (customer_id, version) do nothing`,
        [customerId, version, acceptedBy, now],
      );
    },
    async acceptances(customerId, at) {
      const rows = await sql<{ version: string }>(
        `select version from policy_acceptance where customer_id = $1 and accepted_at <= $2
         order by accepted_at, version`,
        [customerId, at],
      );
      return rows.map((row) => row.version);
    },
  };
}

async function endAgreement(sql: Sql, customerId: string, category: string, now: Date): Promise<boolean> {
  // One at a time for each customer: two changes must not both find the same row open.
  await sql("select 1 from customer where id = $1 for no key update", [customerId]);
  const rows = await sql(
    `update category_agreement set superseded_at = greatest(recorded_at, $3)
     where customer_id = $1 and category = $2 and superseded_at is null returning category`,
    [customerId, category, now],
  );
  return rows.length > 0;
}

async function replaceSenders(sql: Sql, id: string, senders: readonly Sender[], now: Date): Promise<void> {
  // One at a time for each customer: two replacements must not mix.
  await sql("select 1 from customer where id = $1 for no key update", [id]);
  const given = [
    id,
    columnOf.text(senders.map((sender) => sender.channel)),
    columnOf.text(senders.map((sender) => sender.id)),
    now,
  ];
  await sql(
    `update customer_sender set valid_until = greatest(valid_from, $4)
     where customer_id = $1 and valid_until is null
       and not exists (select from unnest($2::text[], $3::text[]) as given (channel, sender)
                       where given.channel::channel = customer_sender.channel
                         and given.sender = customer_sender.sender)`,
    given,
  );
  await sql(
    `insert into customer_sender (customer_id, channel, sender, valid_from)
     select distinct $1::uuid, given.channel::channel, given.sender, $4::timestamptz
     from unnest($2::text[], $3::text[]) as given (channel, sender)
     where not exists (select from customer_sender
                       where customer_id = $1 and valid_until is null
                         and channel = given.channel::channel and sender = given.sender)
     on conflict (customer_id, channel, sender, valid_from) do update set valid_until = null`,
    given,
  );
}
