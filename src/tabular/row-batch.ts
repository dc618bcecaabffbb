/** Why a row could not be read. All of them carry the row code `row_malformed`. */
export type MalformedReason =
  | "quotes_broken"
  | "cells_too_many"
  | "row_too_long"
  | "encoding_invalid"
  | "nul_character"
  | "json_invalid"
  | "cell_damaged";

export type MalformedRow = {
  readonly rowNumber: number;
  readonly code: "row_malformed";
  readonly reason: MalformedReason;
  /** What could be made out, shortened, for the error file; never longer than the header. */
  readonly cells: readonly string[];
};

/**
 * A piece of a file. Rows plus malformed rows are all of its records: nothing else is ever dropped but
 * records without a single value.
 */
export type RowBatch = {
  /** Column names as written. NDJSON only ever appends to it from one batch to the next. */
  readonly header: readonly string[];
  /** Each exactly as long as the header. */
  readonly rows: readonly (readonly string[])[];
  /** Beside `rows`: the number of each record in the file, from 1, the header not counted. */
  readonly rowNumbers: readonly number[];
  /** Number of the first record of this batch, well-formed or not; blank ones count. */
  readonly firstRowNumber: number;
  readonly malformed: readonly MalformedRow[];
  /** Bytes of the source that were taken in when this batch was made. */
  readonly bytesRead: number;
};

/** Bounds of what a file may make us hold or do. */
export type TabularLimits = {
  readonly fileBytesMax: number;
  readonly rowBytesMax: number;
  readonly columnsMax: number;
  /** Line breaks inside one quoted cell; more is taken for a quotation mark that was never closed. */
  readonly cellLinesMax: number;
  readonly batchRowsMax: number;
  readonly batchCellsMax: number;
  readonly batchBytesMax: number;
  /** Bytes that are scanned at a time; smaller source chunks are joined. */
  readonly blockBytes: number;
  /** XLSX: entries in the archive, and what they may inflate to in all and for each stored byte. */
  readonly archiveEntriesMax: number;
  readonly inflatedBytesMax: number;
  readonly inflationRatioMax: number;
  readonly sharedStringBytesMax: number;
};

export const tabularLimits: TabularLimits = {
  fileBytesMax: 2 * 1024 ** 3,
  rowBytesMax: 1024 ** 2,
  columnsMax: 10_000,
  cellLinesMax: 100,
  batchRowsMax: 2000,
  batchCellsMax: 200_000,
  batchBytesMax: 4 * 1024 ** 2,
  // The image of a larger block would be a large object of the heap, and cost twice the time.
  blockBytes: 64 * 1024,
  archiveEntriesMax: 10_000,
  inflatedBytesMax: 4 * 1024 ** 3,
  inflationRatioMax: 200,
  sharedStringBytesMax: 128 * 1024 ** 2,
};
