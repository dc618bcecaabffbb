import { BatchBuilder } from "../batch-builder.ts";
import type { RowBatch, TabularLimits } from "../row-batch.ts";
import { openArchive } from "./archive.ts";
import { readSharedStrings } from "./shared-strings.ts";
import { SheetReader } from "./sheet-reader.ts";
import { readWorkbook } from "./workbook.ts";
import { XmlScanner } from "./xml-scanner.ts";

/**
 * Reads the first visible sheet of an XLSX file on disk (hostile input), streaming. Formulas give their
 * stored value; dates come as ISO texts. Throws GuardError `file_unreadable`.
 */
export async function* readXlsx(
  path: string,
  limits: TabularLimits,
): AsyncGenerator<RowBatch, void, undefined> {
  const archive = await openArchive(path, limits);
  try {
    const workbook = await readWorkbook(archive, limits);
    const strings = await readSharedStrings(archive.read("xl/sharedStrings.xml"), limits);
    const builder = new BatchBuilder(limits);
    const sheetBytes = Math.max(1, archive.sizeOf(workbook.sheetPart));
    const scanner = new XmlScanner(new SheetReader(builder, workbook, strings, limits), limits.rowBytesMax);
    let inflatedBytes = 0;
    for await (const chunk of archive.read(workbook.sheetPart)) {
      inflatedBytes += chunk.length;
      // Progress in bytes of the file, as its reader knows its size.
      builder.bytesRead = Math.floor((archive.fileBytes * inflatedBytes) / sheetBytes);
      scanner.write(chunk);
      yield* builder.take();
    }
    scanner.end();
    builder.bytesRead = archive.fileBytes;
    yield* builder.takeLast();
  } finally {
    archive.close();
  }
}
