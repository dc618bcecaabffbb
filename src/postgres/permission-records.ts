import { GuardError } from "../domain/guard-error.ts";
import type {
  DeclaredPermissionRow,
  PermissionRow,
  SubscriberRecords,
} from "../guard/ports/subscriber-records.ts";
import { columnOf } from "./binary-array.ts";
import { type DeclarationFacts, declarationFacts } from "./declaration.ts";
import { type Sql, sqlState } from "./sql.ts";

const columns = `subscriber_id as "subscriberId", channel, purpose, revision, epoch, granted, basis,
  declaration_id as "declarationId", collected_at as "collectedAt", since`;

type PermissionMethods = Pick<SubscriberRecords, "declare" | "permissions" | "history" | "addPermissions">;

export function permissionRecords(sql: Sql): PermissionMethods {
  return {
    async declare(customerId, declarations, now) {
      const digests = columnOf.bytea(declarations.map((declaration) => declaration.digest));
      await sql(
        `insert into declaration (id, customer_id, digest, body, recorded_at)
         select id, $1::uuid, digest, body::jsonb, $5::timestamptz
         from unnest($2::uuid[], $3::bytea[], $4::text[]) as given (id, digest, body)
         order by digest
         on conflict (customer_id, digest) do nothing`,
        [
          customerId,
          columnOf.uuid(declarations.map((declaration) => declaration.id)),
          digests,
          columnOf.text(declarations.map((declaration) => JSON.stringify(declaration.body))),
          now,
        ],
      );
      return sql<{ digest: Buffer; id: string }>(
        "select digest, id from declaration where customer_id = $1 and digest = any($2::bytea[])",
        [customerId, digests],
      );
    },
    async permissions(subscriberIds, at) {
      // Clocks of two processes may differ: were two revisions valid at one moment, the later one counts.
      const rows = await sql<PermissionRow>(
        `select distinct on (subscriber_id, channel, purpose) ${columns} from permission
         where subscriber_id = any($1::uuid[]) and since <= $2 and (until is null or until > $2)
         order by subscriber_id, channel, purpose, revision desc`,
        [columnOf.uuid(subscriberIds), at],
      );
      return withDeclarations(sql, rows);
    },
    async history(subscriberId) {
      const rows = await sql<PermissionRow & { readonly until: Date | null }>(
        `select ${columns}, until from permission where subscriber_id = $1 order by channel, purpose, revision`,
        [subscriberId],
      );
      return withDeclarations(sql, rows);
    },
    addPermissions: (customerId, rows) => addPermissions(sql, customerId, rows),
  };
}

/** Declarations are shared by many rows and may hold a whole notice: each is read once. */
async function withDeclarations<Row extends PermissionRow>(
  sql: Sql,
  rows: readonly Row[],
): Promise<readonly (Row & DeclaredPermissionRow)[]> {
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.map((row) => row.declarationId))];
  const declarations = await sql<{ id: string; body: unknown }>(
    "select id, body from declaration where id = any($1::uuid[])",
    [columnOf.uuid(ids)],
  );
  const facts = new Map<string, DeclarationFacts>(
    declarations.map((declaration) => [declaration.id, declarationFacts(declaration.body)]),
  );
  const none = declarationFacts(null);
  // Field by field: spreading two objects for each of a million rows cost more than reading them.
  return rows.map((row) => {
    const { method, evidenceCount, evidenceIds, hasNotice, contentClass, frequency } =
      facts.get(row.declarationId) ?? none;
    return Object.assign(row, { method, evidenceCount, evidenceIds, hasNotice, contentClass, frequency });
  });
}

async function addPermissions(sql: Sql, customerId: string, rows: readonly PermissionRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = [
    customerId,
    columnOf.uuid(rows.map((row) => row.subscriberId)),
    columnOf.text(rows.map((row) => row.channel)),
    columnOf.text(rows.map((row) => row.purpose)),
    columnOf.int4(rows.map((row) => row.revision)),
    columnOf.timestamptz(rows.map((row) => row.since)),
  ];
  // What is the first of its kind closes nothing.
  if (rows.some((row) => row.revision > 1)) await closeEarlier(sql, values);
  // A revision that stands already must say the same: then this is a repetition; if not, someone wrote without
  // holding the subscriber's lock. A subscriber of another customer is refused by the table's trigger.
  const [stored] = await sql<{ count: number }>(
    `with stored as (
     insert into permission as p (subscriber_id, channel, purpose, revision, epoch, customer_id, granted, basis,
       declaration_id, collected_at, since, until)
     select given.subscriber_id, channel::channel, purpose::purpose, revision, epoch, $1::uuid, granted,
       basis::basis, declaration_id, collected_at, since,
       lead(since) over (partition by given.subscriber_id, channel, purpose order by revision)
     from unnest($2::uuid[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[], $7::integer[],
         $8::boolean[], $9::text[], $10::uuid[], $11::timestamptz[])
       as given (subscriber_id, channel, purpose, revision, since, epoch, granted, basis, declaration_id, collected_at)
     on conflict (subscriber_id, channel, purpose, revision) do update set epoch = excluded.epoch
       where p.granted = excluded.granted and p.epoch = excluded.epoch and p.since = excluded.since
         and p.declaration_id = excluded.declaration_id
     returning 1)
     select count(*)::integer as count from stored`,
    [
      ...values,
      columnOf.int4(rows.map((row) => row.epoch)),
      columnOf.bool(rows.map((row) => row.granted)),
      columnOf.text(rows.map((row) => row.basis)),
      columnOf.uuid(rows.map((row) => row.declarationId)),
      columnOf.timestamptz(rows.map((row) => row.collectedAt)),
    ],
  ).catch((cause: unknown) => {
    if (sqlState(cause) !== "23503") throw cause;
    throw new GuardError("conflict", "a subscriber is not one of this customer", { cause });
  });
  if (stored?.count !== rows.length) throw new GuardError("conflict", "the permission changed meanwhile");
}

/** Ends what the rows to be added take the place of. */
async function closeEarlier(sql: Sql, values: readonly unknown[]): Promise<void> {
  // Each current row is looked up by key, one probe a row: left to itself, the planner takes a table that has just
  // grown for an empty one and compares every row with every other.
  await sql(
    `with next as materialized (
       select subscriber_id, channel::channel as channel, purpose::purpose as purpose, min(revision) as revision,
         (array_agg(since order by revision))[1] as since
       from unnest($2::uuid[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[])
         as given (subscriber_id, channel, purpose, revision, since)
       group by 1, 2, 3),
     current as materialized (
       select last.*, next.since as ends from next cross join lateral (
         select subscriber_id, channel, purpose, revision from permission p
         where p.subscriber_id = next.subscriber_id and p.channel = next.channel and p.purpose = next.purpose
           and p.revision < next.revision and p.until is null and p.customer_id = $1
         order by p.revision desc limit 1) last)
     update permission p set until = greatest(p.since, current.ends)
     from current
     where p.subscriber_id = current.subscriber_id and p.channel = current.channel
       and p.purpose = current.purpose and p.revision = current.revision`,
    values,
  );
}
