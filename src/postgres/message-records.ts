import { GuardError } from "../domain/guard-error.ts";
import type {
  CampaignRecords,
  DeliveryCounts,
  MessageChange,
  MessageRow,
} from "../guard/ports/campaign-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

type MessageMethods = Pick<
  CampaignRecords,
  | "delivery"
  | "addMessages"
  | "takeBatch"
  | "recipients"
  | "setMessages"
  | "cancelMessages"
  | "releaseReview"
  | "inReview"
  | "setReceipt"
  | "repeatUnknown"
>;

const columns = `id, customer_id as "customerId", campaign_id as "campaignId", position,
  subscriber_id as "subscriberId", correlation_id as "correlationId", phone_masked as "phoneMasked", channel,
  processor_id as "processorId", step, verdict, code, rule, decided_by as "decidedBy",
  can_be_overruled as "canBeOverruled", not_before as "notBefore", state, receipt,
  approved_epoch as "approvedEpoch", batch_id as "batchId", data_cipher as "dataCipher", attempts`;

/** Where a message is on its way to the person; null: it never was to go. Each message counts once. */
const delivery = `case
  when receipt = 'delivered' then 'delivered'
  when receipt = 'failed' or state = 'failed' then 'failed'
  when state = 'handed_off' then 'handedOff'
  when state in ('held', 'waiting', 'open') then 'queued'
  when state in ('suppressed', 'cancelled') then 'suppressed'
  when state = 'unknown' then 'unknown' end`;

export function messageRecords(sql: Sql): MessageMethods {
  return {
    async delivery(campaignId) {
      const rows = await sql<{ delivery: keyof DeliveryCounts; count: bigint }>(
        `select delivery, count(*) from
           (select ${delivery} as delivery from message where campaign_id = $1) counted
         where delivery is not null group by delivery`,
        [campaignId],
      );
      const counts = { queued: 0, handedOff: 0, delivered: 0, failed: 0, suppressed: 0, unknown: 0 };
      for (const row of rows) counts[row.delivery] = Number(row.count);
      return counts;
    },
    addMessages: (rows) => addMessages(sql, rows),
    takeBatch: (batchId) =>
      sql<MessageRow>(
        `select ${columns} from message where batch_id = $1 and state in ('waiting', 'held')
         order by id for no key update`,
        [batchId],
      ),
    recipients: (campaignId, filter, after, limit) =>
      sql<MessageRow>(
        `select ${columns} from message
         where campaign_id = $1
           and ($2::text is null or verdict = $2::text::verdict)
           and ($3::text is null or code = $3)
           and ($4::text is null or ${delivery} = $4)
           and ($5::integer is null or (position, step) > ($5, $6))
         order by position, step limit $7`,
        [
          campaignId,
          filter.verdict ?? null,
          filter.code ?? null,
          filter.delivery ?? null,
          after?.position ?? null,
          after?.step ?? null,
          limit,
        ],
      ),
    setMessages: (changes) => setMessages(sql, changes),
    async cancelMessages(campaignId) {
      await sql(
        `with locked as materialized (
           select id from message where campaign_id = $1 and state in ('review', 'held', 'waiting')
           order by id for no key update)
         update message m set state = 'cancelled' from locked where m.id = locked.id`,
        [campaignId],
      );
    },
    async releaseReview(campaignId, batchOf) {
      await sql(
        `with locked as materialized (
           select id from message where id = any($2::uuid[]) and campaign_id = $1 and state = 'review'
             and can_be_overruled
           order by id for no key update)
         update message m set state = 'waiting', batch_id = given.batch_id
         from unnest($2::uuid[], $3::uuid[]) as given (id, batch_id) join locked using (id)
         where m.id = given.id`,
        [campaignId, columnOf.uuid([...batchOf.keys()]), columnOf.uuid([...batchOf.values()])],
      );
    },
    inReview: (campaignId) =>
      sql<MessageRow>(
        `select ${columns} from message where campaign_id = $1 and state = 'review' order by position, step`,
        [campaignId],
      ),
    async repeatUnknown(messageId, batchId, notBefore, attemptsMax) {
      const rows = await sql(
        `update message m set state = 'held', batch_id = $2, not_before = $3
         where m.id = $1 and m.state = 'unknown' and m.attempts < $4
           and exists (select from campaign c where c.id = m.campaign_id and c.stopped_at is null)
         returning m.id`,
        [messageId, batchId, notBefore, attemptsMax],
      );
      return rows.length > 0;
    },
    async setReceipt(messageId, receipt) {
      // Receipts come late and out of order: delivered is the last word.
      const rows = await sql(
        `update message set receipt = $2
         where id = $1 and receipt is distinct from $2 and receipt is distinct from 'delivered'
         returning id`,
        [messageId, receipt],
      );
      return rows.length > 0;
    },
  };
}

async function addMessages(sql: Sql, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length === 0) return;
  // A campaign of another customer is not found here; then nothing may be counted as stored.
  const campaigns = [...new Set(rows.map((row) => row.campaignId))];
  const found = await sql("select id from campaign where id = any($1::uuid[])", [columnOf.uuid(campaigns)]);
  if (found.length !== campaigns.length) throw new GuardError("not_found", "no such campaign");
  const { kinds, kindOf } = kindsOf(rows);
  await sql(
    `insert into message (id, customer_id, campaign_id, position, subscriber_id, correlation_id, phone_masked,
       channel, processor_id, step, verdict, code, rule, decided_by, can_be_overruled, not_before, state, receipt,
       approved_epoch, batch_id, data_cipher, attempts)
     select given.id, customer_id, campaign_id, position, subscriber_id, correlation_id, phone_masked,
       channel::channel, processor_id, step, verdict::verdict, code, rule, decided_by, can_be_overruled, not_before,
       state, receipt, approved_epoch, batch_id, data_cipher, attempts
     from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::integer[],
         $8::uuid[], $9::bytea[], $10::integer[])
       as given (id, position, subscriber_id, correlation_id, phone_masked, not_before, approved_epoch, batch_id,
         data_cipher, kind)
     join unnest($11::uuid[], $12::uuid[], $13::text[], $14::text[], $15::integer[], $16::text[], $17::text[],
         $18::text[], $19::text[], $20::boolean[], $21::text[], $22::text[], $23::integer[]) with ordinality
       as shared (customer_id, campaign_id, channel, processor_id, step, verdict, code, rule, decided_by,
         can_be_overruled, state, receipt, attempts, kind) using (kind)`,
    [
      columnOf.uuid(rows.map((row) => row.id)),
      columnOf.int4(rows.map((row) => row.position)),
      columnOf.uuid(rows.map((row) => row.subscriberId)),
      columnOf.text(rows.map((row) => row.correlationId)),
      columnOf.text(rows.map((row) => row.phoneMasked)),
      columnOf.timestamptz(rows.map((row) => row.notBefore)),
      columnOf.int4(rows.map((row) => row.approvedEpoch)),
      columnOf.uuid(rows.map((row) => row.batchId)),
      columnOf.bytea(rows.map((row) => row.dataCipher)),
      columnOf.int4(kindOf),
      columnOf.uuid(kinds.map((kind) => kind.customerId)),
      columnOf.uuid(kinds.map((kind) => kind.campaignId)),
      columnOf.text(kinds.map((kind) => kind.channel)),
      columnOf.text(kinds.map((kind) => kind.processorId)),
      columnOf.int4(kinds.map((kind) => kind.step)),
      columnOf.text(kinds.map((kind) => kind.verdict)),
      columnOf.text(kinds.map((kind) => kind.code)),
      columnOf.text(kinds.map((kind) => kind.rule)),
      columnOf.text(kinds.map((kind) => kind.decidedBy)),
      columnOf.bool(kinds.map((kind) => kind.canBeOverruled)),
      columnOf.text(kinds.map((kind) => kind.state)),
      columnOf.text(kinds.map((kind) => kind.receipt)),
      columnOf.int4(kinds.map((kind) => kind.attempts)),
    ],
  );
}

const sharedFields = [
  "customerId",
  "campaignId",
  "channel",
  "processorId",
  "step",
  "verdict",
  "code",
  "rule",
  "decidedBy",
  "canBeOverruled",
  "state",
  "receipt",
  "attempts",
] as const satisfies readonly (keyof MessageRow)[];

/** Of a campaign's messages most columns have few values together: each such combination travels once, counted from 1. */
function kindsOf(rows: readonly MessageRow[]): {
  readonly kinds: readonly MessageRow[];
  readonly kindOf: readonly number[];
} {
  const kinds: MessageRow[] = [];
  const numbers = new Map<string, number>();
  const kindOf: number[] = [];
  let last: MessageRow | undefined;
  let number = 0;
  for (const row of rows) {
    const before = last;
    if (before === undefined || sharedFields.some((field) => row[field] !== before[field])) {
      const key = JSON.stringify(sharedFields.map((field) => row[field]));
      number = numbers.get(key) ?? kinds.push(row);
      numbers.set(key, number);
    }
    last = row;
    kindOf.push(number);
  }
  return { kinds, kindOf };
}

/** JSON keeps what a column array cannot: a member that is left out is kept, one that is null is cleared. */
async function setMessages(sql: Sql, changes: readonly MessageChange[]): Promise<void> {
  if (changes.length === 0) return;
  await sql(
    `with given as materialized (
       select (change->>'id')::uuid as id, change from jsonb_array_elements($1::jsonb) as listed (change)),
     locked as materialized (
       select m.id from message m where m.id in (select id from given) order by m.id for no key update)
     update message m set
       state = change->>'state',
       verdict = coalesce((change->>'verdict')::verdict, verdict),
       code = case when change ? 'code' then change->>'code' else code end,
       rule = case when change ? 'rule' then change->>'rule' else rule end,
       decided_by = coalesce(change->>'decidedBy', decided_by),
       not_before = case when change ? 'notBefore' then (change->>'notBefore')::timestamptz else not_before end,
       batch_id = case when change ? 'batchId' then (change->>'batchId')::uuid else batch_id end,
       attempts = attempts + case when (change->>'attempted')::boolean then 1 else 0 end
     from given join locked using (id)
     where m.id = given.id`,
    [JSON.stringify(changes)],
  );
}
