import type { Channel, Purpose, ReasonCode, Verdict } from "../../domain/vocabulary.ts";
import type { CampaignStatus } from "./campaign-records.ts";
import type { ImportProgress, ImportStatus } from "./import-records.ts";

export type CampaignLine = {
  readonly id: string;
  readonly customerId: string;
  readonly customer: string;
  readonly name: string;
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly status: CampaignStatus;
  readonly mode: "live" | "test";
  readonly createdAt: Date;
};

export type ImportLine = Pick<ImportProgress, "bytesRead" | "bytesTotal" | "counts"> & {
  readonly id: string;
  readonly customerId: string;
  readonly customer: string;
  readonly status: ImportStatus;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
};

export type HandOffAttempt = {
  readonly id: string;
  readonly processorId: string;
  readonly state: string;
  readonly action: string | null;
  readonly code: string | null;
  readonly providerReference: string | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
};

export type RegisterLine = {
  readonly day: string;
  readonly processorId: string;
  readonly purpose: Purpose;
  readonly count: number;
};

/** What staff see across customers, in a handful of set-based questions. `since` bounds what each one reads. */
export type OverviewRecords = {
  decisions(
    since: Date,
  ): Promise<
    readonly { readonly verdict: Verdict; readonly code: ReasonCode | null; readonly count: number }[]
  >;
  handOffs(
    since: Date,
  ): Promise<readonly { readonly processorId: string; readonly state: string; readonly count: number }[]>;
  /** By day in Viet Nam, oldest first; days without any are not there. */
  handOffsByDay(since: Date): Promise<readonly { readonly day: string; readonly count: number }[]>;
  /** Hand-offs begun by day in Viet Nam, processor and purpose, oldest first. */
  register(since: Date): Promise<readonly RegisterLine[]>;
  /** Latencies from the record to the effect, in milliseconds; null: none was effective yet. */
  withdrawals(since: Date): Promise<{
    readonly total: number;
    readonly pending: number;
    readonly medianMs: number | null;
    readonly p99Ms: number | null;
    readonly maxMs: number | null;
  }>;
  outbox(now: Date): Promise<{ readonly undone: number; readonly untold: number; readonly overdue: number }>;
  openReviews(): Promise<number>;
  campaigns(limit: number, before: string | null): Promise<readonly CampaignLine[]>;
  imports(limit: number, before: string | null): Promise<readonly ImportLine[]>;
  ownerOf(kind: "campaign" | "import", id: string): Promise<string | null>;
  /** Attempts to hand over the message at that place of a campaign, oldest first. */
  attempts(campaignId: string, position: number): Promise<readonly HandOffAttempt[]>;
};
