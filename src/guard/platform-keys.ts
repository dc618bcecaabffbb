import type { KeyCreated, PlatformKeyPage, PlatformKeyRequest } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { Caller } from "./guard.ts";
import { requireUuid } from "./set-up.ts";
import type { World } from "./world.ts";

/** Keys of the platform itself that are still valid. Their texts are known to nobody but their holders. */
export async function listPlatformKeys(world: World): Promise<PlatformKeyPage> {
  const rows = await world.store.transaction("*", (tx) => tx.customers.platformKeys(world.clock.now()));
  return {
    items: rows.map((row) => ({
      id: row.id,
      scopes: row.scopes,
      createdAt: row.createdAt.toISOString(),
      ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt.toISOString() }),
    })),
  };
}

export async function createPlatformKey(world: World, input: PlatformKeyRequest): Promise<KeyCreated> {
  const now = world.clock.now();
  const key = world.newApiKey("live");
  const id = world.entropy.id(now);
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
  const scopes = ["admin", "ledger"] as const;
  await world.store.transaction("*", (tx) =>
    tx.customers.insertKey(
      { id, customerId: null, scopes, mode: "live", createdAt: now, expiresAt, revokedAt: null },
      world.sha256(key),
    ),
  );
  return {
    id,
    key,
    scopes: [...scopes],
    mode: "live",
    createdAt: now.toISOString(),
    ...(input.expiresAt === undefined ? {} : { expiresAt: input.expiresAt }),
  };
}

/** The last one that does not expire by itself stays: nobody could make another. */
export async function revokePlatformKey(world: World, _caller: Caller, keyId: string): Promise<void> {
  requireUuid(keyId);
  await world.store.transaction("*", async (tx) => {
    await tx.exclusive("platform-keys");
    const now = world.clock.now();
    const valid = await tx.customers.platformKeys(now);
    if (!valid.some((row) => row.id === keyId)) throw new GuardError("not_found", "no such key");
    if (!valid.some((row) => row.id !== keyId && row.expiresAt === null))
      throw new GuardError("conflict", "the last key of the platform: make another one first");
    await tx.customers.revokePlatformKey(keyId, now);
  });
}
