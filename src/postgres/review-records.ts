import type { ReviewFile, ReviewRecords } from "../guard/ports/review-records.ts";
import type { Sql } from "./sql.ts";

const columns = `r.id, r.customer_id as "customerId", r.kind, r.subject_id as "subjectId", r.code,
  r.decided_by as "decidedBy", r.can_be_overruled as "canBeOverruled", r.reasons, r.findings,
  r.opened_at as "openedAt", r.status,
  coalesce((select jsonb_agg(item order by e.id, place) from review_evidence e,
            jsonb_array_elements(e.body) with ordinality as items (item, place) where e.review_id = r.id), '[]')
    as evidence,
  d.id as "decisionId", d.release, d.reason, d.decided_by as "releasedBy", d.decided_at as "decidedAt"`;
const joined = "review r left join review_decision d on d.review_id = r.id";

type Joined = Omit<ReviewFile, "decision"> & {
  readonly decisionId: string | null;
  readonly release: boolean | null;
  readonly reason: string | null;
  readonly releasedBy: string | null;
  readonly decidedAt: Date | null;
};

export function reviewRecords(sql: Sql): ReviewRecords {
  return {
    async open(row) {
      await sql(
        `insert into review (id, customer_id, kind, subject_id, code, decided_by, can_be_overruled, reasons, findings,
           opened_at, status)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (id) do nothing`,
        [
          row.id,
          row.customerId,
          row.kind,
          row.subjectId,
          row.code,
          row.decidedBy,
          row.canBeOverruled,
          JSON.stringify(row.reasons),
          JSON.stringify(row.findings),
          row.openedAt,
          row.status,
        ],
      );
    },
    async get(customerId, id) {
      const [row] = await sql<Joined>(
        `select ${columns} from ${joined} where r.customer_id = $1 and r.id = $2`,
        [customerId, id],
      );
      return row === undefined ? null : reviewFile(row);
    },
    async list(filter, limit, before) {
      const rows = await sql<Joined>(
        `select ${columns} from ${joined}
         where ($1::uuid is null or r.customer_id = $1) and ($2::text is null or r.status = $2)
           and ($4::uuid is null or r.id < $4)
         order by r.id desc limit $3`,
        [filter.customerId, filter.status, limit, before],
      );
      return rows.map(reviewFile);
    },
    async ofSubject(customerId, subjectId) {
      const [row] = await sql<Joined>(
        `select ${columns} from ${joined} where r.customer_id = $1 and r.subject_id = $2 order by r.id desc limit 1`,
        [customerId, subjectId],
      );
      return row === undefined ? null : reviewFile(row);
    },
    async addEvidence(customerId, reviewId, id, items, now) {
      const open = await sql(
        "select 1 from review where customer_id = $1 and id = $2 and status = 'open' for share",
        [customerId, reviewId],
      );
      if (open.length === 0) return false;
      await sql(
        `insert into review_evidence (id, review_id, customer_id, body, added_at) values ($1, $2, $3, $4, $5)
         on conflict (id) do nothing`,
        [id, reviewId, customerId, JSON.stringify(items), now],
      );
      return true;
    },
    async decide(customerId, reviewId, decision) {
      const [review] = await sql<{ status: string; canBeOverruled: boolean }>(
        `select status, can_be_overruled as "canBeOverruled" from review
         where customer_id = $1 and id = $2 for no key update`,
        [customerId, reviewId],
      );
      if (review === undefined) return "not_found";
      if (review.status !== "open") {
        const same = await sql("select 1 from review_decision where review_id = $1 and id = $2", [
          reviewId,
          decision.id,
        ]);
        return same.length > 0 ? "decided" : "already_decided";
      }
      if (decision.release && !review.canBeOverruled) return "not_overrulable";
      await sql(
        `insert into review_decision (id, review_id, customer_id, release, reason, decided_by, decided_at)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          decision.id,
          reviewId,
          customerId,
          decision.release,
          decision.reason,
          decision.decidedBy,
          decision.decidedAt,
        ],
      );
      await sql("update review set status = $2 where id = $1", [
        reviewId,
        decision.release ? "released" : "upheld",
      ]);
      return "decided";
    },
  };
}

function reviewFile({ decisionId, release, reason, releasedBy, decidedAt, ...review }: Joined): ReviewFile {
  const decided =
    decisionId !== null && release !== null && reason !== null && releasedBy !== null && decidedAt !== null;
  return {
    ...review,
    decision: decided ? { id: decisionId, release, reason, decidedBy: releasedBy, decidedAt } : null,
  };
}
