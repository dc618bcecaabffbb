import { GuardError } from "../domain/guard-error.ts";
import type { HandOffRecords, HolderRow, IntentRow } from "../guard/ports/hand-off-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

type HandOffFacts =
  Awaited<ReturnType<HandOffRecords["recent"]>> extends ReadonlyMap<string, readonly (infer Facts)[]>
    ? Facts
    : never;

const columns = `i.id, i.customer_id as "customerId", i.message_id as "messageId", i.campaign_id as "campaignId",
  i.subscriber_id as "subscriberId", i.processor_id as "processorId", i.channel, i.purpose, i.sender, i.tag, i.epoch,
  i.holder, i.provider_key as "providerKey", i.state, i.opened_at as "openedAt",
  i.provider_reference as "providerReference"`;

export function handOffRecords(sql: Sql): HandOffRecords {
  return {
    insertIntents: (rows) => insertIntents(sql, rows),
    async closeIntents(closures, now) {
      const rows = await sql<{ id: string }>(
        `with locked as materialized (
           select id from intent where id = any($1::uuid[]) and state = 'open' order by id for no key update)
         update intent i set state = given.state, action = given.action, code = given.code,
           provider_reference = given.provider_reference, closed_at = $6
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
             as given (id, state, action, code, provider_reference)
           join locked using (id)
         where i.id = given.id returning i.id`,
        [
          columnOf.uuid(closures.map((closure) => closure.id)),
          columnOf.text(closures.map((closure) => closure.state)),
          columnOf.text(closures.map((closure) => closure.action)),
          columnOf.text(closures.map((closure) => closure.code)),
          columnOf.text(closures.map((closure) => closure.providerReference)),
          now,
        ],
      );
      return new Set(rows.map((row) => row.id));
    },
    openOfHolder: (holder) =>
      sql<IntentRow>(`select ${columns} from intent i where state = 'open' and holder = $1 order by id`, [
        holder,
      ]),
    async anyOpen(subscriberId, channels, purposes) {
      const rows = await sql(
        `select 1 from intent where state = 'open' and subscriber_id = $1
           and ($2::text[] is null or channel = any($2::text[]::channel[]))
           and ($3::text[] is null or purpose = any($3::text[]::purpose[])) limit 1`,
        [
          subscriberId,
          channels === null ? null : columnOf.text(channels),
          purposes === null ? null : columnOf.text(purposes),
        ],
      );
      return rows.length > 0;
    },
    async anyOpenOfCampaign(campaignId) {
      const rows = await sql("select 1 from intent where state = 'open' and campaign_id = $1 limit 1", [
        campaignId,
      ]);
      return rows.length > 0;
    },
    async lockPersons(subscriberIds) {
      await sql("select id from subscriber where id = any($1::uuid[]) order by id for no key update", [
        columnOf.uuid(subscriberIds),
      ]);
    },
    async recent(subscriberIds, since, until) {
      const rows = await sql<HandOffFacts & { readonly subscriberId: string }>(
        `select subscriber_id as "subscriberId", opened_at as at, channel, purpose, sender, tag from intent
         where subscriber_id = any($1::uuid[]) and opened_at >= $2 and opened_at <= $3
           and purpose in ('advertising', 'registration') and state in ('open', 'sent', 'unknown')
           and not exists (select from campaign c where c.id = campaign_id and c.mode = 'test')
         order by subscriber_id, opened_at desc, id desc`,
        [columnOf.uuid(subscriberIds), since, until],
      );
      const bySubscriber = new Map<string, HandOffFacts[]>();
      for (const { subscriberId, ...facts } of rows) {
        const known = bySubscriber.get(subscriberId);
        if (known === undefined) bySubscriber.set(subscriberId, [facts]);
        else known.push(facts);
      }
      return bySubscriber;
    },
    async registrationsSent(subscriberIds, until) {
      const rows = await sql<{ subscriberId: string; at: Date }>(
        `select subscriber_id as "subscriberId", min(opened_at) as at from intent
         where subscriber_id = any($1::uuid[]) and purpose = 'registration' and opened_at <= $2
           and state in ('open', 'sent', 'unknown')
         group by subscriber_id`,
        [columnOf.uuid(subscriberIds), until],
      );
      return new Map(rows.map((row) => [row.subscriberId, row.at]));
    },
    async byReference(processorId, reference) {
      // Our own key names one message; a provider's reference may stand for a whole call.
      for (const [column, value] of [
        ["provider_key", reference.providerKey],
        ["provider_reference", reference.providerReference],
      ] as const) {
        if (value === undefined) continue;
        const [row] = await sql<IntentRow>(
          `select ${columns} from intent i where processor_id = $1 and ${column} = $2
           order by opened_at desc, id desc limit 1`,
          [processorId, value],
        );
        if (row !== undefined) return row;
      }
      return null;
    },
    last: (subscriberId, limit) =>
      sql<IntentRow & { readonly closedAt: Date | null }>(
        `select ${columns}, i.closed_at as "closedAt" from intent i where subscriber_id = $1
         order by opened_at desc, id desc limit $2`,
        [subscriberId, limit],
      ),
    unknownToLookUp: (limit) =>
      // Each time it is asked, an intent steps back behind those asked less: one without an answer holds up none.
      sql<IntentRow>(
        `with due as materialized (
           select u.id from intent u join message m on m.id = u.message_id
           where u.state = 'unknown' and m.state = 'unknown'
           order by u.lookups, u.id limit $1 for no key update of u skip locked)
         update intent i set lookups = i.lookups + 1 from due where i.id = due.id returning ${columns}`,
        [limit],
      ),
    async registerHolder(row, now) {
      await sql(
        `insert into holder (id, host, boot_id, pid, pid_started, started_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do nothing`,
        [row.id, row.host, row.bootId, row.pid, row.pidStarted, now],
      );
    },
    async endHolder(id, now) {
      await sql("update holder set ended_at = $2 where id = $1 and ended_at is null", [id, now]);
    },
    holdersWithOpen: (self) =>
      sql<HolderRow>(
        `select id, host, boot_id as "bootId", pid, pid_started as "pidStarted" from holder
         where id <> $1 and ended_at is null and id in (
           select holder from intent where state = 'open'
           union select holder from page_approval where state = 'open')
         order by started_at, id`,
        [self],
      ),
  };
}

async function insertIntents(sql: Sql, rows: readonly IntentRow[]): Promise<void> {
  if (rows.length === 0) return;
  // A message of another customer is not found here. The unique index on the open intent of a message is not
  // among the conflicts that are passed over: a second one ends the transaction.
  const stored = await sql(
    `insert into intent as i (id, customer_id, message_id, campaign_id, subscriber_id, processor_id, channel, purpose,
       sender, tag, epoch, holder, provider_key, state, opened_at, provider_reference)
     select given.id, m.customer_id, given.message_id, m.campaign_id, given.subscriber_id, given.processor_id,
       given.channel::channel, given.purpose::purpose, given.sender, given.tag, given.epoch, given.holder,
       given.provider_key, given.state, given.opened_at, given.provider_reference
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
         $9::text[], $10::integer[], $11::integer[], $12::uuid[], $13::text[], $14::text[], $15::timestamptz[],
         $16::text[])
       as given (id, customer_id, message_id, campaign_id, subscriber_id, processor_id, channel, purpose, sender, tag,
         epoch, holder, provider_key, state, opened_at, provider_reference)
     join message m on m.id = given.message_id and m.customer_id = given.customer_id
       and m.campaign_id = given.campaign_id
     on conflict (id) do update set epoch = excluded.epoch where i.message_id = excluded.message_id
     returning 1 as stored`,
    [
      columnOf.uuid(rows.map((row) => row.id)),
      columnOf.uuid(rows.map((row) => row.customerId)),
      columnOf.uuid(rows.map((row) => row.messageId)),
      columnOf.uuid(rows.map((row) => row.campaignId)),
      columnOf.uuid(rows.map((row) => row.subscriberId)),
      columnOf.text(rows.map((row) => row.processorId)),
      columnOf.text(rows.map((row) => row.channel)),
      columnOf.text(rows.map((row) => row.purpose)),
      columnOf.text(rows.map((row) => row.sender)),
      columnOf.int4(rows.map((row) => row.tag)),
      columnOf.int4(rows.map((row) => row.epoch)),
      columnOf.uuid(rows.map((row) => row.holder)),
      columnOf.text(rows.map((row) => row.providerKey)),
      columnOf.text(rows.map((row) => row.state)),
      columnOf.timestamptz(rows.map((row) => row.openedAt)),
      columnOf.text(rows.map((row) => row.providerReference)),
    ],
  );
  if (stored.length !== rows.length) throw new GuardError("conflict", "an intent without its message");
}
