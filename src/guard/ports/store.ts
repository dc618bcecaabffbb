import type { CampaignRecords } from "./campaign-records.ts";
import type { TokenStore } from "./connector.ts";
import type { CustomerRecords } from "./customer-records.ts";
import type { ErasureRecords } from "./erasure-records.ts";
import type { HandOffRecords, OutboxRecords } from "./hand-off-records.ts";
import type { IdempotencyRecords } from "./idempotency-records.ts";
import type { ImportRecords } from "./import-records.ts";
import type { KeyRecords } from "./key-records.ts";
import type { LedgerRecords, TreeRecords } from "./ledger-records.ts";
import type { OverviewRecords } from "./overview-records.ts";
import type { PageRecords } from "./page-records.ts";
import type { DoNotCallRecords, ProcessorRecords } from "./processor-records.ts";
import type { RetentionRecords } from "./retention-records.ts";
import type { ReviewRecords } from "./review-records.ts";
import type { StaffRecords } from "./staff-records.ts";
import type { SubscriberRecords } from "./subscriber-records.ts";
import type { Sealer } from "./vault.ts";
import type { WebhookRecords } from "./webhook-records.ts";

/** Everything that one transaction can read and write. What it writes stands together or not at all. */
export type Tx = {
  readonly customers: CustomerRecords;
  readonly processors: ProcessorRecords;
  readonly doNotCall: DoNotCallRecords;
  readonly subscribers: SubscriberRecords;
  readonly campaigns: CampaignRecords;
  readonly handOffs: HandOffRecords;
  readonly outbox: OutboxRecords;
  readonly erasure: ErasureRecords;
  readonly ledger: LedgerRecords;
  readonly tree: TreeRecords;
  readonly idempotency: IdempotencyRecords;
  readonly reviews: ReviewRecords;
  readonly imports: ImportRecords;
  readonly pages: PageRecords;
  readonly staff: StaffRecords;
  readonly overview: OverviewRecords;
  readonly webhooks: WebhookRecords;
  readonly keys: KeyRecords;
  readonly retention: RetentionRecords;
  /** Reaches listeners when the transaction is committed. `payload` carries ids only and less than 8,000 bytes. */
  notify(channel: string, payload: string): Promise<void>;
  /** Waits until no other transaction that named the same thing is under way. */
  exclusive(name: string): Promise<void>;
};

export type Store = {
  /**
   * Works as this customer, or as the service itself ("*"): no row of another customer is seen or changed, and
   * what belongs to the platform (policy, processors, do-not-call list, tree, holders) changes for "*" only.
   * After a deadlock `work` runs again from its beginning: it must have no effect but through `tx`. Rejects
   * with GuardError `ledger_unavailable` when nothing was recorded or that cannot be known, `conflict` when
   * another record stands in its place.
   */
  transaction<T>(customer: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Runs `work` while this process holds the lock of that name; resolves false at once if another holds it, and
   * true when `work` has ended. The signal is aborted when the lock may be lost: what is written after that
   * must be refused by the tables themselves.
   */
  lead(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<boolean>;
  /**
   * Notifications may be lost while the connection is renewed, so a listener polls as well; after a renewal it is
   * called once with "". Resolves to the function that ends it.
   */
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  /** Rotating secrets of connectors, sealed. */
  tokens(sealer: Sealer): TokenStore;
  /** Can the store record at this moment? */
  isReady(): Promise<boolean>;
  close(): Promise<void>;
};
