import { chown, mkdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Binaries, binariesFor, locateNativeFolder } from "./embedded/binaries.ts";
import { checkVersion, clusterOwner, createCluster } from "./embedded/cluster.ts";
import { EmbeddedPostgresError } from "./embedded/embedded-postgres-error.ts";
import { candidateIdentities, type Identity, runAs } from "./embedded/identity.ts";
import { clearLeftOvers } from "./embedded/left-overs.ts";
import { takeOwnerLock } from "./embedded/owner-lock.ts";
import { openRunFolder } from "./embedded/run-folder.ts";
import { startServer } from "./embedded/server-process.ts";
import { connectionStringFor, serverSettings } from "./embedded/settings.ts";

export type EmbeddedPostgres = {
  /** For pg and libpq: the superuser through the Unix socket. */
  readonly connectionString: string;
  /** The cluster: `postgres` in the given data directory. */
  readonly dataDir: string;
  readonly pid: number;
  /** Ends the server after its open transactions are rolled back, then frees the data directory. */
  stop(): Promise<void>;
};

export type EmbeddedPostgresOptions = {
  /** Made if it is not there. One process at a time works in it. */
  readonly dataDir: string;
  /** Further server settings; where and how it listens cannot be changed. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Called if the server ends without stop() having been asked; null after a signal. */
  readonly onExit?: (code: number | null) => void;
};

/**
 * Starts the PostgreSQL that came with the package, making its cluster the first time. The server ends when
 * this process ends in any way. Rejects with EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (err) {
    if (err instanceof EmbeddedPostgresError) throw err;
    const reason = err instanceof Error ? err.message : String(err);
    const message = `The embedded PostgreSQL could not use ${options.dataDir}: ${reason}`;
    throw new EmbeddedPostgresError("start_failed", message, { cause: err });
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const native = locateNativeFolder();
  // Others may pass through the data directory of root, since the server's account is not root.
  const mode = process.geteuid?.() === 0 ? 0o711 : 0o700;
  await mkdir(resolve(options.dataDir), { recursive: true, mode });
  const dataDir = await realpath(options.dataDir);
  const cluster = join(dataDir, "postgres");
  const runFolder = await openRunFolder(dataDir);
  const lock = await takeOwnerLock(runFolder, dataDir);
  try {
    const owner = await clusterOwner(cluster);
    const { identity, binaries } = await chooseIdentity(owner, native, dataDir);
    if (owner === undefined) {
      await createCluster(dataDir, cluster, identity, binaries);
    } else {
      await checkVersion(cluster, binaries.majorVersion);
      await clearLeftOvers(cluster, runFolder, identity);
    }
    if (identity.kind === "account") await chown(runFolder, identity.uid, identity.gid);
    const settings = serverSettings(runFolder, options.settings ?? {});
    const server = await startServer(binaries, identity, cluster, settings);
    let stopping: Promise<void> | undefined;
    void server.exited.then(async (code) => {
      if (stopping !== undefined) return;
      await lock.release();
      options.onExit?.(code);
    });
    const stop = () => {
      stopping ??= server.stop().then(() => lock.release());
      return stopping;
    };
    return { connectionString: connectionStringFor(runFolder), dataDir: cluster, pid: server.pid, stop };
  } catch (err) {
    await lock.release();
    throw err;
  }
}

/** The first identity that reaches the data directory and finds programs that it can run. */
async function chooseIdentity(
  owner: number | undefined,
  native: string,
  dataDir: string,
): Promise<{ identity: Identity; binaries: Binaries }> {
  const reasons: string[] = [];
  for (const identity of await candidateIdentities(owner)) {
    const reached = await runAs(identity, "/bin/sh", ["-c", 'test -x "$1"', "sh", dataDir]);
    if (reached.exitCode !== 0) {
      reasons.push(`${describe(identity)} cannot enter ${dataDir} ${reached.stderr.trim()}`.trim());
      continue;
    }
    const binaries = await binariesFor(identity, native, dataDir);
    if ("postgres" in binaries) return { identity, binaries };
    reasons.push(`${describe(identity)} cannot run it (${binaries.reason})`);
  }
  if (process.geteuid?.() !== 0) {
    const message = `The PostgreSQL programs in ${native} do not run here: ${reasons.join("; ")}. Set DATABASE_URL to a PostgreSQL server instead.`;
    throw new EmbeddedPostgresError("platform_unsupported", message);
  }
  const message = `PostgreSQL does not run as root, and no other identity will do: ${reasons.join("; ")}. Start as an ordinary user, or put DATA_DIR where the account "postgres" or "nobody" can enter it, or set DATABASE_URL.`;
  throw new EmbeddedPostgresError("no_identity", message);
}

function describe(identity: Identity): string {
  switch (identity.kind) {
    case "self":
      return "this user";
    case "account":
      return `user id ${identity.uid}`;
    case "namespace":
      return "a user namespace";
  }
}
