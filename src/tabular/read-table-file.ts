import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { fileUnreadable } from "./file-unreadable.ts";
import { readRows } from "./read-rows.ts";
import { type RowBatch, type TabularLimits, tabularLimits } from "./row-batch.ts";
import { sniff } from "./sniff.ts";
import { readXlsx } from "./xlsx/read-xlsx.ts";

/**
 * Reads an uploaded file that was spooled to disk: CSV, TSV, NDJSON or XLSX, told apart by content. Throws
 * GuardError `file_unreadable` with a `reason`; what the file system says passes through.
 */
export async function* readTableFile(
  path: string,
  options: { readonly limits?: Partial<TabularLimits> } = {},
): AsyncGenerator<RowBatch, void, undefined> {
  const limits = { ...tabularLimits, ...options.limits };
  const { head, bytes } = await beginningOf(path);
  if (bytes > limits.fileBytesMax) throw fileUnreadable("file_too_large");
  if (bytes > 0 && sniff(head).kind === "zip") yield* readXlsx(path, limits);
  else yield* readRows(createReadStream(path, { highWaterMark: limits.blockBytes }), { limits });
}

async function beginningOf(path: string): Promise<{ readonly head: Buffer; readonly bytes: number }> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return { head: buffer.subarray(0, bytesRead), bytes: size };
  } finally {
    await file.close();
  }
}
