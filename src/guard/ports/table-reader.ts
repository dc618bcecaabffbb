/** A piece of a table: `rows` and `malformed` are all of its records, but for those without a single value. */
export type TableBatch = {
  /** Column names as written. NDJSON only ever appends to it from one batch to the next. */
  readonly header: readonly string[];
  /** Each exactly as long as the header. */
  readonly rows: readonly (readonly string[])[];
  /** Beside `rows`: the number of each record in the file, from 1, the header not counted; it only rises. */
  readonly rowNumbers: readonly number[];
  readonly malformed: readonly {
    readonly rowNumber: number;
    /** What could be made out, shortened. */
    readonly cells: readonly string[];
  }[];
  readonly bytesRead: number;
};

/** What the columns of a file mean: position by field of the contact, and columns that are no field. */
export type TableColumns = {
  readonly fields: ReadonlyMap<string, number>;
  readonly attributes: readonly { readonly position: number; readonly name: string }[];
  readonly faults: readonly {
    readonly column: string;
    readonly code: "column_unknown" | "field_unknown" | "field_twice";
  }[];
};

/** How files of contacts are read and written. What it reads is hostile: bounded memory, bounded time. */
export type TableReader = {
  /** By its first bytes (64 KiB suffice): throws GuardError `file_unreadable` for what is no table at all. */
  inspect(head: Uint8Array): void;
  /** Equal bytes give equal batches however they are cut. Throws GuardError `file_unreadable`. */
  read(bytes: AsyncIterable<Uint8Array>): AsyncIterable<TableBatch>;
  /** `mapping`: column → field, `attributes.<name>` or `ignore`; it wins over what the names say. */
  columns(header: readonly string[], mapping: Readonly<Record<string, string>>): TableColumns;
  /** ISO `YYYY-MM-DD`, or null for what is no day; day before month. A two-digit year is none after `latestYear`. */
  day(written: string, latestYear: number): string | null;
  /** RFC 3339 with its offset (Viet Nam's unless written), or null. */
  moment(written: string, latestYear: number): string | null;
  /** What comes before the first record of a CSV file. */
  readonly csvMark: string;
  /** A record of CSV with its line end, no cell of which a spreadsheet would run. */
  csvRecord(cells: readonly string[]): string;
  /** A running SHA-256. */
  digest(): { update(bytes: Uint8Array): void; end(): Buffer };
};
