import type { SubscriberRecords } from "../guard/ports/subscriber-records.ts";
import { columnOf } from "./binary-array.ts";
import { type Sql, uuidPattern } from "./sql.ts";

type EvidenceMethods = Pick<
  SubscriberRecords,
  "seeNotice" | "notices" | "citedNotice" | "evidence" | "evidenceBySha256" | "addEvidence"
>;

export function evidenceRecords(sql: Sql): EvidenceMethods {
  return {
    async seeNotice(customerId, version, digest, text, now, issuedAt = null) {
      await sql(
        `insert into notice (customer_id, version, digest, text, first_seen_at, issued_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (customer_id, version) do update set
           digest = case when notice.text = '' and excluded.text <> '' then excluded.digest else notice.digest end,
           text = case when notice.text = '' then excluded.text else notice.text end,
           issued_at = least(notice.issued_at, excluded.issued_at)
         where notice.text = '' and excluded.text <> '' or excluded.issued_at is not null`,
        [customerId, version, digest, text, now, issuedAt],
      );
    },
    async citedNotice(customerId, version, digest) {
      const [row] = await sql<{ digest: string | null; issuedAt: Date | null }>(
        `select (select digest from notice where customer_id = $1 and version = $2) as digest,
           (select min(issued_at) from notice where customer_id = $1 and (version = $2 or digest = $3)) as "issuedAt"`,
        [customerId, version, digest],
      );
      return { digest: row?.digest ?? null, issuedAt: row?.issuedAt ?? null };
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
