import { GuardError } from "../domain/guard-error.ts";
import type { Caller } from "./guard.ts";
import type { CustomerRow } from "./ports/customer-records.ts";
import type { Tx } from "./ports/store.ts";
import type { CustomerVault } from "./ports/vault.ts";
import type { World } from "./world.ts";

/** The caller's own customer; a platform key has none and so reaches no customer's data this way. */
export function customerOf(caller: Caller): string {
  if (caller.customerId === null)
    throw new GuardError("scope_missing", "a platform key acts for no customer");
  return caller.customerId;
}

export type OpenCustomer = { readonly row: CustomerRow; readonly vault: CustomerVault };

export async function openCustomer(world: World, tx: Tx, customerId: string): Promise<OpenCustomer> {
  const row = await tx.customers.get(customerId);
  if (row === null) throw new GuardError("not_found", "no such customer");
  return { row, vault: world.vault.customer(row.id, row.keyWrapped) };
}

/**
 * The version that is current, and whether the customer has accepted it or any since the last material one.
 * Policy IX; Law 91/2025 Art. 9(4)(a): a new version does not extend what was agreed before.
 */
export async function policyState(
  tx: Tx,
  customerId: string,
  at: Date,
): Promise<{ readonly requiredVersion: string; readonly accepted: boolean }> {
  const [policies, accepted] = [
    await tx.customers.policies(at),
    await tx.customers.acceptances(customerId, at),
  ];
  const sinceMaterial = policies.findIndex((policy) => policy.material);
  const sufficient = sinceMaterial === -1 ? policies : policies.slice(0, sinceMaterial + 1);
  return {
    requiredVersion: policies[0]?.version ?? "",
    accepted: policies.length === 0 || sufficient.some((policy) => accepted.includes(policy.version)),
  };
}

/** Before anything of a subscriber is taken in or sent: the customer is active and bound by the policy. */
export async function requireActive(world: World, tx: Tx, customerId: string): Promise<OpenCustomer> {
  const customer = await openCustomer(world, tx, customerId);
  if (customer.row.status !== "active") throw new GuardError("customer_inactive", "the customer is closed");
  const policy = await policyState(tx, customerId, world.clock.now());
  if (!policy.accepted)
    throw new GuardError("policy_not_accepted", `policy ${policy.requiredVersion} is not accepted`);
  return customer;
}
