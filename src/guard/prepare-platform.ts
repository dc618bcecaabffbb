import { purposes } from "../domain/vocabulary.ts";
import type { ConnectorKind } from "./ports/connector.ts";
import type { ProcessorBody } from "./ports/processor-records.ts";
import type { Tx } from "./ports/store.ts";
import { secretsContext } from "./processors.ts";
import { newCustomer } from "./set-up.ts";
import type { World } from "./world.ts";

type Draft = Omit<World, "platformId">;

export type SandboxProcessor = {
  readonly id: string;
  readonly channel: ProcessorBody["channel"];
  readonly kind: ConnectorKind;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
};

/**
 * What must be there before the first request: the platform's own tenant, a policy, an administrator's key and, in
 * the sandbox, its processors and a do-not-call list. Safe to run at every start and by several processes at once.
 */
export async function preparePlatform(
  world: Draft,
  options: {
    readonly adminApiKey: string | null;
    readonly policy: { readonly version: string; readonly text: string };
    readonly sandbox: readonly SandboxProcessor[];
  },
): Promise<{ readonly platformId: string; readonly newAdminKey: string | null }> {
  return world.store.transaction("*", async (tx) => {
    await tx.exclusive("prepare-platform");
    const now = world.clock.now();
    const platformId = await platformTenant(world, tx);
    if ((await tx.customers.policies(now)).length === 0) {
      await tx.customers.insertPolicy({
        ...options.policy,
        digest: `sha-256:${world.sha256(options.policy.text).toString("hex")}`,
        material: true,
        publishedAt: now,
      });
    }
    const newAdminKey = await adminKey(world, tx, options.adminApiKey);
    for (const processor of options.sandbox) await putSandboxProcessor(world, tx, processor, now);
    if (options.sandbox.length > 0) await emptyList(world, tx, now);
    return { platformId, newAdminKey };
  });
}

async function platformTenant(world: Draft, tx: Tx): Promise<string> {
  const found = (await tx.customers.list(100_000, null)).find((customer) => customer.isPlatform);
  if (found !== undefined) return found.id;
  const row = newCustomer(world, { name: "Utop", legalName: "Utop (platform)", country: "VN" }, true);
  await tx.customers.insert(row);
  return row.id;
}

async function adminKey(world: Draft, tx: Tx, given: string | null): Promise<string | null> {
  const key = given ?? ((await tx.customers.hasPlatformKey()) ? null : world.newApiKey("live"));
  if (key === null) return null;
  const known = await tx.customers.keyBySha256(world.sha256(key));
  if (known !== null) return null;
  const now = world.clock.now();
  await tx.customers.insertKey(
    {
      id: world.entropy.id(now),
      customerId: null,
      scopes: ["admin", "ledger"],
      mode: "live",
      createdAt: now,
      expiresAt: null,
      revokedAt: null,
    },
    world.sha256(key),
  );
  return given === null ? key : null;
}

async function putSandboxProcessor(
  world: Draft,
  tx: Tx,
  processor: SandboxProcessor,
  now: Date,
): Promise<void> {
  const before = await tx.processors.get(processor.id, now);
  const body: ProcessorBody = {
    name: `Sandbox ${processor.channel}`,
    legalName: "Simulator of subscriber-guard",
    country: "VN",
    channel: processor.channel,
    connector: { ...processor.settings, kind: processor.kind },
    contract: before?.body.contract ?? {
      reference: "SANDBOX",
      validFrom: "2020-01-01T00:00:00Z",
      validUntil: "2099-12-31T23:59:59Z",
    },
    purposes: before?.body.purposes ?? purposes,
    fields:
      before?.body.fields ??
      (processor.channel === "page" ? ["html"] : ["phone", "name", "text", "templateData"]),
    subprocessors: [],
    transferDossier: before?.body.transferDossier ?? {
      firstTransferAt: "2026-01-01T00:00:00Z",
      filedAt: "2026-01-15T00:00:00Z",
    },
  };
  const secrets =
    Object.keys(processor.secrets).length === 0
      ? null
      : world.vault.root.seal(Buffer.from(JSON.stringify(processor.secrets)), secretsContext);
  if (before !== null && JSON.stringify(before.body.connector) === JSON.stringify(body.connector)) return;
  await tx.processors.put(processor.id, body, secrets, now);
}

/** An empty list dated at the start, until a list is uploaded. */
async function emptyList(world: Draft, tx: Tx, now: Date): Promise<void> {
  const snapshot = await tx.doNotCall.snapshot(now);
  if (snapshot !== null && snapshot.numbers > 0) return;
  const id = world.entropy.id(now);
  await tx.doNotCall.begin(id, now, now);
  await tx.doNotCall.complete(id, now, new Date(now.getTime() - 400 * 86_400_000));
}
