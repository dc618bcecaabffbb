import type { SubscriberRecords } from "../guard/ports/subscriber-records.ts";
import { columnOf } from "./binary-array.ts";
import { type Sql, uuidPattern } from "./sql.ts";

type EvidenceMethods = Pick<
  SubscriberRecords,
  "seeNotice" | "notices" | "evidence" | "evidenceBySha256" | "addEvidence"
>;

export function evidenceRecords(sql: Sql): EvidenceMethods {
  return {
    async seeNotice(customerId, version, digest, text, now) {
      await sql(
        `insert into notice (customer_id, version, digest, text, first_seen_at) values ($1, $2, $3, $4, $5)
         on conflict (customer_id, version) do update set digest = excluded.digest, text = excluded.text
           where notice.text = '' and excluded.text <> ''`,
        [customerId, version, digest, text, now],
      );
    },
    notices: (customerId) =>
      sql<{ version: string; digest: string; firstSeenAt: Date }>(
        `select version, digest, first_seen_at as "firstSeenAt" from notice
         where customer_id = $1 order by first_seen_at, version`,
        [customerId],
      ),
    evidence: (customerId, ids) =>
      sql<{ id: string; sha256: string }>(
        `select id, encode(sha256, 'hex') as sha256 from evidence_file
         where customer_id = $1 and id = any($2::uuid[])`,
        // Callers name files in declarations: what is no id is simply not found.
        [customerId, columnOf.uuid(ids.filter((id) => uuidPattern.test(id)))],
      ),
    async evidenceBySha256(customerId, sha256) {
      const [row] = await sql<{ id: string; bytes: bigint }>(
        "select id, bytes from evidence_file where customer_id = $1 and sha256 = $2",
        [customerId, sha256],
      );
      return row === undefined ? null : { id: row.id, bytes: Number(row.bytes) };
    },
    async addEvidence(customerId, row, now) {
      await sql(
        `insert into evidence_file (id, customer_id, sha256, bytes, media_type, content_cipher, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing`,
        [row.id, customerId, row.sha256, row.bytes, row.mediaType, row.contentCipher, now],
      );
    },
  };
}
