import type { Scanner } from "../content/scan.ts";
import type { Evidence, RowFault } from "../domain/contract.gen.ts";
import { assessContact } from "./assess-contact.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { unresolvedEvidence } from "./evidence-references.ts";
import { type ImportColumns, overrideFields } from "./import-columns.ts";
import type { rowDeclarations } from "./import-declarations.ts";
import { readEvidence, readImportRow } from "./import-row.ts";
import { nextTurn, rowsPerTurn } from "./next-turn.ts";
import { contactPacker, type PackedContacts } from "./packed-contacts.ts";
import type { TableBatch } from "./ports/table-reader.ts";
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
  readonly contacts: PackedContacts;
  /** Beside `contacts`. */
  readonly rowNumbers: readonly number[];
  readonly refused: readonly RefusedRow[];
  /** The cells, fit for the error file, of contacts that the merge will quarantine; by their position. */
  readonly minors: ReadonlyMap<number, readonly string[]>;
};

export type Judging = {
  readonly columns: ImportColumns;
  readonly declarationOf: ReturnType<typeof rowDeclarations>;
  readonly scanner: Pick<Scanner, "matchFieldName" | "scanField">;
  /** Records up to this one are done. */
  readonly after: number;
  readonly now: Date;
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
  const unknownFiles = await unresolvedFiles(world, customerId, batch, judging);
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
  const packer = contactPacker(customer);
  const rowNumbers: number[] = [];
  const minors = new Map<number, readonly string[]>();
  for (let at = 0; at < batch.rows.length; at++) {
    if (at % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
    const rowNumber = batch.rowNumbers[at] ?? 0;
    if (rowNumber <= judging.after) continue;
    const cells = batch.rows[at] ?? [];
    const row = readImportRow(cells, reading);
    const declaration = judging.declarationOf(row.overrides, row.contact.consentedAt !== undefined);
    const { guardian } = row.contact;
    const assessment = assessContact(row.contact, {
      now,
      scanner,
      noticeFrom: declaration.noticeFrom,
      guardianEvidenceResolves:
        guardian === undefined || guardian.evidence.every((item) => !unknownFiles.has(item.fileId ?? "")),
    });
    const evidenceMissing = declaration.fileId !== null && unknownFiles.has(declaration.fileId);
    if (
      assessment.status === "usable" &&
      row.faults.length === 0 &&
      declaration.faults.length === 0 &&
      row.sensitive.length === 0 &&
      !evidenceMissing
    ) {
      if (assessment.contact.minorOnly) minors.set(rowNumbers.length, safeCells(cells));
      packer.add(assessment.contact, declaration.declared);
      rowNumbers.push(rowNumber);
      continue;
    }
    const faults = [...row.faults, ...declaration.faults];
    if (evidenceMissing) faults.push(rowFault("evidence_missing", "evidence"));
    if (assessment.status === "rejected") faults.push(...assessment.codes);
    const sensitive =
      assessment.status === "quarantined" ? [...row.sensitive, ...assessment.codes] : row.sensitive;
    refused.push({
      rowNumber,
      status: faults.length > 0 ? "rejected" : "quarantined",
      // A sensitive value is told of even where the row is refused for another reason.
      codes: [...faults, ...sensitive],
      cells: safeCells(cells),
    });
  }
  return {
    header: batch.header,
    bytesRead: batch.bytesRead,
    lastRow: Math.max(judging.after, batch.rowNumbers.at(-1) ?? 0, batch.malformed.at(-1)?.rowNumber ?? 0),
    contacts: packer.packed(),
    rowNumbers,
    refused,
    minors,
  };
}

/** Ids of uploaded files that rows name and this customer does not have. */
async function unresolvedFiles(
  world: Pick<World, "store">,
  customerId: string,
  batch: TableBatch,
  { columns, after }: Judging,
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  const positions = [columns.overrides[overrideFields.indexOf("evidence")] ?? -1, columns.guardian.evidence];
  for (const position of positions.filter((each) => each >= 0)) {
    for (let at = 0; at < batch.rows.length; at++) {
      const cell = batch.rows[at]?.[position] ?? "";
      if (cell === "" || (batch.rowNumbers[at] ?? 0) <= after) continue;
      const fileId = readEvidence(cell)?.fileId;
      if (fileId !== undefined) named.add(fileId);
    }
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
