import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileErasureList } from "../../src/anchor/file-erasure-list.ts";
import { createClock } from "../../src/compose.ts";
import { createScanner } from "../../src/content/scan.ts";
import { guardOf } from "../../src/guard/create-guard.ts";
import type { Caller, Guard } from "../../src/guard/guard.ts";
import type { Queue } from "../../src/guard/ports/queue.ts";
import type { Store } from "../../src/guard/ports/store.ts";
import { preparePlatform } from "../../src/guard/prepare-platform.ts";
import type { CheckpointAnchor, World } from "../../src/guard/world.ts";
import { apiKeyRandomBytes, createApiKey } from "../../src/http/api-key.ts";
import { generateSignerKey } from "../../src/ledger/note-key.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { openStore } from "../../src/postgres/postgres-store.ts";
import { createEngine } from "../../src/rules/engine.ts";
import { createTableReader } from "../../src/tabular/table-reader.ts";
import { createVault } from "../../src/vault/create-vault.ts";
import { systemEntropy } from "../../src/vault/system-entropy.ts";
import { createWebhookSender } from "../../src/webhooks/webhook-sender.ts";
import { createTestDatabase } from "./test-database.ts";

const migrationsDir = fileURLToPath(new URL("../../migrations", import.meta.url));

export type TestWorld = {
  readonly world: World;
  readonly guard: Guard;
  readonly url: string;
  /** What was logged, to look for what must not be there. */
  readonly logged: readonly string[];
  /** A customer of its own that has accepted the policy, and a caller that acts for it. */
  newCustomer(): Promise<Caller>;
  close(): Promise<void>;
};

/** No test of these reaches the queue, a provider or a report: what is used of them is a mistake and says so. */
function unused<T extends object>(what: string): T {
  return new Proxy({} as T, {
    get: (_, name) => () => {
      throw new Error(`${what}.${String(name)} is not part of this world`);
    },
  });
}

/** Real store, vault, engine, scanner and clock on a database of its own. */
export async function openTestWorld(): Promise<TestWorld> {
  const database = await createTestDatabase({
    name: "postgres_store",
    prepare: async (url) => void (await migrate(url, migrationsDir)),
  });
  const store = await openStore({ url: database.url, migrationsDir, poolMax: 10 });
  const opened = await worldOn(store);
  return {
    ...opened,
    url: database.url,
    async close() {
      await store.close();
      opened.removeFiles();
      await database.drop();
    },
  };
}

/** What a test puts in the place of a world's own. */
export type WorldParts = Partial<Pick<World, "clock" | "vault" | "queue" | "connectors" | "webhooks">> & {
  readonly anchor?: CheckpointAnchor;
};

/** A world on a store that is open already; the caller closes it. */
export async function worldOn(
  store: Store,
  { anchor, ...parts }: WorldParts = {},
): Promise<Omit<TestWorld, "url" | "close"> & { removeFiles(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "sg-world-"));
  const logged: string[] = [];
  const note = (fields: Readonly<Record<string, unknown>>, text: string): void =>
    void logged.push(`${text} ${JSON.stringify(fields)}`);
  const clock = parts.clock ?? createClock(null);
  const entropy = systemEntropy();
  const scanner = createScanner();
  const draft: Omit<World, "platformId"> = {
    store,
    queue: unused<Queue>("queue"),
    vault: createVault(randomBytes(32)),
    entropy,
    clock,
    engine: createEngine(),
    scanner,
    connectors: unused("connectors"),
    webhooks: createWebhookSender({ loopback: true }),
    log: { info: note, warn: note, error: note },
    reports: unused("reports"),
    tables: createTableReader({ spoolDir: join(folder, "spool") }),
    ledger: {
      signer: generateSignerKey("test.example/log", (count) => randomBytes(count)),
      origin: "test.example/log",
      anchor: anchor ?? unused("anchor"),
    },
    erasures: fileErasureList(join(folder, "erasures.list")),
    holderId: entropy.id(clock.now()),
    policyDigest: `sha-256:${scanner.digest}`,
    publicUrl: "https://test.example",
    newApiKey: (mode) => createApiKey(mode, entropy.bytes(apiKeyRandomBytes)),
    sha256: (bytes) => createHash("sha256").update(bytes).digest(),
    ...parts,
  };
  const policy = {
    version: "1.0",
    text: readFileSync(new URL("../../data/policy/1.0.txt", import.meta.url), "utf8"),
  };
  const { platformId } = await preparePlatform(draft, { adminApiKey: null, policy, sandbox: [] });
  const world: World = { ...draft, platformId };
  const guard = guardOf(world);
  const admin: Caller = { keyId: "admin", customerId: null, scopes: ["admin"], mode: "live", requestId: "r" };
  return {
    world,
    guard,
    logged,
    async newCustomer() {
      const name = `Sách Việt ${randomBytes(4).toString("hex")}`;
      const { id } = await guard.createCustomer(admin, { name, legalName: name, country: "VN" });
      const caller: Caller = { ...admin, customerId: id, scopes: ["contacts", "consents"], mode: "test" };
      await guard.acceptPolicy(caller, { version: "1.0", acceptedBy: "An" });
      return caller;
    },
    removeFiles: () => rmSync(folder, { recursive: true, force: true }),
  };
}
