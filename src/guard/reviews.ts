import type {
  Evidence,
  ReviewDecisionRequest,
  ReviewEvidenceRequest,
  ReviewView,
} from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { appendRecords } from "./append-record.ts";
import { openCustomer } from "./customer-access.ts";
import { unresolvedEvidence } from "./evidence-references.ts";
import type { Caller, Page, PageRequest } from "./guard.ts";
import { readIdCursor } from "./page-cursor.ts";
import { refusePage, releasePage } from "./pages.ts";
import type { ReviewFile } from "./ports/review-records.ts";
import type { Tx } from "./ports/store.ts";
import { requireUuid } from "./set-up.ts";
import { Batches } from "./store-messages.ts";
import type { World } from "./world.ts";

/** A customer sees its own reviews, the platform's staff all. */
export async function listReviews(
  world: World,
  caller: Caller,
  page: PageRequest,
): Promise<Page<ReviewView>> {
  const before = readIdCursor(page.cursor);
  const rows = await world.store.transaction(caller.customerId ?? "*", (tx) =>
    tx.reviews.list({ customerId: caller.customerId, status: null }, page.limit + 1, before),
  );
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: items.map(reviewView),
    nextCursor:
      rows.length > page.limit && last !== undefined ? Buffer.from(last.id).toString("base64url") : null,
  };
}

async function requireReview(tx: Tx, caller: Caller, reviewId: string): Promise<ReviewFile> {
  requireUuid(reviewId);
  const found =
    caller.customerId === null
      ? (await tx.reviews.list({ customerId: null, status: null }, 1, next(reviewId)))[0]
      : await tx.reviews.get(caller.customerId, reviewId);
  if (found === undefined || found === null || found.id !== reviewId)
    throw new GuardError("not_found", "no such review");
  return found;
}

/** The id just after: a list "before" it begins with the review itself. */
function next(id: string): string {
  const value = BigInt(`0x${id.replaceAll("-", "")}`) + 1n;
  const hex = value.toString(16).padStart(32, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export async function addReviewEvidence(
  world: World,
  caller: Caller,
  reviewId: string,
  input: ReviewEvidenceRequest,
): Promise<ReviewView> {
  return world.store.transaction(caller.customerId ?? "*", async (tx) => {
    const review = await requireReview(tx, caller, reviewId);
    const faults = await unresolvedEvidence(tx, review.customerId, input.evidence);
    if (faults.length > 0) {
      throw new GuardError("evidence_missing", "evidence does not resolve", {
        errors: faults.map((position) => ({
          pointer: `/evidence/${position}`,
          code: "evidence_missing",
          message: "no such evidence; upload it with POST /v1/evidence and use its fileId",
        })),
      });
    }
    const now = world.clock.now();
    const added = await tx.reviews.addEvidence(
      review.customerId,
      review.id,
      world.entropy.id(now),
      input.evidence,
      now,
    );
    if (!added) throw new GuardError("conflict", "the review is decided already");
    return reviewView(await requireReview(tx, caller, reviewId));
  });
}

/**
 * A release is a record beside the verdict, which is never rewritten. What the subject refused cannot be released.
 * Released messages are decided again at their permit: only the reviewed finding is passed over.
 */
export async function decideReview(
  world: World,
  caller: Caller,
  reviewId: string,
  input: ReviewDecisionRequest,
): Promise<ReviewView> {
  return world.store.transaction(caller.customerId ?? "*", async (tx) => {
    const review = await requireReview(tx, caller, reviewId);
    const now = world.clock.now();
    const outcome = await tx.reviews.decide(review.customerId, review.id, {
      id: world.entropy.id(now),
      release: input.release,
      reason: input.reason,
      decidedBy: `key ${caller.keyId}`,
      decidedAt: now,
    });
    if (outcome === "not_overrulable")
      throw new GuardError("not_overrulable", "this verdict cannot be released");
    if (outcome === "already_decided") throw new GuardError("conflict", "the review is decided already");
    if (outcome === "not_found") throw new GuardError("not_found", "no such review");
    const customer = await openCustomer(world, tx, review.customerId);
    await appendRecords(world, tx, { id: review.customerId, vault: customer.vault }, [
      {
        salt: null,
        draft: {
          kind: "decision",
          campaignId: review.kind === "campaign" ? review.subjectId : null,
          decisionId: review.id,
          outcome: input.release ? "released" : "upheld",
          note: `${input.reason} (${review.code}; key ${caller.keyId})`,
        },
      },
    ]);
    if (review.kind === "landing_page") {
      await (input.release ? releasePage(world, tx, review) : refusePage(world, tx, review));
    } else await carryOut(world, tx, review, input.release);
    return reviewView(await requireReview(tx, caller, reviewId));
  });
}

async function carryOut(world: World, tx: Tx, review: ReviewFile, release: boolean): Promise<void> {
  const row = await tx.campaigns.get(review.customerId, review.subjectId);
  if (row === null) return;
  const now = world.clock.now();
  const waiting = await tx.campaigns.inReview(row.id);
  if (release) {
    const batches = new Batches(world, row, row.processorId, now);
    const dueAt = row.sendAt !== null && row.sendAt.getTime() > now.getTime() ? row.sendAt : now;
    await tx.campaigns.releaseReview(
      row.id,
      new Map(
        waiting.filter((message) => message.canBeOverruled).map((message) => [message.id, batches.of(dueAt)]),
      ),
    );
    await tx.outbox.add(batches.rows, now);
    if (row.status === "review") await tx.campaigns.update(row.id, { status: "sending" });
    return;
  }
  await tx.campaigns.setMessages(
    waiting.map((message) => ({ id: message.id, state: "suppressed", batchId: null })),
  );
  if (row.status === "review") await tx.campaigns.update(row.id, { status: "completed", completedAt: now });
  else await tx.campaigns.completeIfDone([row.id], now);
}

function reviewView(row: ReviewFile): ReviewView {
  return {
    id: row.id,
    subject: { kind: row.kind, id: row.subjectId },
    code: row.code,
    decidedBy: row.decidedBy,
    canBeOverruled: row.canBeOverruled,
    findings: row.findings,
    status: row.status,
    openedAt: row.openedAt.toISOString(),
    evidence: row.evidence as readonly Evidence[],
    decision:
      row.decision === null
        ? null
        : {
            release: row.decision.release,
            reason: row.decision.reason,
            decidedAt: row.decision.decidedAt.toISOString(),
          },
  };
}
