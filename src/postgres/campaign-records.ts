import type { CampaignRecords, CampaignRow } from "../guard/ports/campaign-records.ts";
import { columnOf } from "./binary-array.ts";
import { messageRecords } from "./message-records.ts";
import type { Sql } from "./sql.ts";

const columns = `id, customer_id as "customerId", name, channel, purpose, processor_id as "processorId", sender,
  body_cipher as "bodyCipher", recipients, mode, status, send_at as "sendAt", policy_digest as "policyDigest",
  decision, created_at as "createdAt", stopped_at as "stoppedAt"`;

export function campaignRecords(sql: Sql): CampaignRecords {
  return {
    ...messageRecords(sql),
    async insert(row) {
      await sql(
        `insert into campaign (id, customer_id, name, channel, purpose, processor_id, sender, body_cipher, recipients,
           mode, status, send_at, policy_digest, decision, created_at, stopped_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         on conflict (id) do nothing`,
        [
          row.id,
          row.customerId,
          row.name,
          row.channel,
          row.purpose,
          row.processorId,
          row.sender,
          row.bodyCipher,
          JSON.stringify(row.recipients),
          row.mode,
          row.status,
          row.sendAt,
          row.policyDigest,
          JSON.stringify(row.decision),
          row.createdAt,
          row.stoppedAt,
        ],
      );
    },
    async get(customerId, id) {
      const [row] = await sql<CampaignRow>(
        `select ${columns} from campaign where customer_id = $1 and id = $2`,
        [customerId, id],
      );
      return row ?? null;
    },
    async lock(customerId, id) {
      const [row] = await sql<CampaignRow>(
        `select ${columns} from campaign where customer_id = $1 and id = $2 for no key update`,
        [customerId, id],
      );
      return row ?? null;
    },
    async saveProgress(id, recipients, decision) {
      await sql("update campaign set recipients = $2, decision = $3 where id = $1", [
        id,
        JSON.stringify(recipients),
        JSON.stringify(decision),
      ]);
    },
    list: (customerId, limit, before) =>
      sql<CampaignRow>(
        `select ${columns} from campaign where customer_id = $1 and ($3::uuid is null or id < $3)
         order by id desc limit $2`,
        [customerId, limit, before],
      ),
    async update(id, change) {
      await sql(
        `update campaign set status = coalesce($2, status), decision = coalesce($3::jsonb, decision),
           completed_at = coalesce($4, completed_at)
         where id = $1`,
        [
          id,
          change.status ?? null,
          change.decision === undefined ? null : JSON.stringify(change.decision),
          change.completedAt ?? null,
        ],
      );
    },
    async stop(customerId, id, now) {
      const rows = await sql(
        `update campaign set stopped_at = $3 where customer_id = $1 and id = $2 and stopped_at is null
         returning id`,
        [customerId, id, now],
      );
      return rows.length > 0;
    },
    async stopped(ids) {
      const rows = await sql<{ id: string }>(
        "select id from campaign where id = any($1::uuid[]) and stopped_at is not null",
        [columnOf.uuid(ids)],
      );
      return new Set(rows.map((row) => row.id));
    },
    async completeIfDone(ids, now) {
      // Two workers that end the last two messages do not see one another's: the second waits here, and its next
      // statement sees what the first has committed.
      await sql("select id from campaign where id = any($1::uuid[]) order by id for no key update", [
        columnOf.uuid(ids),
      ]);
      await sql(
        `update campaign c set status = 'completed', completed_at = $2
         where id = any($1::uuid[]) and status in ('sending', 'held')
           and not exists (select from message m where m.campaign_id = c.id
                             and m.state in ('review', 'held', 'waiting', 'open'))`,
        [columnOf.uuid(ids), now],
      );
    },
  };
}
