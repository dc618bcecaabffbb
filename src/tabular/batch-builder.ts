import { fileUnreadable } from "./file-unreadable.ts";
import type { MalformedReason, MalformedRow, RowBatch, TabularLimits } from "./row-batch.ts";

type Draft = { rows: string[][]; rowNumbers: number[]; malformed: MalformedRow[]; bytes: number };

const malformedCellLengthMax = 256;

/** Gathers records into batches of bounded size and gives each its number. One writer, one reader. */
export class BatchBuilder {
  /** Bytes of the source taken in so far; the reader of the source keeps it. */
  bytesRead = 0;
  readonly #limits: TabularLimits;
  #header: string[] | undefined;
  #draft: Draft = emptyDraft();
  #ready: RowBatch[] = [];
  /** Number of the last record seen, and of the first in the draft. */
  #rowNumber = 0;
  #firstRowNumber = 1;
  #rowsPerBatch = 1;
  #delivered = false;

  constructor(limits: TabularLimits) {
    this.#limits = limits;
  }

  /** Undefined until the first record with a value was seen. */
  get header(): readonly string[] | undefined {
    return this.#header;
  }

  setHeader(names: readonly string[]): void {
    if (names.length > this.#limits.columnsMax) throw fileUnreadable("columns_too_many");
    this.#header = names.map((name) => name.replaceAll("\0", ""));
    this.#sizeBatches();
  }

  /** NDJSON: a key not seen before. False when there is no room for another column. */
  addColumn(name: string): boolean {
    this.#header ??= [];
    if (this.#header.length >= this.#limits.columnsMax) return false;
    this.#header.push(name);
    this.#sizeBatches();
    return true;
  }

  /** Takes `cells` over; pads it to the header. Records without a value only move the count on. */
  addRow(cells: string[], bytes: number): void {
    const width = this.#header?.length ?? 0;
    if (isBlank(cells)) {
      this.addBlank();
      return;
    }
    if (cells.length > width) {
      // A value without a column means that cells have moved; which ones, nobody can tell.
      for (let at = width; at < cells.length; at++) {
        if (cells[at] === "") continue;
        this.addMalformed("cells_too_many", cells, bytes);
        return;
      }
      cells.length = width;
    }
    while (cells.length < width) cells.push("");
    this.#rowNumber += 1;
    this.#draft.rows.push(cells);
    this.#draft.rowNumbers.push(this.#rowNumber);
    this.#grow(bytes);
  }

  addBlank(): void {
    this.#rowNumber += 1;
  }

  addMalformed(reason: MalformedReason, cells: readonly string[], bytes: number): void {
    this.#rowNumber += 1;
    const width = this.#header?.length ?? 0;
    this.#draft.malformed.push({
      rowNumber: this.#rowNumber,
      code: "row_malformed",
      reason,
      cells: cells.slice(0, width).map((cell) => cell.slice(0, malformedCellLengthMax).replaceAll("\0", "")),
    });
    this.#grow(Math.min(bytes, malformedCellLengthMax * width));
  }

  /** XLSX numbers its own rows: the next record will be `rowNumber` unless that would go back. */
  advanceTo(rowNumber: number): void {
    if (rowNumber - 1 > this.#rowNumber) this.#rowNumber = rowNumber - 1;
  }

  /** The batches that are full. */
  take(): RowBatch[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** What is left, at least one batch a file so that the header is always seen. */
  takeLast(): RowBatch[] {
    if (this.#header === undefined && !this.#delivered && this.#isDraftEmpty()) throw fileUnreadable("empty");
    if (!this.#isDraftEmpty() || !this.#delivered) this.#close();
    return this.take();
  }

  #sizeBatches(): void {
    const width = Math.max(1, this.#header?.length ?? 0);
    const fitting = Math.floor(this.#limits.batchCellsMax / width);
    this.#rowsPerBatch = Math.max(1, Math.min(this.#limits.batchRowsMax, fitting));
  }

  #isDraftEmpty(): boolean {
    return this.#draft.rows.length === 0 && this.#draft.malformed.length === 0;
  }

  #grow(bytes: number): void {
    const { rows, malformed } = this.#draft;
    this.#draft.bytes += bytes;
    if (
      rows.length + malformed.length >= this.#rowsPerBatch ||
      this.#draft.bytes >= this.#limits.batchBytesMax
    ) {
      this.#close();
    }
  }

  #close(): void {
    const { rows, rowNumbers, malformed } = this.#draft;
    const header = [...(this.#header ?? [])];
    // NDJSON: rows from before a column was seen lack its cell.
    for (const row of rows) while (row.length < header.length) row.push("");
    this.#ready.push({
      header,
      rows,
      rowNumbers,
      firstRowNumber: this.#firstRowNumber,
      malformed,
      bytesRead: this.bytesRead,
    });
    this.#delivered = true;
    this.#firstRowNumber = this.#rowNumber + 1;
    this.#draft = emptyDraft();
  }
}

function emptyDraft(): Draft {
  return { rows: [], rowNumbers: [], malformed: [], bytes: 0 };
}

function isBlank(cells: readonly string[]): boolean {
  for (const cell of cells) if (cell !== "" && cell.trim() !== "") return false;
  return true;
}
