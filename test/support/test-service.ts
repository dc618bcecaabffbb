import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { formatSignerKey, generateSignerKey } from "../../src/ledger/note-key.ts";
import { openRunFolder } from "../../src/postgres/embedded/run-folder.ts";
import { connectionStringFor } from "../../src/postgres/embedded/settings.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type ApiClient, apiClient } from "./api-client.ts";
import { startRedis } from "./redis.ts";
import { dumpRedis } from "./redis-dump.ts";
import { sandboxNow } from "./sandbox-clock.ts";
import { type ServiceProcess, startServiceProcess } from "./service-process.ts";
import { createTestDatabase } from "./test-database.ts";

export const ledgerOrigin = "subscriber-guard.local/ledger";

/** A whole running installation: its processes, its store, its queue, and a provider outside of it. */
export type TestService = {
  readonly base: string;
  readonly api: ApiClient;
  readonly adminKey: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** The environment under which programs of the operator see the same installation. */
  readonly env: Readonly<Record<string, string>>;
  /** Simulators in the test's own process: the provider's record outlives every process of the service. */
  readonly provider: Sandbox;
  /** What all processes so far have written. */
  output(): string;
  /** Everything that BullMQ holds at this moment, as text. */
  dumpJobs(): Promise<string>;
  /** Ends every process by that signal; resolves to their exit codes. */
  end(signal: NodeJS.Signals): Promise<readonly (number | null)[]>;
  /** Starts the same installation again, at the same address. */
  startAgain(): Promise<void>;
  /** Ends everything and removes what it had stored. */
  stop(): Promise<void>;
};

export type TestBackend = { readonly name: string; start(): Promise<TestService> };

/** One process with its own PostgreSQL, BullMQ on it. */
export const embeddedBackend: TestBackend = {
  name: "the embedded default",
  async start() {
    const dataDir = await dataFolder();
    const env = { DATA_DIR: dataDir };
    let process = await startServiceProcess(env);
    const { base } = process;
    const adminKey = /sg_live_[0-9A-Za-z]+/.exec(process.output())?.[0];
    if (adminKey === undefined) throw new Error("the first start printed no key");
    const databaseUrl = connectionStringFor(await openRunFolder(dataDir));
    return installation({
      base,
      adminKey,
      databaseUrl,
      dataDir,
      env,
      processes: [process],
      start: async () => {
        process = await startServiceProcess(env, Number(new URL(base).port));
        return [process];
      },
      dumpJobs: () => dumpSchema(databaseUrl),
      remove: () => rm(dataDir, { recursive: true, force: true }),
    });
  },
};

/** PostgreSQL and Redis as servers of their own, API and worker as two processes. */
export const serversBackend: TestBackend = {
  name: "PostgreSQL and Redis",
  async start() {
    const database = await createTestDatabase();
    const redis = await startRedis();
    const dataDir = await dataFolder();
    const env = serverEnvironment(database.url, redis.url, dataDir);
    const adminKey = env["ADMIN_API_KEY"] ?? "";
    const start = async (port?: number): Promise<readonly ServiceProcess[]> => {
      const api = await startServiceProcess({ ...env, ROLE: "api" }, port);
      return [api, await startServiceProcess({ ...env, ROLE: "worker", PUBLIC_URL: api.base })];
    };
    const processes = await start();
    const base = processes[0]?.base ?? "";
    return installation({
      base,
      adminKey,
      databaseUrl: database.url,
      dataDir,
      env,
      processes,
      start: () => start(Number(new URL(base).port)),
      dumpJobs: () => dumpRedis(redis.url),
      remove: async () => {
        await redis.stop();
        await database.drop();
        await rm(dataDir, { recursive: true, force: true });
      },
    });
  },
};

/** Settings of an installation on servers; each call makes new keys. */
export function serverEnvironment(
  databaseUrl: string,
  redisUrl: string,
  dataDir: string,
): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    DATA_DIR: dataDir,
    SANDBOX: "1",
    ADMIN_API_KEY: randomBytes(24).toString("hex"),
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    LEDGER_KEY: formatSignerKey(generateSignerKey(ledgerOrigin, (count) => randomBytes(count))),
  };
}

export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sg-e2e-"));
  // The embedded server's account is not root and must pass through.
  if (process.geteuid?.() === 0) await chmod(folder, 0o711);
  return folder;
}

type Parts = {
  readonly base: string;
  readonly adminKey: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly processes: readonly ServiceProcess[];
  start(): Promise<readonly ServiceProcess[]>;
  dumpJobs(): Promise<string>;
  remove(): Promise<void>;
};

async function installation(parts: Parts): Promise<TestService> {
  const provider = await startSandbox({ now: sandboxNow });
  const all = [...parts.processes];
  let running = parts.processes;
  const end = (signal: NodeJS.Signals) => Promise.all(running.map((each) => each.end(signal)));
  return {
    base: parts.base,
    api: apiClient(parts.base),
    adminKey: parts.adminKey,
    databaseUrl: parts.databaseUrl,
    dataDir: parts.dataDir,
    env: parts.env,
    provider,
    output: () => all.map((each) => each.output()).join("\n"),
    dumpJobs: () => parts.dumpJobs(),
    end,
    async startAgain() {
      running = await parts.start();
      all.push(...running);
    },
    async stop() {
      await end("SIGTERM");
      await provider.stop();
      await parts.remove();
    },
  };
}

async function dumpSchema(databaseUrl: string): Promise<string> {
  return query(databaseUrl, async (client) => {
    const tables = await client.query<{ name: string }>(
      `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
       where table_schema = 'bullmq' and table_type = 'BASE TABLE'`,
    );
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const rows = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      texts.push(...rows.rows.map(({ row }) => row));
    }
    return texts.join("\n");
  });
}

/** One conversation with that database. */
export async function query<T>(
  databaseUrl: string,
  conversation: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    options: "-c search_path=guard -c guard.customer=*",
  });
  await client.connect();
  try {
    return await conversation(client);
  } finally {
    await client.end();
  }
}
