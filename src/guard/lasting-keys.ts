import type { Store } from "./ports/store.ts";
import type { LastingKeys, Sealer } from "./ports/vault.ts";
import { secretContext } from "./rotate-keys.ts";

/**
 * The keys of what stands in tables and with others: the do-not-call list's index, and the marks on inbound addresses
 * and notices. They must not change with the root key, so they are kept, sealed by it; `derived` is what they were
 * before they were kept.
 */
export async function lastingKeys(store: Store, root: Sealer, derived: LastingKeys): Promise<LastingKeys> {
  return store.transaction("*", async (tx) => {
    await tx.exclusive("lasting-keys");
    const kept = new Map((await tx.keys.secrets()).map(({ name, cipher }) => [name, cipher]));
    const keep = async (name: keyof LastingKeys): Promise<Buffer> => {
      const cipher = kept.get(name);
      if (cipher !== undefined) return root.open(cipher, secretContext(name));
      await tx.keys.putSecret(name, root.seal(derived[name], secretContext(name)));
      return derived[name];
    };
    return { doNotCall: await keep("doNotCall"), token: await keep("token") };
  });
}
