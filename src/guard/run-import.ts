import type { Declaration } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { type OpenCustomer, requireActive } from "./customer-access.ts";
import { checkDeclaration } from "./evidence-references.ts";
import { importColumns } from "./import-columns.ts";
import { rowDeclarations } from "./import-declarations.ts";
import { judgeBatch } from "./import-judge.ts";
import { type ImportTally, mergeBatch } from "./import-merge.ts";
import { screenNames } from "./import-names.ts";
import { chunkContext } from "./import-upload.ts";
import type { ImportRow } from "./ports/import-records.ts";
import type { TableBatch } from "./ports/table-reader.ts";
import type { World } from "./world.ts";

/** Runs without a committed step; then the file, and not the moment, is at fault. */
const attemptsMax = 5;
/** The worker is to close: the import goes on in another. */
class Closing extends Error {}

/**
 * Works an uploaded file off, batch by batch, each in one transaction with the count of what is done: after a crash
 * the next run passes over what was committed. While the store merges one batch the next one is being read.
 * Resolves when the import has ended; rejects when it must be tried again. `signal`: stop after the batch at hand.
 */
export async function runImport(
  world: World,
  customerId: string,
  importId: string,
  jobId: string,
  signal?: AbortSignal,
): Promise<void> {
  const row = await world.store.transaction(customerId, (tx) => tx.imports.get(customerId, importId));
  if (row?.status === "running") {
    const failure = await failureOfRun(world, row, signal);
    if (failure !== null) {
      world.log.warn({ importId, failure }, "an import failed");
      await world.store.transaction(customerId, (tx) =>
        tx.imports.finish(importId, "failed", failure, world.clock.now()),
      );
    }
  }
  await world.store.transaction(customerId, (tx) => tx.outbox.done([jobId], world.clock.now()));
}

/** null: the import has ended by itself. Rejects where another run may do better. */
async function failureOfRun(
  world: World,
  row: ImportRow,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const attempt = await world.store.transaction(row.customerId, (tx) => tx.imports.beginAttempt(row.id));
  // Runs that were killed left no word of why: they are counted before they begin.
  if (attempt > attemptsMax) return "attempts_exhausted";
  try {
    await workOff(world, row, signal);
    return null;
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== null) return failure;
    if (error instanceof Closing || (error instanceof GuardError && error.retriable)) {
      await world.store
        .transaction(row.customerId, (tx) => tx.imports.forgiveAttempt(row.id))
        .catch((err: unknown) => world.log.warn({ err, importId: row.id }, "an import's run stays counted"));
    }
    throw error;
  }
}

async function workOff(world: World, row: ImportRow, signal: AbortSignal | undefined): Promise<void> {
  const declaration = row.declaration as Declaration;
  const { customer, noticeFrom } = await world.store.transaction(row.customerId, async (tx) => ({
    customer: await requireActive(world, tx, row.customerId),
    noticeFrom: (await checkDeclaration(world, tx, row.customerId, declaration)).noticeFrom,
  }));
  const declarationOf = rowDeclarations(declaration, noticeFrom);
  const scanner = screenNames(world.scanner);
  let columns = importColumns(world.tables, scanner, [], row.mapping ?? {});
  let readTo = row.rowsDone;
  /** null: the import has ended otherwise, and there is nothing left to do. */
  let merged: Promise<ImportTally | null> = Promise.resolve({
    rowsDone: row.rowsDone,
    counts: row.counts,
    reasons: row.reasons,
    columns: 0,
  });
  try {
    for await (const batch of world.tables.read(piecesOf(world, customer, row))) {
      if (batch.header.length !== columns.names.length)
        columns = importColumns(world.tables, scanner, batch.header, row.mapping ?? {});
      const last = lastRowOf(batch);
      if (last <= readTo && readTo > 0) continue;
      const judged = await judgeBatch(world, customer, batch, {
        columns,
        declarationOf,
        scanner,
        after: readTo,
        now: world.clock.now(),
      });
      const tally = await merged;
      if (tally === null) return;
      if (signal?.aborted === true) throw new Closing("the worker is closing");
      merged = mergeBatch(world, customer, row, judged, tally);
      // The next await meets its failure; until then it must not count as unhandled.
      merged.catch(() => undefined);
      readTo = judged.lastRow;
    }
    const tally = await merged;
    if (tally === null) return;
    await world.store.transaction(row.customerId, async (tx) => {
      await tx.imports.advance(row.id, tally.rowsDone, { ...tally, ...wholeOf(row) });
      await tx.imports.finish(row.id, "completed", null, world.clock.now());
    });
  } finally {
    await merged.catch(() => undefined);
  }
}

function wholeOf(row: ImportRow): { readonly bytesRead: number; readonly bytesTotal: number | null } {
  return { bytesRead: row.bytesTotal ?? 0, bytesTotal: row.bytesTotal };
}

function lastRowOf(batch: TableBatch): number {
  return Math.max(batch.rowNumbers.at(-1) ?? 0, batch.malformed.at(-1)?.rowNumber ?? 0);
}

async function* piecesOf(
  world: World,
  customer: OpenCustomer,
  row: ImportRow,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for (let position = 0; ; position++) {
    const at = position;
    const cipher = await world.store.transaction(row.customerId, (tx) => tx.imports.chunk(row.id, at));
    if (cipher === null) break;
    const piece = customer.vault.open(cipher, chunkContext(row.id, at));
    bytes += piece.length;
    yield piece;
  }
  if (bytes !== row.bytesTotal) throw new Error("the stored file is not whole");
}

/** What another try would not mend; null: everything else. */
function failureOf(error: unknown): string | null {
  if (!(error instanceof GuardError) || error.retriable) return null;
  const reason = error.extensions["reason"];
  return typeof reason === "string" ? `${error.code}:${reason}` : error.code;
}
