import type { Tx } from "./ports/store.ts";
import type { Sealer } from "./ports/vault.ts";
import { secretsContext } from "./processors.ts";
import type { World } from "./world.ts";

export const tokenContext = "processor.token";
const pageMax = 500;

/**
 * Seals everything anew that stands under a previous root key. Safe to repeat and to break off: each page is a
 * transaction of its own, and both keys open until the previous one is taken away. What customers' own keys have
 * sealed stays as it is: only these keys are wrapped anew.
 */
export async function rotateKeys(
  world: Pick<World, "store" | "vault">,
): Promise<{ readonly customers: number; readonly secrets: number }> {
  const { vault } = world;
  let customers = 0;
  for (let after: string | null = null; ; ) {
    const page: readonly { readonly id: string }[] = await world.store.transaction("*", async (tx) => {
      const rows = await tx.keys.customerKeys(pageMax, after);
      for (const { id, keyWrapped } of rows) await tx.keys.setCustomerKey(id, vault.rewrap(keyWrapped));
      return rows;
    });
    customers += page.length;
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  const secrets = await world.store.transaction("*", (tx) => sealAnew(tx, vault.root));
  return { customers, secrets };
}

async function sealAnew(tx: Tx, root: Sealer): Promise<number> {
  const again = (cipher: Buffer, context: string): Buffer => root.seal(root.open(cipher, context), context);
  const kept = await tx.keys.secrets();
  for (const { name, cipher } of kept) await tx.keys.putSecret(name, again(cipher, secretContext(name)));
  const connectors = await tx.keys.processorSecrets();
  for (const { id, version, cipher } of connectors)
    await tx.keys.setProcessorSecrets(id, version, again(cipher, secretsContext));
  const tokens = await tx.keys.tokens();
  for (const { processorId, cipher } of tokens)
    await tx.keys.setToken(processorId, again(cipher, tokenContext));
  return kept.length + connectors.length + tokens.length;
}

/** Keys that outlive rotations; each is bound to its name. */
export function secretContext(name: string): string {
  return `platform_secret.${name}`;
}
