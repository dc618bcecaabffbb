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
  const phoneOf = new Map(
    phones.flatMap((phone) =>
      phone === null ? [] : [[customer.vault.suppressionIndex(phone).toString("hex"), phone] as const],
    ),
  );
  const found = await tx.erasure.suppressed(
    customerId,
    [...phoneOf.keys()].map((hex) => Buffer.from(hex, "hex")),
  );
  return new Map([...found].map(([hex, erasedAt]) => [phoneOf.get(hex) ?? "", erasedAt]));
}
