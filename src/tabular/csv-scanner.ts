import type { BatchBuilder } from "./batch-builder.ts";
import { CellReader, indexOrEnd } from "./cell-reader.ts";
import type { Dialect } from "./delimiter.ts";
import { fileUnreadable } from "./file-unreadable.ts";
import type { MalformedReason, TabularLimits } from "./row-batch.ts";
import type { RowScanner } from "./row-scanner.ts";

/** Where a record with quotation marks ends, or why that cannot be said. */
type QuotedEnd = number | "incomplete" | "broken";

/**
 * A CSV reader for files from strangers. A quotation mark that is never closed, or closed in the middle of a
 * cell, costs the line it stands on: reading goes on with the next line, so the rest of the file survives.
 * All searching moves forward from remembered positions, so time is linear in the file for any input.
 */
export class CsvScanner implements RowScanner {
  readonly #builder: BatchBuilder;
  readonly #limits: TabularLimits;
  readonly #delimiter: string;
  readonly #delimiterCode: number;
  readonly #newline: string;
  readonly #newlineCode: number;
  /** The rest of a record that was too long is passed over until its line ends. */
  #skipping = false;
  #delimiterAt = 0;
  #newlineAt = 0;
  #quoteAt = 0;

  constructor(builder: BatchBuilder, dialect: Dialect, limits: TabularLimits) {
    this.#builder = builder;
    this.#limits = limits;
    this.#delimiter = dialect.delimiter;
    this.#delimiterCode = dialect.delimiter.charCodeAt(0);
    this.#newline = dialect.newline;
    this.#newlineCode = dialect.newline.charCodeAt(0);
  }

  scan(bytes: Buffer, final: boolean): number {
    const reader = new CellReader(bytes);
    const { image } = reader;
    const length = image.length;
    this.#delimiterAt = this.#newlineAt = this.#quoteAt = -1;
    let at = 0;
    while (at < length) {
      const lineEnd = this.#nextNewline(image, at);
      if (this.#skipping) {
        if (lineEnd < length) this.#skipping = false;
        at = Math.min(lineEnd + 1, length);
        continue;
      }
      if (lineEnd === length && !final) {
        if (length - at <= this.#limits.rowBytesMax) break;
        this.#reject("row_too_long", reader, at, length);
        this.#skipping = true;
        return length;
      }
      at = this.#record(reader, at, lineEnd, final);
      if (at < 0) return -at - 1;
    }
    return at;
  }

  /** Reads one record and returns where the next begins, or `-1 - start` if it is not all here yet. */
  #record(reader: CellReader, start: number, lineEnd: number, final: boolean): number {
    const { image } = reader;
    if (this.#quoteAt < start) this.#quoteAt = indexOrEnd(image, '"', start);
    if (this.#quoteAt >= lineEnd) {
      if (lineEnd - start > this.#limits.rowBytesMax) this.#reject("row_too_long", reader, start, lineEnd);
      else this.#accept(reader, start, lineEnd, this.#plainCells(reader, start, lineEnd));
      return lineEnd + 1;
    }
    const cells: string[] = [];
    const mark = reader.mark();
    const delimiterAt = this.#delimiterAt;
    const end = this.#quotedCells(reader, start, final, cells);
    if (end === "incomplete") return -1 - start;
    const spansLines = end !== "broken" && end > lineEnd;
    const width = this.#builder.header?.length ?? cells.length;
    if (end !== "broken" && !(spansLines && cells.length !== width)) {
      if (end - start > this.#limits.rowBytesMax) this.#reject("row_too_long", reader, start, lineEnd);
      else this.#accept(reader, start, end, cells);
      return end + 1;
    }
    reader.rewind(mark);
    reader.takeDamage();
    this.#delimiterAt = delimiterAt;
    this.#newlineAt = lineEnd;
    this.#quoteAt = -1;
    if (this.#builder.header === undefined) {
      this.#accept(reader, start, lineEnd, this.#plainCells(reader, start, lineEnd));
    } else this.#reject("quotes_broken", reader, start, lineEnd);
    return lineEnd + 1;
  }

  #plainCells(reader: CellReader, start: number, lineEnd: number): string[] {
    const { image } = reader;
    const end = this.#withoutReturn(image, start, lineEnd);
    const cells: string[] = [];
    let at = start;
    for (;;) {
      let cellEnd = this.#nextDelimiter(image, at);
      if (cellEnd > end) cellEnd = end;
      cells.push(reader.text(at, cellEnd));
      if (cellEnd === end) return cells;
      at = cellEnd + 1;
    }
  }

  #quotedCells(reader: CellReader, start: number, final: boolean, cells: string[]): QuotedEnd {
    const { image } = reader;
    const { length } = image;
    const wait = final || length - start > this.#limits.rowBytesMax ? "broken" : "incomplete";
    let at = start;
    for (;;) {
      let open = at;
      while (image.charCodeAt(open) === 0x20) open++;
      if (image.charCodeAt(open) !== 0x22) {
        const lineEnd = this.#nextNewline(image, at);
        if (lineEnd === length && !final) return wait;
        const end = this.#withoutReturn(image, at, lineEnd);
        const cellEnd = this.#nextDelimiter(image, at);
        cells.push(reader.text(at, Math.min(cellEnd, end)));
        if (cellEnd >= end) return lineEnd;
        at = cellEnd + 1;
        continue;
      }
      let close = indexOrEnd(image, '"', open + 1);
      let doubled = false;
      while (image.charCodeAt(close + 1) === 0x22) {
        doubled = true;
        close = indexOrEnd(image, '"', close + 2);
      }
      if (this.#hasTooManyLines(image, open, close)) return "broken";
      if (close >= length) return wait;
      const text = reader.text(open + 1, close);
      cells.push(doubled ? text.replaceAll('""', '"') : text);
      at = close + 1;
      while (image.charCodeAt(at) === 0x20) at++;
      // A mark at the very end of the block may be the first of a doubled one.
      if (at >= length) return final ? length : wait;
      if (image.charCodeAt(at) === 0x0d && this.#newlineCode === 0x0a) {
        at++;
        if (at >= length) return final ? length : wait;
      }
      const code = image.charCodeAt(at);
      if (code === this.#newlineCode) return at;
      if (code !== this.#delimiterCode || image.charCodeAt(at - 1) === 0x0d) return "broken";
      at++;
    }
  }

  #hasTooManyLines(image: string, open: number, close: number): boolean {
    let lines = 0;
    let at = this.#nextNewline(image, open);
    while (at >= 0 && at < close) {
      lines += 1;
      if (lines > this.#limits.cellLinesMax) return true;
      at = image.indexOf(this.#newline, at + 1);
    }
    return false;
  }

  #accept(reader: CellReader, start: number, end: number, cells: string[]): void {
    const damaged = reader.takeDamage();
    if (this.#builder.header === undefined) {
      if (cells.some((cell) => cell.trim() !== "")) this.#builder.setHeader(cells);
      return;
    }
    if (reader.hasNul(start, end)) this.#builder.addMalformed("nul_character", cells, end - start);
    else if (damaged) this.#builder.addMalformed("encoding_invalid", cells, end - start);
    else this.#builder.addRow(cells, end - start);
  }

  #reject(reason: MalformedReason, reader: CellReader, start: number, end: number): void {
    // Without its names no column of the file means anything.
    if (this.#builder.header === undefined) throw fileUnreadable("header_too_long");
    const shown = Math.min(end, start + 4096);
    const cells = reader.bytes.toString("utf8", start, shown).split(this.#delimiter);
    this.#builder.addMalformed(reason, cells, shown - start);
  }

  #withoutReturn(image: string, start: number, lineEnd: number): number {
    return lineEnd > start && this.#newlineCode === 0x0a && image.charCodeAt(lineEnd - 1) === 0x0d
      ? lineEnd - 1
      : lineEnd;
  }

  #nextDelimiter(image: string, from: number): number {
    if (this.#delimiterAt < from) this.#delimiterAt = indexOrEnd(image, this.#delimiter, from);
    return this.#delimiterAt;
  }

  #nextNewline(image: string, from: number): number {
    if (this.#newlineAt < from) this.#newlineAt = indexOrEnd(image, this.#newline, from);
    return this.#newlineAt;
  }
}
