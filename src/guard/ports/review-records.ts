import type { Finding } from "../../domain/finding.ts";
import type { DecidedBy, ReasonCode } from "../../domain/vocabulary.ts";

export type ReviewStatus = "open" | "released" | "upheld";

export type ReviewRow = {
  readonly id: string;
  readonly customerId: string;
  readonly kind: "campaign" | "landing_page" | "recipient";
  /** Id of the campaign, page approval or message. */
  readonly subjectId: string;
  readonly code: ReasonCode;
  readonly decidedBy: DecidedBy;
  readonly canBeOverruled: boolean;
  readonly reasons: readonly unknown[];
  readonly findings: readonly Finding[];
  readonly openedAt: Date;
  readonly status: ReviewStatus;
};

export type ReviewDecisionRow = {
  readonly id: string;
  readonly release: boolean;
  readonly reason: string;
  /** Who of the staff decided. */
  readonly decidedBy: string;
  readonly decidedAt: Date;
};

/** A review with what was added to it; the verdict that led to it is never rewritten. */
export type ReviewFile = ReviewRow & {
  readonly evidence: readonly unknown[];
  readonly decision: ReviewDecisionRow | null;
};

export type ReviewRecords = {
  open(row: ReviewRow): Promise<void>;
  get(customerId: string, id: string): Promise<ReviewFile | null>;
  /** Newest first; null: of all customers, of any status. */
  list(
    filter: { readonly customerId: string | null; readonly status: ReviewStatus | null },
    limit: number,
    before: string | null,
  ): Promise<readonly ReviewFile[]>;
  /** The newest review of a subject. */
  ofSubject(customerId: string, subjectId: string): Promise<ReviewFile | null>;
  /** `id` stands for the whole addition; false: no such review, or it is decided already. */
  addEvidence(
    customerId: string,
    reviewId: string,
    id: string,
    items: readonly unknown[],
    now: Date,
  ): Promise<boolean>;
  /** Decided exactly once. `not_overrulable`: the subject, or the law, has decided, and staff may not release it. */
  decide(
    customerId: string,
    reviewId: string,
    decision: ReviewDecisionRow,
  ): Promise<"decided" | "already_decided" | "not_overrulable" | "not_found">;
};
