import type { OpenCustomer } from "./customer-access.ts";
import type { Tx } from "./ports/store.ts";

/** Numbers whose owner was erased: what was taken in again since then is not to be used. */
export async function erasedNumbers(
  tx: Tx,
  customer: OpenCustomer,
  phones: readonly (string | null)[],
): Promise<ReadonlyMap<string, Date>> {
  const customerId = customer.row.id;
  if (!(await tx.erasure.hasSuppressed(customerId))) return new Map();
  const asked = [...new Set(phones.flatMap((phone) => phone ?? []))];
  const indexes = asked.map((phone) => customer.vault.suppressionIndex(phone));
  const found = await tx.erasure.suppressed(customerId, indexes);
  if (found.size === 0) return new Map();
  return new Map(
    asked.flatMap((phone, at) => {
      const erasedAt = found.get(indexes[at]?.toString("hex") ?? "");
      return erasedAt === undefined ? [] : [[phone, erasedAt] as const];
    }),
  );
}
