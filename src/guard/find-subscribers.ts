import { GuardError } from "../domain/guard-error.ts";
import { parsePhone } from "../phone/parse-phone.ts";
import { openCustomer } from "./customer-access.ts";
import type { Tx } from "./ports/store.ts";
import type { World } from "./world.ts";

export type FoundSubscriber = {
  readonly id: string;
  readonly salt: Buffer | null;
  readonly customerId: string;
};

/** What is left of an erased person: when, and how many records stay as commitments. */
export type ErasedPerson = {
  readonly customer: string;
  readonly erasedAt: Date;
  readonly recordsKept: number;
};

export type FoundPerson = {
  readonly present: readonly FoundSubscriber[];
  /** Subscribers of that id, or of nobody any more, whose data were erased. */
  readonly erasedIds: readonly string[];
  readonly erased: readonly ErasedPerson[];
};

/**
 * Who is asked for, at one customer or (customerId null) at all, each under its own index. Somebody whose erasure has
 * begun counts as erased. Throws `number_invalid` for a number that cannot be read.
 */
export async function findPerson(
  world: World,
  tx: Tx,
  customerId: string | null,
  by: { readonly phone?: string | undefined; readonly subscriberId?: string | undefined },
): Promise<FoundPerson> {
  const customers =
    customerId === null
      ? await tx.customers.list(100_000, null)
      : [(await openCustomer(world, tx, customerId)).row];
  const phone = by.subscriberId === undefined ? e164Of(by.phone ?? "") : null;
  const present: FoundSubscriber[] = [];
  const erasedIds: string[] = [];
  const erased: ErasedPerson[] = [];
  for (const customer of customers) {
    const vault = world.vault.customer(customer.id, customer.keyWrapped);
    const rows =
      phone === null
        ? await tx.subscribers.byIds(customer.id, [by.subscriberId ?? ""])
        : await tx.subscribers.byIndexes(customer.id, [vault.phoneIndex(phone)]);
    for (const { id, salt, erasedAt } of rows) {
      if (erasedAt === null) {
        present.push({ id, salt, customerId: customer.id });
        continue;
      }
      erased.push({ customer: customer.id, erasedAt, recordsKept: await tx.ledger.countOf(id) });
      erasedIds.push(id);
    }
    const suppressed =
      phone === null ? null : await tx.erasure.suppression(customer.id, vault.suppressionIndex(phone));
    if (suppressed !== null) erased.push({ customer: customer.id, ...suppressed });
  }
  return { present, erasedIds, erased };
}

function e164Of(input: string): string {
  const parsed = parsePhone(input, "VN");
  if (parsed.ok) return parsed.phone.e164;
  throw new GuardError("number_invalid", "the number of a look-up cannot be read", {
    errors: [{ pointer: "/phone", code: parsed.fault, message: "not a number that can receive a message" }],
  });
}
