import type {
  CustomerPatch,
  CustomerRequest,
  CustomerView,
  KeyCreated,
  KeyRequest,
  PolicyAcceptanceRequest,
  PolicyAcceptanceView,
  PolicyVersionRequest,
  PolicyView,
} from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { appendRecords } from "./append-record.ts";
import { customerOf, openCustomer } from "./customer-access.ts";
import type { Caller } from "./guard.ts";
import type { CustomerRow, PolicyRow } from "./ports/customer-records.ts";
import type { Tx } from "./ports/store.ts";
import type { World } from "./world.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function createCustomer(
  world: World,
  _caller: Caller,
  input: CustomerRequest,
): Promise<CustomerView> {
  return world.store.transaction("*", async (tx) => {
    const row = newCustomer(world, input, false);
    await tx.customers.insert(row);
    await tx.customers.replaceSenders(row.id, input.senders ?? [], row.createdAt);
    return customerView(tx, row, row.createdAt);
  });
}

export function newCustomer(
  world: Pick<World, "clock" | "entropy" | "vault">,
  input: CustomerRequest,
  isPlatform: boolean,
): CustomerRow {
  const now = world.clock.now();
  return {
    id: world.entropy.id(now),
    name: input.name,
    legalName: input.legalName,
    country: input.country,
    taxCode: input.taxCode ?? null,
    legalKey: legalKey(input),
    status: "active",
    isPlatform,
    keyWrapped: world.vault.newCustomerKey(),
    createdAt: now,
  };
}

/** The advertiser in law: its tax code, or else its legal name as it is spelt without regard to case and spaces. */
function legalKey(input: CustomerRequest): string {
  const code = input.taxCode?.replaceAll(/\W/g, "");
  if (code !== undefined && code !== "") return `${input.country}:tax:${code}`;
  return `${input.country}:name:${input.legalName.normalize("NFC").toLocaleLowerCase("vi").replaceAll(/\s+/g, " ").trim()}`;
}

export async function changeCustomer(
  world: World,
  _caller: Caller,
  customerId: string,
  input: CustomerPatch,
): Promise<CustomerView> {
  requireUuid(customerId);
  return world.store.transaction("*", async (tx) => {
    const now = world.clock.now();
    if ((await tx.customers.get(customerId)) === null) throw new GuardError("not_found", "no such customer");
    if (input.senders !== undefined) await tx.customers.replaceSenders(customerId, input.senders, now);
    if (input.status !== undefined) await tx.customers.setStatus(customerId, input.status, now);
    const row = await tx.customers.get(customerId);
    if (row === null) throw new GuardError("not_found", "no such customer");
    return customerView(tx, row, now);
  });
}

async function customerView(tx: Tx, row: CustomerRow, at: Date): Promise<CustomerView> {
  return {
    id: row.id,
    name: row.name,
    legalName: row.legalName,
    country: row.country,
    ...(row.taxCode === null ? {} : { taxCode: row.taxCode }),
    senders: await tx.customers.senders(row.id, at),
    status: row.status,
    createdAt: row.createdAt.toISOString(),
  };
}

export async function createKey(
  world: World,
  _caller: Caller,
  customerId: string,
  input: KeyRequest,
): Promise<KeyCreated> {
  requireUuid(customerId);
  if (input.scopes.includes("admin")) {
    throw new GuardError("invalid_request", "a customer's key cannot have the admin scope", {
      errors: [{ pointer: "/scopes", code: "enum", message: "admin is for the platform's own key" }],
    });
  }
  return world.store.transaction("*", async (tx) => {
    if ((await tx.customers.get(customerId)) === null) throw new GuardError("not_found", "no such customer");
    const now = world.clock.now();
    const key = world.newApiKey(input.mode);
    const id = world.entropy.id(now);
    await tx.customers.insertKey(
      {
        id,
        customerId,
        scopes: input.scopes,
        mode: input.mode,
        createdAt: now,
        expiresAt: input.expiresAt === undefined ? null : new Date(input.expiresAt),
        revokedAt: null,
      },
      world.sha256(key),
    );
    return {
      id,
      key,
      scopes: [...input.scopes],
      mode: input.mode,
      createdAt: now.toISOString(),
      ...(input.expiresAt === undefined ? {} : { expiresAt: input.expiresAt }),
    };
  });
}

export async function revokeKey(
  world: World,
  _caller: Caller,
  customerId: string,
  keyId: string,
): Promise<void> {
  requireUuid(customerId);
  requireUuid(keyId);
  const revoked = await world.store.transaction("*", (tx) =>
    tx.customers.revokeKey(customerId, keyId, world.clock.now()),
  );
  if (!revoked) throw new GuardError("not_found", "no such key");
}

/** By its SHA-256 alone; an administrator's key may be any 32 or more printable characters. */
export async function authenticate(world: World, secret: string, requestId: string): Promise<Caller | null> {
  if (secret.length < 32 || secret.length > 512) return null;
  const row = await world.store.transaction("*", (tx) => tx.customers.keyBySha256(world.sha256(secret)));
  const now = world.clock.now().getTime();
  if (row === null || row.revokedAt !== null) return null;
  if (row.expiresAt !== null && row.expiresAt.getTime() <= now) return null;
  return { keyId: row.id, customerId: row.customerId, scopes: row.scopes, mode: row.mode, requestId };
}

export async function currentPolicy(world: World): Promise<PolicyView> {
  const [policy] = await world.store.transaction("*", (tx) => tx.customers.policies(world.clock.now()));
  if (policy === undefined) throw new GuardError("not_found", "no policy is published");
  return policyView(world, policy);
}

export async function policyText(world: World, version: string): Promise<string | null> {
  const policies = await world.store.transaction("*", (tx) => tx.customers.policies(world.clock.now()));
  return policies.find((policy) => policy.version === version)?.text ?? null;
}

function policyView(world: World, policy: PolicyRow): PolicyView {
  return {
    version: policy.version,
    publishedAt: policy.publishedAt.toISOString(),
    digest: policy.digest,
    url: `${world.publicUrl}/docs/policy/${encodeURIComponent(policy.version)}`,
  };
}

/** A published version is never changed: publishing it again with another text is a conflict. */
export async function publishPolicy(
  world: World,
  caller: Caller,
  input: PolicyVersionRequest,
): Promise<PolicyView> {
  return world.store.transaction("*", async (tx) => {
    const now = world.clock.now();
    const row: PolicyRow = {
      version: input.version,
      text: input.text,
      digest: `sha-256:${world.sha256(input.text).toString("hex")}`,
      material: input.material,
      publishedAt: now,
    };
    if (!(await tx.customers.insertPolicy(row))) {
      const existing = (await tx.customers.policies(now)).find((policy) => policy.version === input.version);
      if (existing !== undefined && existing.digest === row.digest && existing.material === row.material) {
        return policyView(world, existing);
      }
      throw new GuardError("conflict", "this policy version is published with another text");
    }
    const platform = await openCustomer(world, tx, world.platformId);
    await appendRecords(world, tx, { id: platform.row.id, vault: platform.vault }, [
      {
        salt: null,
        draft: {
          kind: "policy_change",
          policyDigest: row.digest,
          note: `version ${row.version}, key ${caller.keyId}`,
        },
      },
    ]);
    return policyView(world, row);
  });
}

export async function acceptPolicy(
  world: World,
  caller: Caller,
  input: PolicyAcceptanceRequest,
): Promise<PolicyAcceptanceView> {
  const customerId = customerOf(caller);
  return world.store.transaction(customerId, async (tx) => {
    const now = world.clock.now();
    const known = (await tx.customers.policies(now)).some((policy) => policy.version === input.version);
    if (!known) throw new GuardError("not_found", "no such policy version");
    await tx.customers.accept(customerId, input.version, input.acceptedBy, now);
    return { version: input.version, acceptedBy: input.acceptedBy, acceptedAt: now.toISOString() };
  });
}

/** An id that is none names nothing: the same answer as for another customer's. */
export function requireUuid(id: string): void {
  if (!uuid.test(id)) throw new GuardError("not_found", "no such object");
}
