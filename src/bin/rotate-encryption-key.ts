import { join } from "node:path";
import type { Config } from "../config.ts";
import { rotateKeys } from "../guard/rotate-keys.ts";
import { openVault } from "../open-vault.ts";
import { packageRoot } from "../package-root.ts";
import { openRunFolder } from "../postgres/embedded/run-folder.ts";
import { connectionStringFor } from "../postgres/embedded/settings.ts";
import { openStore } from "../postgres/postgres-store.ts";

/** `subscriber-guard keys rotate`, beside the running service: every process must have been given both keys before. */
export async function rotateEncryptionKey(
  config: Config,
): Promise<{ readonly customers: number; readonly secrets: number }> {
  if (config.encryptionKey === null || config.previousEncryptionKeys.length === 0)
    throw new Error("set ENCRYPTION_KEY to the new key and ENCRYPTION_KEY_PREVIOUS to the one before");
  const url = config.databaseUrl ?? connectionStringFor(await openRunFolder(config.dataDir));
  const store = await openStore({ url, migrationsDir: join(packageRoot, "migrations"), poolMax: 2 });
  try {
    const vault = await openVault(config.encryptionKey, config.previousEncryptionKeys, store);
    return await rotateKeys({ store, vault });
  } finally {
    await store.close();
  }
}
