import { GuardError } from "../domain/guard-error.ts";
import { customerOf } from "./customer-access.ts";
import type { Caller } from "./guard.ts";
import type { ImportRow } from "./ports/import-records.ts";
import { requireUuid } from "./set-up.ts";
import type { World } from "./world.ts";

/** An import of the caller's own customer; another's is as unknown as one that never was. */
export async function importOf(world: World, caller: Caller, importId: string): Promise<ImportRow> {
  const customerId = customerOf(caller);
  requireUuid(importId);
  const row = await world.store.transaction(customerId, (tx) => tx.imports.get(customerId, importId));
  if (row === null) throw new GuardError("not_found", "no such import");
  return row;
}
