import type { BatchBuilder } from "./batch-builder.ts";
import type { MalformedReason, TabularLimits } from "./row-batch.ts";
import type { RowScanner } from "./row-scanner.ts";

const depthMax = 3;

/**
 * One JSON object a line. Objects inside are flattened with dots (`guardian.phone`), lists stay JSON.
 * Columns appear in the order in which their keys are first seen.
 */
export class NdjsonScanner implements RowScanner {
  readonly #builder: BatchBuilder;
  readonly #limits: TabularLimits;
  readonly #columns = new Map<string, number>();
  #skipping = false;

  constructor(builder: BatchBuilder, limits: TabularLimits) {
    this.#builder = builder;
    this.#limits = limits;
  }

  scan(bytes: Buffer, final: boolean): number {
    let at = 0;
    while (at < bytes.length) {
      const found = bytes.indexOf(0x0a, at);
      const lineEnd = found < 0 ? bytes.length : found;
      if (this.#skipping) {
        if (found >= 0) this.#skipping = false;
        at = lineEnd + 1;
        continue;
      }
      if (found < 0 && !final) {
        if (bytes.length - at <= this.#limits.rowBytesMax) return at;
        this.#builder.addMalformed("row_too_long", [], 0);
        this.#skipping = true;
        return bytes.length;
      }
      if (lineEnd - at > this.#limits.rowBytesMax) this.#builder.addMalformed("row_too_long", [], 0);
      else this.#line(bytes.toString("utf8", at, lineEnd));
      at = lineEnd + 1;
    }
    return Math.min(at, bytes.length);
  }

  #line(line: string): void {
    if (line.trim() === "") {
      this.#builder.addBlank();
      return;
    }
    const cells: string[] = [];
    const fault = line.includes("\ufffd") ? "encoding_invalid" : this.#cells(parseObject(line), cells, "", 1);
    if (fault === undefined) this.#builder.addRow(cells, line.length);
    else this.#builder.addMalformed(fault, [], line.length);
  }

  #cells(
    object: Readonly<Record<string, unknown>> | undefined,
    cells: string[],
    prefix: string,
    depth: number,
  ): MalformedReason | undefined {
    if (object === undefined) return "json_invalid";
    for (const [key, value] of Object.entries(object)) {
      const name = prefix + key;
      if (isObject(value) && depth < depthMax) {
        const fault = this.#cells(value, cells, `${name}.`, depth + 1);
        if (fault !== undefined) return fault;
        continue;
      }
      const cell = cellText(value);
      if (cell === undefined) return "json_invalid";
      if (cell.includes("\0")) return "nul_character";
      const column = this.#column(name);
      if (column === undefined) return "cells_too_many";
      while (cells.length <= column) cells.push("");
      cells[column] = cell;
    }
    return undefined;
  }

  #column(name: string): number | undefined {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    if (!this.#builder.addColumn(name)) return undefined;
    this.#columns.set(name, this.#columns.size);
    return this.#columns.size - 1;
  }
}

/** Whether a text begins like NDJSON: its first line is a whole JSON object. */
export function looksLikeNdjson(head: string): boolean {
  const line = head.trimStart().split("\n", 1)[0] ?? "";
  if (!line.startsWith("{")) return false;
  // A first line longer than what was looked at cannot be parsed yet.
  return parseObject(line) !== undefined || (!head.includes("\n") && /^\{\s*"/.test(line));
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function cellText(value: unknown): string | undefined {
  if (value === null) return "";
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than the stack is.
    return undefined;
  }
}
