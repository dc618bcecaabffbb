import type { RowCode } from "../domain/vocabulary.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { cellsContext, headerContext } from "./import-errors.ts";
import type { JudgedBatch } from "./import-judge.ts";
import { mergePacked } from "./merge-contacts.ts";
import type { ImportErrorRow, ImportProgress, ImportRow } from "./ports/import-records.ts";
import type { World } from "./world.ts";

export type ImportTally = Pick<ImportProgress, "rowsDone" | "counts" | "reasons"> & {
  /** So many names of columns are stored with the import; 0: this run has stored none. */
  readonly columns: number;
};

/**
 * Merges one judged batch and counts it, in one transaction. Resolves to the tally so far, or to null when the
 * import has ended or was cancelled: then nothing of this batch was recorded. Rejects when another worker has moved it
 * on: that one may yet die, so this job is to be tried again.
 */
export async function mergeBatch(
  world: World,
  customer: OpenCustomer,
  row: ImportRow,
  batch: JudgedBatch,
  before: ImportTally,
): Promise<ImportTally | null> {
  return world.store.transaction(row.customerId, async (tx) => {
    const current = await tx.imports.get(row.customerId, row.id);
    if (current?.status !== "running") return null;
    if (current.cancelRequested) {
      await tx.imports.finish(row.id, "cancelled", null, world.clock.now());
      return null;
    }
    const merged = await mergePacked(world, tx, customer, batch.contacts, row.id);
    const counts = new Map(Object.entries(before.counts));
    const reasons = new Map(Object.entries(before.reasons));
    const errors: ImportErrorRow[] = [];
    const count = (status: string, codes: readonly { readonly code: RowCode }[]): void => {
      add(counts, "total");
      add(counts, status);
      for (const code of codes.length === 0 ? [] : new Set(codes.map((fault) => fault.code)))
        add(reasons, code);
    };
    const tell = (
      rowNumber: number,
      codes: readonly { readonly code: RowCode }[],
      cells: readonly string[],
    ): void => {
      const plain = Buffer.from(JSON.stringify(cells));
      for (const code of new Set(codes.map((fault) => fault.code))) {
        const cellsCipher = customer.vault.seal(plain, `${cellsContext}.${row.id}`);
        errors.push({ rowNumber, code, cellsCipher });
      }
    };
    for (let position = 0; position < batch.contacts.count; position++) {
      const status = merged.statusAt(position);
      const codes = merged.codesAt(position);
      count(status, codes);
      if (status === "quarantined")
        tell(batch.rowNumbers[position] ?? 0, codes, batch.minors.get(position) ?? []);
    }
    for (const refused of batch.refused) {
      count(refused.status, refused.codes);
      tell(refused.rowNumber, refused.codes, refused.cells);
    }
    await tx.imports.addErrors(row.id, errors);
    // NDJSON may bring more columns with any batch.
    if (before.columns !== batch.header.length) {
      const header = Buffer.from(JSON.stringify(batch.header));
      await tx.imports.setHeader(row.id, customer.vault.seal(header, `${headerContext}.${row.id}`));
    }
    const after: ImportTally = {
      rowsDone: batch.lastRow,
      counts: Object.fromEntries(counts),
      reasons: Object.fromEntries(reasons),
      columns: batch.header.length,
    };
    const moved = await tx.imports.advance(row.id, before.rowsDone, {
      ...after,
      bytesRead: Math.min(batch.bytesRead, row.bytesTotal ?? batch.bytesRead),
      bytesTotal: row.bytesTotal,
    });
    if (!moved) throw new Error("another worker has moved the import on");
    return after;
  });
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
