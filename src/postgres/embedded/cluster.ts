import { chmod, chown, mkdtemp, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { type Identity, runAs } from "./identity.ts";

/** The user id that owns the cluster; undefined when there is none yet. */
export async function clusterOwner(cluster: string): Promise<number | undefined> {
  const found = await stat(cluster).catch(() => undefined);
  if (found === undefined) return undefined;
  return (await readdir(cluster)).length === 0 ? undefined : found.uid;
}

/** Refuses a cluster that these programs cannot open; PostgreSQL's files change with each major version. */
export async function checkVersion(cluster: string, majorVersion: number): Promise<void> {
  const version = await readFile(join(cluster, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version === undefined) {
    const message = `${cluster} is not empty and holds no PostgreSQL cluster. Move it away and start again.`;
    throw new EmbeddedPostgresError("start_failed", message);
  }
  if (version.trim() === String(majorVersion)) return;
  const message =
    `${cluster} was written by PostgreSQL ${version.trim()}, this release embeds PostgreSQL ${majorVersion}. ` +
    `Start the release that wrote it and move the data with pg_dump and pg_restore, or run a PostgreSQL ${version.trim()} server on it and set DATABASE_URL.`;
  throw new EmbeddedPostgresError("wrong_version", message);
}

/** Makes the cluster beside its place and renames it: a kill meanwhile leaves nothing that looks complete. */
export async function createCluster(
  dataDir: string,
  cluster: string,
  identity: Identity,
  binaries: Binaries,
): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith("postgres.initdb-")) await rm(join(dataDir, name), { recursive: true, force: true });
  }
  const making = await mkdtemp(join(dataDir, "postgres.initdb-"));
  await chmod(making, 0o700);
  if (identity.kind === "account") await chown(making, identity.uid, identity.gid);
  const options = ["--locale=C", "--encoding=UTF8", "--username=postgres", "--no-instructions"];
  const auth = ["--auth-local=trust", "--auth-host=reject"];
  const ran = await runAs(identity, binaries.initdb, ["-D", making, ...options, ...auth]);
  if (ran.exitCode !== 0) {
    await rm(making, { recursive: true, force: true });
    const message = `initdb could not create the cluster: ${ran.stderr.trim().slice(-1000)}`;
    throw new EmbeddedPostgresError("start_failed", message);
  }
  await rename(making, cluster);
  const folder = await open(dataDir);
  await folder.sync().finally(() => folder.close());
}
