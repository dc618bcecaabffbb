import { type Entry, openPromise, type ZipFile } from "yauzl";
import { GuardError } from "../../domain/guard-error.ts";
import { fileUnreadable } from "../file-unreadable.ts";
import type { TabularLimits } from "../row-batch.ts";

/** Small files compress to almost nothing without being bombs. */
const ratioFreeBytes = 64 * 1024 ** 2;

/** A ZIP archive from a stranger, opened on disk. Sizes are checked before anything is inflated. */
export type Archive = {
  readonly fileBytes: number;
  readonly has: (name: string) => boolean;
  /** Inflated size of an entry, 0 if there is none. */
  readonly sizeOf: (name: string) => number;
  /** The entry's bytes; nothing if it does not exist. Ends early when the consumer stops. */
  readonly read: (name: string) => AsyncGenerator<Buffer, void, undefined>;
  readonly close: () => void;
};

/** Reads the central directory only. Throws GuardError `file_unreadable`. */
export async function openArchive(path: string, limits: TabularLimits): Promise<Archive> {
  const zip = await openPromise(path, { autoClose: false }).catch(damaged);
  // It reports once more after its iterator is done; unheard, that would end the process.
  zip.on("error", () => undefined);
  try {
    const entries = await directory(zip, limits);
    return {
      fileBytes: zip.fileSize,
      has: (name) => entries.has(name),
      sizeOf: (name) => entries.get(name)?.uncompressedSize ?? 0,
      read: (name) => inflate(zip, entries.get(name), limits),
      close: () => zip.close(),
    };
  } catch (cause) {
    zip.close();
    return damaged(cause);
  }
}

async function directory(zip: ZipFile, limits: TabularLimits): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  let count = 0;
  let inflatedBytes = 0;
  for await (const entry of zip.eachEntry()) {
    count += 1;
    inflatedBytes += entry.uncompressedSize;
    if (count > limits.archiveEntriesMax || inflatedBytes > limits.inflatedBytesMax)
      throw fileUnreadable("archive_bomb");
    // Of two entries with one name the first counts, as for the programs that write such files.
    if (!entries.has(entry.fileName)) entries.set(entry.fileName, entry);
  }
  return entries;
}

async function* inflate(
  zip: ZipFile,
  entry: Entry | undefined,
  limits: TabularLimits,
): AsyncGenerator<Buffer, void, undefined> {
  if (entry === undefined) return;
  if (entry.isEncrypted()) throw fileUnreadable("encrypted");
  const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
  if (entry.uncompressedSize > ratioFreeBytes && ratio > limits.inflationRatioMax)
    throw fileUnreadable("archive_bomb");
  try {
    // The stream fails by itself as soon as it is longer than the directory says.
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      if (Buffer.isBuffer(chunk)) yield chunk;
    }
  } catch (cause) {
    damaged(cause);
  }
}

function damaged(cause: unknown): never {
  throw cause instanceof GuardError ? cause : fileUnreadable("archive_damaged", cause);
}
