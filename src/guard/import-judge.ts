import type { Scanner } from "../content/scan.ts";
import type { Evidence, RowFault } from "../domain/contract.gen.ts";
import { assessContact } from "./assess-contact.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { unresolvedEvidence } from "./evidence-references.ts";
import type { ImportColumns } from "./import-columns.ts";
import type { RowDeclaration, rowDeclarations } from "./import-declarations.ts";
import { type ImportRow, readImportRow } from "./import-row.ts";
import type { MergeItem } from "./merge-item.ts";
import { nextTurn, rowsPerTurn } from "./next-turn.ts";
import type { TableBatch } from "./ports/table-reader.ts";
import { type PreparedMerge, prepareMerge } from "./prepare-merge.ts";
import { rowFault } from "./row-fixes.ts";
import type { World } from "./world.ts";

export type RefusedRow = {
  readonly rowNumber: number;
  readonly status: "rejected" | "quarantined";
  readonly codes: readonly RowFault[];
  /** The original cells but the sensitive ones. */
  readonly cells: readonly string[];
};

/** A batch of a file in which each record has found its place: to be merged, or refused. */
export type JudgedBatch = {
  readonly header: readonly string[];
  readonly bytesRead: number;
  /** Number of the last record. */
  readonly lastRow: number;
  readonly prepared: PreparedMerge;
  /** Beside the items of `prepared`. */
  readonly rowNumbers: readonly number[];
  readonly refused: readonly RefusedRow[];
  /** The cells of an item, fit for the error file, should the merge quarantine it. */
  cellsOf(position: number): readonly string[];
};

export type Judging = {
  readonly columns: ImportColumns;
  readonly declarationOf: ReturnType<typeof rowDeclarations>;
  readonly scanner: Pick<Scanner, "matchFieldName" | "scanField">;
  /** Records up to this one are done. */
  readonly after: number;
  readonly now: Date;
};

type Read = {
  readonly at: number;
  readonly row: ImportRow;
  readonly declaration: RowDeclaration;
};

/** Judges each record by itself; what the store knows of a number is judged by the merge. */
export async function judgeBatch(
  world: World,
  customer: OpenCustomer,
  batch: TableBatch,
  judging: Judging,
): Promise<JudgedBatch> {
  const { columns, scanner, now } = judging;
  const customerId = customer.row.id;
  const latestYear = now.getUTCFullYear();
  const reading = { columns, scanner, tables: world.tables, latestYear };
  const read: Read[] = [];
  for (let at = 0; at < batch.rows.length; at++) {
    if (at % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
    if ((batch.rowNumbers[at] ?? 0) <= judging.after) continue;
    const row = readImportRow(batch.rows[at] ?? [], reading);
    const declaration = judging.declarationOf(row.overrides, row.contact.consentedAt !== undefined);
    read.push({ at, row, declaration });
  }
  const unknownFiles = await unresolvedFiles(world, customerId, read);
  const safeCells = (cells: readonly string[]): readonly string[] =>
    withoutSensitive(cells, columns, scanner);

  const refused: RefusedRow[] = batch.malformed
    .filter((row) => row.rowNumber > judging.after)
    .map((row) => ({
      rowNumber: row.rowNumber,
      status: "rejected" as const,
      codes: [rowFault("row_malformed", null)],
      cells: safeCells(row.cells),
    }));
  const items: MergeItem[] = [];
  const positions: number[] = [];
  for (const [turn, { at, row, declaration }] of read.entries()) {
    if (turn % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
    const { guardian } = row.contact;
    const assessment = assessContact(row.contact, {
      now,
      scanner,
      noticeFrom: declaration.noticeFrom,
      guardianEvidenceResolves:
        guardian === undefined || guardian.evidence.every((item) => !unknownFiles.has(item.fileId ?? "")),
    });
    const faults = [...row.faults, ...declaration.faults];
    if (declaration.fileId !== null && unknownFiles.has(declaration.fileId))
      faults.push(rowFault("evidence_missing", "evidence"));
    if (assessment.status === "rejected") faults.push(...assessment.codes);
    const sensitive =
      assessment.status === "quarantined" ? [...row.sensitive, ...assessment.codes] : row.sensitive;
    if (assessment.status === "usable" && faults.length === 0 && sensitive.length === 0) {
      items.push({ contact: assessment.contact, declaration: declaration.declared });
      positions.push(at);
      continue;
    }
    refused.push({
      rowNumber: batch.rowNumbers[at] ?? 0,
      status: faults.length > 0 ? "rejected" : "quarantined",
      // A sensitive value is told of even where the row is refused for another reason.
      codes: [...faults, ...sensitive],
      cells: safeCells(batch.rows[at] ?? []),
    });
  }
  const prepared = await prepareMerge(world, customer, items, (indexes) =>
    world.store.transaction(customerId, (tx) => tx.subscribers.known(customerId, indexes, false)),
  );
  return {
    header: batch.header,
    bytesRead: batch.bytesRead,
    lastRow: Math.max(judging.after, batch.rowNumbers.at(-1) ?? 0, batch.malformed.at(-1)?.rowNumber ?? 0),
    prepared,
    rowNumbers: positions.map((at) => batch.rowNumbers[at] ?? 0),
    refused,
    cellsOf: (position) => safeCells(batch.rows[positions[position] ?? -1] ?? []),
  };
}

/** Ids of uploaded files that rows name and this customer does not have. */
async function unresolvedFiles(
  world: Pick<World, "store">,
  customerId: string,
  read: readonly Read[],
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const { row, declaration } of read) {
    if (declaration.fileId !== null) named.add(declaration.fileId);
    for (const item of row.contact.guardian?.evidence ?? [])
      if (item.fileId !== undefined) named.add(item.fileId);
  }
  if (named.size === 0) return named;
  const ids = [...named];
  const evidence = ids.map((fileId): Evidence => ({ kind: "file", fileId }));
  const missing = await world.store.transaction(customerId, (tx) =>
    unresolvedEvidence(tx, customerId, evidence),
  );
  return new Set(missing.map((position) => ids[position] ?? ""));
}

/** Sensitive values are not kept, not even in the list of what is wrong: their cells are blank. */
function withoutSensitive(
  cells: readonly string[],
  columns: ImportColumns,
  scanner: Judging["scanner"],
): readonly string[] {
  return cells.map((cell, position) => {
    if (cell === "" || !/\p{L}|\d{9}/u.test(cell) || position === columns.phone) return cell;
    const name = position === columns.name ? "name" : (columns.names[position] ?? "").trim();
    const named = columns.foreign.some((column) => column.position === position);
    if (named && scanner.matchFieldName(name) !== null) return "";
    return scanner.scanField(name, cell).verdict === "pass" ? cell : "";
  });
}
