import { BatchBuilder } from "./batch-builder.ts";
import { fileUnreadable } from "./file-unreadable.ts";
import { type RowBatch, type TabularLimits, tabularLimits } from "./row-batch.ts";
import { TextIntake } from "./text-intake.ts";

/**
 * Reads CSV, TSV or NDJSON (hostile input) in UTF-8 or UTF-16, with memory that does not grow with the file
 * and rows that do not depend on how the source is cut into chunks. XLSX needs random access: see
 * `readTableFile`. Throws GuardError `file_unreadable`; errors of the source pass through.
 */
export async function* readRows(
  source: AsyncIterable<Uint8Array>,
  options: { readonly limits?: Partial<TabularLimits> } = {},
): AsyncGenerator<RowBatch, void, undefined> {
  const limits = { ...tabularLimits, ...options.limits };
  const builder = new BatchBuilder(limits);
  const intake = new TextIntake(builder, limits);
  for await (const piece of source) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    // A source may hand over everything at once; the consumer still gets it batch by batch.
    for (let at = 0; at < chunk.length; at += limits.blockBytes) {
      const block = chunk.subarray(at, at + limits.blockBytes);
      builder.bytesRead += block.length;
      if (builder.bytesRead > limits.fileBytesMax) throw fileUnreadable("file_too_large");
      intake.push(block);
      yield* builder.take();
    }
  }
  intake.end();
  yield* builder.takeLast();
}
