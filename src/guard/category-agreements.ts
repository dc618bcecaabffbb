import type { CategoryAgreementRequest, CategoryAgreementView } from "../domain/contract.gen.ts";
import type { Category } from "../domain/finding.ts";
import { GuardError } from "../domain/guard-error.ts";
import { agreeableCategories } from "../rules/sensitive-content.ts";
import { appendRecords } from "./append-record.ts";
import { openCustomer } from "./customer-access.ts";
import type { Caller } from "./guard.ts";
import type { AgreementRow } from "./ports/customer-records.ts";
import type { ProcessorRow } from "./ports/processor-records.ts";
import type { Tx } from "./ports/store.ts";
import { requireUuid } from "./set-up.ts";
import type { World } from "./world.ts";

/**
 * Categories that a person may look at instead of their being refused (policy I.6; Decree 356/2025 Art. 6(4)): the
 * customer's agreement is in force at that moment, and the processor's fields name the category.
 */
export async function agreedCategories(
  tx: Tx,
  customerId: string,
  processor: ProcessorRow | null,
  moment: Date,
  readUntil: Date,
): Promise<readonly Category[]> {
  const carried = agreeableCategories.filter((category) => processor?.body.fields.includes(category));
  // Hardly any processor carries one: nothing is asked for the others.
  if (carried.length === 0) return [];
  const rows = await tx.customers.agreements(customerId, readUntil);
  const agreed = new Set(rows.flatMap((row) => (isInForce(row, moment) ? row.category : [])));
  return carried.filter((category) => agreed.has(category));
}

function isInForce({ validFrom, validUntil }: AgreementRow, moment: Date): boolean {
  const at = moment.getTime();
  return validFrom.getTime() <= at && (validUntil === null || at < validUntil.getTime());
}

export async function listCategoryAgreements(
  world: World,
  customerId: string,
): Promise<{ readonly items: readonly CategoryAgreementView[] }> {
  requireUuid(customerId);
  return world.store.transaction("*", async (tx) => {
    await requireCustomer(tx, customerId);
    const rows = await tx.customers.agreements(customerId, world.clock.now());
    return { items: rows.map(view) };
  });
}

/** Takes effect at the next decision and the next permit; an earlier one about the category stays in history. */
export async function putCategoryAgreement(
  world: World,
  caller: Caller,
  customerId: string,
  category: string,
  input: CategoryAgreementRequest,
): Promise<{ readonly created: boolean; readonly agreement: CategoryAgreementView }> {
  requireUuid(customerId);
  if (!isAgreeable(category)) {
    throw new GuardError("invalid_request", "no agreement is possible about this category", {
      errors: [
        { pointer: "/category", code: "not_allowed", message: `one of ${agreeableCategories.join(", ")}` },
      ],
    });
  }
  const now = world.clock.now();
  const row: AgreementRow = {
    category,
    reference: input.reference,
    validFrom: new Date(input.validFrom),
    validUntil: input.validUntil === undefined ? null : new Date(input.validUntil),
    recordedAt: now,
  };
  if (row.validUntil !== null && row.validUntil.getTime() < row.validFrom.getTime()) {
    throw new GuardError("invalid_request", "the agreement ends before it begins", {
      errors: [{ pointer: "/validUntil", code: "order", message: "validUntil must not be before validFrom" }],
    });
  }
  return world.store.transaction("*", async (tx) => {
    await requireCustomer(tx, customerId);
    const created = await tx.customers.putAgreement(customerId, row);
    await record(world, tx, customerId, { agreement: view(row), key: caller.keyId });
    return { created, agreement: view(row) };
  });
}

export async function endCategoryAgreement(
  world: World,
  caller: Caller,
  customerId: string,
  category: string,
): Promise<void> {
  requireUuid(customerId);
  await world.store.transaction("*", async (tx) => {
    if (!(await tx.customers.endAgreement(customerId, category, world.clock.now())))
      throw new GuardError("not_found", "no such agreement");
    await record(world, tx, customerId, { agreementEnded: category, key: caller.keyId });
  });
}

/** In the customer's own ledger: what it is allowed changes, and for it alone. */
async function record(world: World, tx: Tx, customerId: string, note: object): Promise<void> {
  const customer = await openCustomer(world, tx, customerId);
  await appendRecords(world, tx, { id: customer.row.id, vault: customer.vault }, [
    { salt: null, draft: { kind: "policy_change", note: JSON.stringify(note) } },
  ]);
}

async function requireCustomer(tx: Tx, customerId: string): Promise<void> {
  if ((await tx.customers.get(customerId)) === null) throw new GuardError("not_found", "no such customer");
}

function isAgreeable(category: string): boolean {
  return (agreeableCategories as readonly string[]).includes(category);
}

function view(row: AgreementRow): CategoryAgreementView {
  return {
    category: row.category as CategoryAgreementView["category"],
    reference: row.reference,
    validFrom: row.validFrom.toISOString(),
    ...(row.validUntil === null ? {} : { validUntil: row.validUntil.toISOString() }),
    recordedAt: row.recordedAt.toISOString(),
  };
}
