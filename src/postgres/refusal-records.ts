import type { RefusalRow, SubscriberRecords, WithdrawalRow } from "../guard/ports/subscriber-records.ts";
import { columnOf } from "./binary-array.ts";
import type { Sql } from "./sql.ts";

type RefusalMethods = Pick<
  SubscriberRecords,
  | "refusals"
  | "addRefusal"
  | "liftRefusals"
  | "addWithdrawal"
  | "withdrawal"
  | "pendingWithdrawals"
  | "setEffective"
>;

/** Arrays of our own enums reach the driver as one string; as text[] it reads them. */
const scope = "channels::text[] as channels, purposes::text[] as purposes";
const refusalColumns = `id, subscriber_id as "subscriberId", ${scope}, refused_by as by, source,
  received_at as "receivedAt", recorded_at as "recordedAt", text_cipher as "textCipher", lifted_at as "liftedAt"`;
const withdrawalColumns = `id, subscriber_id as "subscriberId", ${scope}, recorded_at as "recordedAt",
  effective_at as "effectiveAt"`;

export function refusalRecords(sql: Sql): RefusalMethods {
  return {
    refusals: (subscriberIds, at) =>
      sql<RefusalRow>(
        `select ${refusalColumns} from refusal
         where subscriber_id = any($1::uuid[]) and recorded_at <= $2 and (lifted_at is null or lifted_at > $2)
         order by subscriber_id, id`,
        [columnOf.uuid(subscriberIds), at],
      ),
    async addRefusal(customerId, row) {
      await sql(
        `insert into refusal (id, customer_id, subscriber_id, channels, purposes, refused_by, source, received_at,
           recorded_at, text_cipher, lifted_at)
         values ($1, $2, $3, $4::text[]::channel[], $5::text[]::purpose[], $6, $7, $8, $9, $10, $11)
         on conflict (id) do nothing`,
        [
          row.id,
          customerId,
          row.subscriberId,
          textArray(row.channels),
          textArray(row.purposes),
          row.by,
          row.source,
          row.receivedAt,
          row.recordedAt,
          row.textCipher,
          row.liftedAt,
        ],
      );
    },
    async liftRefusals(ids, now) {
      await sql("update refusal set lifted_at = $2 where id = any($1::uuid[]) and lifted_at is null", [
        columnOf.uuid(ids),
        now,
      ]);
    },
    async addWithdrawal(customerId, row) {
      await sql(
        `insert into withdrawal (id, customer_id, subscriber_id, channels, purposes, recorded_at, effective_at)
         values ($1, $2, $3, $4::text[]::channel[], $5::text[]::purpose[], $6, $7)
         on conflict (id) do nothing`,
        [
          row.id,
          customerId,
          row.subscriberId,
          textArray(row.channels),
          textArray(row.purposes),
          row.recordedAt,
          row.effectiveAt,
        ],
      );
    },
    async withdrawal(customerId, id) {
      const [row] = await sql<WithdrawalRow>(
        `select ${withdrawalColumns} from withdrawal where customer_id = $1 and id = $2`,
        [customerId, id],
      );
      return row ?? null;
    },
    pendingWithdrawals: (limit) =>
      sql<WithdrawalRow & { readonly customerId: string }>(
        `select ${withdrawalColumns}, customer_id as "customerId" from withdrawal
         where effective_at is null order by recorded_at, id limit $1`,
        [limit],
      ),
    async setEffective(withdrawalId, now) {
      await sql("update withdrawal set effective_at = $2 where id = $1 and effective_at is null", [
        withdrawalId,
        now,
      ]);
    },
  };
}

function textArray(values: readonly string[] | null): Buffer | null {
  return values === null ? null : columnOf.text(values);
}
