import { lastingKeys } from "./guard/lasting-keys.ts";
import type { Store } from "./guard/ports/store.ts";
import type { Vault } from "./guard/ports/vault.ts";
import { createVault, deriveLastingKeys } from "./vault/create-vault.ts";

/** The vault of a store: its lasting keys are kept there, and first derived from the oldest root key that is given. */
export async function openVault(
  rootKey: Uint8Array,
  previous: readonly Uint8Array[],
  store: Store,
): Promise<Vault> {
  const first = previous.at(-1) ?? rootKey;
  const { root } = createVault(rootKey, { previous });
  return createVault(rootKey, {
    previous,
    lasting: await lastingKeys(store, root, deriveLastingKeys(first)),
  });
}
