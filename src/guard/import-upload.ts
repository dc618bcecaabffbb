import type { Declaration, ImportCreated, ImportMapping } from "../domain/contract.gen.ts";
import { declarationFaults } from "../domain/declaration.ts";
import { type Fault, GuardError } from "../domain/guard-error.ts";
import { canonicalText } from "../ledger/canonical.ts";
import { customerOf, type OpenCustomer, requireActive } from "./customer-access.ts";
import { checkDeclaration } from "./evidence-references.ts";
import type { Caller, Upload } from "./guard.ts";
import { attributesMax } from "./import-columns.ts";
import type { ImportRow } from "./ports/import-records.ts";
import type { Tx } from "./ports/store.ts";
import type { World } from "./world.ts";

/** The file is kept in sealed pieces of this size, so that memory does not grow with it. */
const pieceBytes = 1024 ** 2;
/** An upload that has not ended by then was broken off by the end of its process. */
const uploadHoursMax = 6;

export const chunkContext = (importId: string, position: number): string => `import.${importId}.${position}`;

/**
 * `POST /v1/contact-imports`: takes the file in and leaves the work to a job. The same bytes under the same
 * declaration and mapping while their import still runs are that import; after its end they are imported again,
 * which finds every row known, and so is quick and changes nothing.
 */
export async function startImport(
  world: World,
  caller: Caller,
  input: {
    readonly declaration: Declaration;
    readonly mapping: ImportMapping | null;
    readonly file: Upload;
  },
): Promise<ImportCreated> {
  const customerId = customerOf(caller);
  const [fault] = declarationFaults(input.declaration);
  if (fault !== undefined) throw new GuardError(fault.code, fault.message);
  refuseMapping(world, input.mapping);
  const now = world.clock.now();
  const row: ImportRow = {
    id: world.entropy.id(now),
    customerId,
    status: "running",
    failureCode: null,
    declaration: input.declaration,
    mapping: input.mapping,
    fileSha256: null,
    headerCipher: null,
    bytesRead: 0,
    bytesTotal: null,
    rowsDone: 0,
    counts: {},
    reasons: {},
    cancelRequested: false,
    startedAt: now,
    finishedAt: null,
  };
  const customer = await world.store.transaction(customerId, async (tx) => {
    const opened = await requireActive(world, tx, customerId);
    await checkDeclaration(world, tx, customerId, input.declaration);
    await closeAbandoned(world, tx);
    await tx.imports.insert(row);
    return opened;
  });
  try {
    const { fileDigest, bytes } = await storePieces(world, customer, row.id, input.file.bytes);
    const running = await world.store.transaction(customerId, (tx) =>
      enqueue(world, tx, row, fileDigest, bytes),
    );
    return { id: running, status: "running" };
  } catch (error) {
    await world.store
      .transaction(customerId, (tx) =>
        tx.imports.finish(row.id, "failed", "upload_broken", world.clock.now()),
      )
      .catch((err: unknown) => world.log.warn({ err, importId: row.id }, "a broken upload stays behind"));
    throw error;
  }
}

/** What cannot be meant, whatever the file's columns are. Names of columns are the caller's and are not repeated. */
function refuseMapping(world: World, mapping: ImportMapping | null): void {
  if (mapping === null) return;
  const header = Object.keys(mapping);
  const faults: Fault[] = world.tables.columns(header, mapping).faults.map((fault) => ({
    pointer: `/mapping/${fault.column.replaceAll("~", "~0").replaceAll("/", "~1")}`.slice(0, 200),
    code: fault.code,
    message:
      fault.code === "field_twice"
        ? "two columns are mapped to one field"
        : "not a field of a contact; use a field, attributes.<name> or ignore",
  }));
  const attributes = Object.values(mapping).filter((target) => target.startsWith("attributes.")).length;
  if (attributes > attributesMax)
    faults.push({ pointer: "/mapping", code: "too_many", message: `at most ${attributesMax} attributes` });
  if (faults.length > 0)
    throw new GuardError("invalid_request", "the mapping cannot be meant", { errors: faults });
}

async function storePieces(
  world: World,
  customer: OpenCustomer,
  importId: string,
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly fileDigest: Buffer; readonly bytes: number }> {
  const digest = world.tables.digest();
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let bytes = 0;
  let position = 0;
  const store = async (): Promise<void> => {
    const piece = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    if (position === 0) world.tables.inspect(piece);
    const at = position++;
    const cipher = customer.vault.seal(piece, chunkContext(importId, at));
    await world.store.transaction(customer.row.id, (tx) => tx.imports.addChunk(importId, at, cipher));
  };
  for await (const chunk of source) {
    digest.update(chunk);
    bytes += chunk.length;
    for (let from = 0; from < chunk.length; ) {
      // Copied: the parser of the request may use its buffer again.
      const part = Uint8Array.prototype.slice.call(chunk, from, from + pieceBytes - waitingBytes);
      from += part.length;
      waiting.push(part);
      waitingBytes += part.length;
      if (waitingBytes >= pieceBytes) await store();
    }
  }
  if (waitingBytes > 0 || position === 0) await store();
  // Keyed: whoever holds the table alone could guess a file of one number from its plain hash.
  return { fileDigest: customer.vault.digest(digest.end().toString("hex")), bytes };
}

async function enqueue(
  world: World,
  tx: Tx,
  row: ImportRow,
  fileDigest: Buffer,
  bytes: number,
): Promise<string> {
  const now = world.clock.now();
  await tx.exclusive(`import ${row.customerId} ${fileDigest.toString("hex")}`);
  const same = await tx.imports.ofFile(row.customerId, fileDigest);
  if (same?.status === "running" && saying(same) === saying(row)) {
    await tx.imports.finish(row.id, "cancelled", "same_file", now);
    return same.id;
  }
  if (!(await tx.imports.uploaded(row.id, fileDigest, bytes)))
    throw new GuardError("conflict", "the import was ended during its upload");
  await tx.outbox.add(
    [
      {
        id: world.entropy.id(now),
        customerId: row.customerId,
        name: "import",
        data: { importId: row.id, customerId: row.customerId },
        lane: "",
        dueAt: now,
      },
    ],
    now,
  );
  return row.id;
}

function saying(row: Pick<ImportRow, "declaration" | "mapping">): string {
  return canonicalText({ declaration: row.declaration, mapping: row.mapping });
}

async function closeAbandoned(world: World, tx: Tx): Promise<void> {
  const now = world.clock.now();
  for (const row of await tx.imports.unfinished(100, null)) {
    if (row.fileSha256 === null && now.getTime() - row.startedAt.getTime() > uploadHoursMax * 3_600_000)
      await tx.imports.finish(row.id, "failed", "upload_broken", now);
  }
}
