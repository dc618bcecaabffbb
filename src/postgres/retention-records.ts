import type { RetentionRecords } from "../guard/ports/retention-records.ts";
import type { Sql } from "./sql.ts";

export function retentionRecords(sql: Sql): RetentionRecords {
  return {
    async purgeWebhookEvents(before, limit) {
      const rows = await sql(
        `delete from webhook_event where id in (
           select id from webhook_event e
           where occurred_at < $1
             and not exists (select from webhook_delivery d where d.event_id = e.id and d.state = 'pending')
           order by occurred_at limit $2 for update skip locked)
         returning id`,
        [before, limit],
      );
      return rows.length;
    },
    async prunableCampaigns(completedBefore, limit) {
      const rows = await sql<{ id: string }>(
        `select id from campaign where completed_at < $1 and pruned_at is null order by completed_at limit $2`,
        [completedBefore, limit],
      );
      return rows.map((row) => row.id);
    },
    async pruneMessages(campaignId, limit) {
      const removed = await sql(
        `delete from message where id in (
           select id from message m
           where campaign_id = $1 and not exists (select from intent i where i.message_id = m.id)
           limit $2)
         returning id`,
        [campaignId, limit],
      );
      const emptied = await sql(
        `update message set data_cipher = null where id in (
           select id from message where campaign_id = $1 and data_cipher is not null limit $2)
         returning id`,
        [campaignId, limit],
      );
      return removed.length + emptied.length;
    },
    async markPruned(campaignId, now) {
      await sql("update campaign set pruned_at = $2 where id = $1", [campaignId, now]);
    },
  };
}
