import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseDay, parseMoment } from "./date.ts";
import { csvLine, errorCsvMark } from "./error-csv.ts";
import { fileUnreadable } from "./file-unreadable.ts";
import { type RecognisedHeader, recogniseHeader } from "./header.ts";
import { readRows } from "./read-rows.ts";
import { readTableFile } from "./read-table-file.ts";
import { type RowBatch, type TabularLimits, tabularLimits } from "./row-batch.ts";
import { sniff } from "./sniff.ts";

/** The guard's port of that name, which this folder does not know. */
export type TableReader = {
  inspect(head: Uint8Array): void;
  read(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<RowBatch, void, undefined>;
  columns(header: readonly string[], mapping: Readonly<Record<string, string>>): RecognisedHeader;
  day(written: string, latestYear: number): string | null;
  moment(written: string, latestYear: number): string | null;
  readonly csvMark: string;
  csvRecord(cells: readonly string[]): string;
  digest(): { update(bytes: Uint8Array): void; end(): Buffer };
};

const spoolAgeMaxMs = 24 * 3_600_000;
/** One batch is one transaction of an import: larger ones cost fewer round trips, smaller ones less memory. */
const importRowsMax = 5_000;

/**
 * Text is read as it comes. XLSX needs random access and is spooled to a file in `spoolDir` that its owner alone
 * can read, removed when reading ends; what a killed process left there goes with the next one.
 */
export function createTableReader(options: {
  readonly spoolDir: string;
  readonly limits?: Partial<TabularLimits>;
}): TableReader {
  const limits: TabularLimits = { ...tabularLimits, batchRowsMax: importRowsMax, ...options.limits };
  return {
    inspect(head) {
      if (head.length === 0) throw fileUnreadable("empty");
      sniff(head);
    },
    read: (bytes) => read(bytes, limits, options.spoolDir),
    columns: recogniseHeader,
    day: (written, latestYear) => parseDay(written, { latestYear }),
    moment: (written, latestYear) => parseMoment(written, { latestYear }),
    csvMark: errorCsvMark,
    csvRecord: csvLine,
    digest() {
      const hash = createHash("sha256");
      return { update: (bytes) => void hash.update(bytes), end: () => hash.digest() };
    },
  };
}

async function* read(
  bytes: AsyncIterable<Uint8Array>,
  limits: TabularLimits,
  spoolDir: string,
): AsyncGenerator<RowBatch, void, undefined> {
  const source = bytes[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done === true) throw fileUnreadable("empty");
  const whole = (async function* () {
    yield first.value;
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  })();
  if (sniff(first.value).kind !== "zip") {
    yield* readRows(whole, { limits });
    return;
  }
  await mkdir(spoolDir, { recursive: true, mode: 0o700 });
  await removeLeftOvers(spoolDir);
  const folder = await mkdtemp(join(spoolDir, "import-"));
  try {
    const path = join(folder, "table.xlsx");
    await pipeline(Readable.from(whole), createWriteStream(path, { mode: 0o600, flags: "wx" }));
    yield* readTableFile(path, { limits });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeLeftOvers(spoolDir: string): Promise<void> {
  for (const name of await readdir(spoolDir)) {
    if (!name.startsWith("import-")) continue;
    const path = join(spoolDir, name);
    const changed = await stat(path).catch(() => null);
    if (changed !== null && Date.now() - changed.mtimeMs > spoolAgeMaxMs)
      await rm(path, { recursive: true, force: true });
  }
}
