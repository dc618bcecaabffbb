import type { IdempotencyRecords } from "../guard/ports/idempotency-records.ts";
import type { Sql } from "./sql.ts";

const takenOverAfter = "interval '60 seconds'";
const expiresAfter = "interval '24 hours'";

type Stored = {
  readonly attempt: string;
  readonly same: boolean;
  readonly status: number | null;
  readonly responseCipher: Buffer | null;
};

export function idempotencyRecords(sql: Sql): IdempotencyRecords {
  return {
    async begin(ownerId, key, fingerprint, attempt, now) {
      const claimed = await sql(
        `insert into idempotency as i (owner_id, key, fingerprint, attempt, attempted_at, created_at)
         values ($1, $2, $3, $4, $5, $5)
         on conflict (owner_id, key) do update set
           fingerprint = excluded.fingerprint, attempt = excluded.attempt, attempted_at = excluded.attempted_at,
           created_at = case when i.created_at <= $5::timestamptz - ${expiresAfter} then excluded.created_at
                             else i.created_at end,
           status = null, response_cipher = null
         where i.created_at <= $5::timestamptz - ${expiresAfter}
           or (i.status is null and i.fingerprint = excluded.fingerprint
               and (i.attempt = excluded.attempt or i.attempted_at <= $5::timestamptz - ${takenOverAfter}))
         returning 1 as claimed`,
        [ownerId, key, fingerprint, attempt, now],
      );
      if (claimed.length > 0) return { state: "started" };
      const [stored] = await sql<Stored>(
        `select attempt, fingerprint = $3 as same, status, response_cipher as "responseCipher" from idempotency
         where owner_id = $1 and key = $2`,
        [ownerId, key, fingerprint],
      );
      // Given up between the two statements: whoever asks again will start it.
      if (stored === undefined) return { state: "running" };
      if (!stored.same) return { state: "reused" };
      if (stored.status === null || stored.responseCipher === null) return { state: "running" };
      return { state: "completed", status: stored.status, responseCipher: stored.responseCipher };
    },
    async complete(ownerId, key, attempt, response) {
      const rows = await sql(
        `update idempotency set status = $4, response_cipher = $5
         where owner_id = $1 and key = $2 and attempt = $3
         returning key`,
        [ownerId, key, attempt, response.status, response.responseCipher],
      );
      return rows.length > 0;
    },
    async abandon(ownerId, key, attempt) {
      await sql(
        "delete from idempotency where owner_id = $1 and key = $2 and attempt = $3 and status is null",
        [ownerId, key, attempt],
      );
    },
    async purge(now, limit) {
      const rows = await sql(
        `delete from idempotency where (owner_id, key) in (
           select owner_id, key from idempotency where created_at <= $1::timestamptz - ${expiresAfter}
           order by created_at limit $2 for update skip locked)
         returning key`,
        [now, limit],
      );
      return rows.length;
    },
  };
}
