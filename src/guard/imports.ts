import type { ImportView } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { RowCode } from "../domain/vocabulary.ts";
import type { Caller } from "./guard.ts";
import { importOf } from "./import-access.ts";
import type { ImportRow } from "./ports/import-records.ts";
import type { World } from "./world.ts";

export { importErrors } from "./import-errors.ts";
export { startImport } from "./import-upload.ts";

const pollMs = 300;
/** How long a cancellation waits for the worker to stop between two chunks. */
const cancelWithinMs = 5_000;

export async function getImport(world: World, caller: Caller, importId: string): Promise<ImportView> {
  return viewOf(await importOf(world, caller, importId));
}

/** What was recorded stays. An import that had ended by itself is a conflict. */
export async function cancelImport(world: World, caller: Caller, importId: string): Promise<ImportView> {
  const before = await importOf(world, caller, importId);
  if (before.status === "completed" || before.status === "failed")
    throw new GuardError("conflict", "the import has ended");
  await world.store.transaction(before.customerId, (tx) =>
    tx.imports.requestCancel(before.customerId, before.id),
  );
  const until = world.clock.elapsedMs() + cancelWithinMs;
  for (;;) {
    const row = await importOf(world, caller, importId);
    if (row.status !== "running" || world.clock.elapsedMs() > until) return viewOf(row);
    await world.clock.sleep(pollMs);
  }
}

/** A view at once and whenever something changed; ends with the import or the signal. */
export async function* watchImport(
  world: World,
  caller: Caller,
  importId: string,
  signal: AbortSignal,
): AsyncGenerator<ImportView> {
  let told = "";
  while (!signal.aborted) {
    const row = await importOf(world, caller, importId);
    const view = viewOf(row);
    const text = JSON.stringify(view);
    if (text !== told) yield view;
    told = text;
    if (row.status !== "running") return;
    await world.clock.sleep(pollMs, signal);
  }
}

function viewOf(row: ImportRow): ImportView {
  const count = (name: string): number => row.counts[name] ?? 0;
  return {
    id: row.id,
    // To its caller a cancelled import is one that did not complete.
    status: row.status === "cancelled" ? "failed" : row.status,
    bytes: { read: row.bytesRead, total: row.bytesTotal },
    counts: {
      total: count("total"),
      accepted: count("accepted"),
      updated: count("updated"),
      duplicate: count("duplicate"),
      rejected: count("rejected"),
      quarantined: count("quarantined"),
    },
    reasons: Object.entries(row.reasons).map(([code, times]) => ({ code: code as RowCode, count: times })),
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
