import type { RowCode } from "../../domain/vocabulary.ts";

export type ImportStatus = "running" | "completed" | "failed" | "cancelled";

/** How far an import has come; written with the rows that it counts, in one transaction. */
export type ImportProgress = {
  readonly bytesRead: number;
  /** null: not known yet (compressed files). */
  readonly bytesTotal: number | null;
  readonly rowsDone: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Partial<Record<RowCode, number>>>;
};

export type ImportRow = ImportProgress & {
  readonly id: string;
  readonly customerId: string;
  readonly status: ImportStatus;
  readonly failureCode: string | null;
  readonly declaration: object;
  readonly mapping: Readonly<Record<string, string>> | null;
  /** Keyed digest of the uploaded bytes; null until they are all there. */
  readonly fileSha256: Buffer | null;
  /** Sealed names of the file's columns, for the error file. */
  readonly headerCipher: Buffer | null;
  readonly cancelRequested: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
};

export type ImportErrorRow = {
  /** Counts from 1, the header not counted. */
  readonly rowNumber: number;
  readonly code: RowCode;
  /** The original cells, sealed. */
  readonly cellsCipher: Buffer;
};

export type ImportRecords = {
  insert(row: ImportRow): Promise<void>;
  get(customerId: string, id: string): Promise<ImportRow | null>;
  list(customerId: string, limit: number, before: string | null): Promise<readonly ImportRow[]>;
  /** The newest import of the same bytes that runs or has completed. */
  ofFile(customerId: string, fileSha256: Uint8Array): Promise<ImportRow | null>;
  /** The whole file has been taken in; false: the import does not run. */
  uploaded(id: string, fileSha256: Uint8Array, bytesTotal: number): Promise<boolean>;
  setHeader(id: string, headerCipher: Uint8Array): Promise<void>;
  /**
   * Goes on from `fromRows`; false: the import has ended or another worker has moved it on, and the transaction
   * must be rolled back.
   */
  advance(id: string, fromRows: number, progress: ImportProgress): Promise<boolean>;
  /** Counts a run that begins; resolves to how many began since the last committed step, this one included. */
  beginAttempt(id: string): Promise<number>;
  /** The run that ended was not the file's fault: it does not count. */
  forgiveAttempt(id: string): Promise<void>;
  /** false: it had ended before. Its pieces of the file are deleted with it. */
  finish(
    id: string,
    status: Exclude<ImportStatus, "running">,
    failureCode: string | null,
    now: Date,
  ): Promise<boolean>;
  /** false: no such import is running. */
  requestCancel(customerId: string, id: string): Promise<boolean>;
  /** Running imports in the order of ids, to be resumed after a crash. */
  unfinished(limit: number, after: string | null): Promise<readonly ImportRow[]>;

  /** Pieces of the uploaded file, sealed, numbered from 0. The same piece again changes nothing. */
  addChunk(importId: string, position: number, cipher: Uint8Array): Promise<void>;
  chunk(importId: string, position: number): Promise<Buffer | null>;

  addErrors(importId: string, rows: readonly ImportErrorRow[]): Promise<void>;
  errors(
    customerId: string,
    importId: string,
    after: { readonly rowNumber: number; readonly code: string } | null,
    limit: number,
  ): Promise<readonly ImportErrorRow[]>;
  /** The contacts that a campaign addresses with `{importId}`. Resolves to those that were among them before. */
  addContacts(importId: string, subscriberIds: readonly string[]): Promise<readonly string[]>;
};
