import { readRows } from "../../src/tabular/read-rows.ts";
import type { MalformedReason, RowBatch, TabularLimits } from "../../src/tabular/row-batch.ts";

export type Table = {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly rowNumbers: readonly number[];
  readonly malformed: readonly (readonly [number, MalformedReason])[];
  readonly batches: number;
};

/** Everything of a file in one value. NDJSON rows are as long as the header was in their batch. */
export async function collect(batches: AsyncIterable<RowBatch>): Promise<Table> {
  const table = {
    header: [] as readonly string[],
    rows: [] as (readonly string[])[],
    rowNumbers: [] as number[],
    malformed: [] as (readonly [number, MalformedReason])[],
    batches: 0,
  };
  for await (const batch of batches) {
    table.header = batch.header;
    table.rows.push(...batch.rows);
    table.rowNumbers.push(...batch.rowNumbers);
    for (const row of batch.malformed) table.malformed.push([row.rowNumber, row.reason]);
    table.batches += 1;
  }
  return table;
}

/** A source that hands the bytes over in pieces of one size. */
export async function* inChunks(
  bytes: Uint8Array,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Reads a text file whose source and whose blocks are cut every `chunk` bytes. */
export function read(
  file: string | Uint8Array,
  chunk = 1 << 16,
  limits: Partial<TabularLimits> = {},
): Promise<Table> {
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  return collect(readRows(inChunks(bytes, chunk), { limits: { blockBytes: chunk, ...limits } }));
}
