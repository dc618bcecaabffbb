import type { Finding } from "../../domain/finding.ts";
import type { Purpose } from "../../domain/vocabulary.ts";

export type PageState = "review" | "waiting" | "open" | "handed_off" | "failed" | "unknown" | "refused";

/** The approval of exactly these bytes of a landing page. */
export type PageRow = {
  readonly id: string;
  readonly customerId: string;
  /** The caller's own name for the page. */
  readonly pageId: string;
  readonly url: string;
  readonly processorId: string;
  readonly advertiser: string;
  readonly purposes: readonly Purpose[];
  /** "sha-256:…" of the bytes. */
  readonly digest: string;
  readonly html: Buffer;
  /** The consent text that a noticeToken stands for. */
  readonly notice: object;
  readonly findings: readonly Finding[];
  readonly mode: "live" | "test";
  readonly state: PageState;
  /** The process that hands it over while it is open. */
  readonly holder: string | null;
  readonly batchId: string | null;
  readonly attempts: number;
  readonly createdAt: Date;
};

export type PageRecords = {
  insert(row: PageRow): Promise<void>;
  get(customerId: string, id: string): Promise<PageRow | null>;
  /** Newest first; `pageId` null: all pages. */
  list(
    customerId: string,
    pageId: string | null,
    limit: number,
    before: string | null,
  ): Promise<readonly PageRow[]>;
  /** Pages of a batch that wait to be handed over, locked in the order of ids. */
  takeBatch(batchId: string): Promise<readonly PageRow[]>;
  /** waiting → open, committed before the publisher is called; returns those that were still waiting. */
  open(ids: readonly string[], holder: string): Promise<ReadonlySet<string>>;
  /** Closes those that are open; returns them: a hand-over is closed exactly once. */
  close(
    closures: readonly { readonly id: string; readonly state: "handed_off" | "failed" | "unknown" }[],
    now: Date,
  ): Promise<ReadonlySet<string>>;
  /** Lets a page that is closed but may go again, or was released, wait for `batchId`; false: in no such state. */
  requeue(id: string, from: "review" | "failed" | "unknown", batchId: string): Promise<boolean>;
  /** review → refused; false: it was not in review. */
  refuse(id: string, now: Date): Promise<boolean>;
  openOfHolder(holder: string): Promise<readonly PageRow[]>;
};
