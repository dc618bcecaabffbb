import { openCustomer } from "./customer-access.ts";
import type { Caller } from "./guard.ts";
import { importOf } from "./import-access.ts";
import { failureFix } from "./import-failures.ts";
import type { ImportErrorRow } from "./ports/import-records.ts";
import { rowFault } from "./row-fixes.ts";
import type { World } from "./world.ts";

export const headerContext = "import.header";
export const cellsContext = "import.error";
const pageRows = 1_000;

/**
 * The rejected and quarantined rows as CSV in pieces: the file's own columns, then row, code and fix (Vietnamese,
 * then English). Sensitive cells are blank: they were never stored. An import that failed says why in a first record
 * without a row.
 */
export async function* importErrors(world: World, caller: Caller, importId: string): AsyncGenerator<string> {
  const row = await importOf(world, caller, importId);
  const { vault } = await world.store.transaction(row.customerId, (tx) =>
    openCustomer(world, tx, row.customerId),
  );
  const columns =
    row.headerCipher === null ? [] : texts(vault.open(row.headerCipher, `${headerContext}.${row.id}`));
  yield world.tables.csvMark + world.tables.csvRecord([...columns, "row", "code", "fix"]);
  const failure = row.status === "cancelled" ? (row.failureCode ?? "cancelled") : row.failureCode;
  if (failure !== null) {
    const fix = failureFix(failure);
    yield world.tables.csvRecord([...columns.map(() => ""), "", failure, `${fix.vi} / ${fix.en}`]);
  }
  let after: { readonly rowNumber: number; readonly code: string } | null = null;
  for (;;) {
    const from = after;
    const page: readonly ImportErrorRow[] = await world.store.transaction(row.customerId, (tx) =>
      tx.imports.errors(row.customerId, row.id, from, pageRows),
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page
      .map((error) => {
        const cells = texts(vault.open(error.cellsCipher, `${cellsContext}.${row.id}`));
        const { fix } = rowFault(error.code, null);
        return world.tables.csvRecord([
          ...columns.map((_, at) => cells[at] ?? ""),
          String(error.rowNumber),
          error.code,
          `${fix.vi} / ${fix.en}`,
        ]);
      })
      .join("");
    after = { rowNumber: last.rowNumber, code: last.code };
  }
}

/** Sealed as JSON by the import itself. */
function texts(bytes: Buffer): readonly string[] {
  return JSON.parse(bytes.toString("utf8")) as string[];
}
