import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { type Identity, runAs } from "./identity.ts";

export type Binaries = { readonly postgres: string; readonly initdb: string; readonly majorVersion: number };

// Windows has a package too, but neither the supervisor's shell nor the rights on the socket's directory.
const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/** The `native` folder of the platform package that npm installed. */
export function locateNativeFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  const instead = "Set DATABASE_URL to a PostgreSQL server, version 14 or newer, instead.";
  if (!platforms.includes(platform)) {
    throw new EmbeddedPostgresError(
      "platform_unsupported",
      `No embedded PostgreSQL for ${platform}. ${instead}`,
    );
  }
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(entry), "..", "native");
  } catch (err) {
    const message = `The optional dependency @embedded-postgres/${platform} is not installed. Install without --omit=optional. ${instead}`;
    throw new EmbeddedPostgresError("platform_unsupported", message, { cause: err });
  }
}

/**
 * Programs that this identity can run, or why there are none. The package comes without its symbolic links
 * (an archive of npm holds none) and may lie in a read-only folder or below a home directory closed to
 * the account that PostgreSQL runs as: then a copy is kept in the data directory.
 */
export async function binariesFor(
  identity: Identity,
  native: string,
  dataDir: string,
): Promise<Binaries | { readonly reason: string }> {
  const linked = await makeLinks(native).then(
    () => true,
    () => false,
  );
  const packaged = linked ? await tryBinaries(identity, native) : { reason: "read-only" };
  if ("postgres" in packaged) return packaged;
  return tryBinaries(identity, await copyOf(native, dataDir));
}

async function tryBinaries(identity: Identity, native: string): Promise<Binaries | { reason: string }> {
  const postgres = join(native, "bin", "postgres");
  const ran = await runAs(identity, postgres, ["-V"]);
  const majorVersion = /\(PostgreSQL\) (\d+)/.exec(ran.stdout)?.[1];
  if (ran.exitCode !== 0 || majorVersion === undefined) return { reason: ran.stderr.trim() };
  return { postgres, initdb: join(native, "bin", "initdb"), majorVersion: Number(majorVersion) };
}

async function makeLinks(native: string): Promise<void> {
  const listed: unknown = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8"));
  const links: unknown[] = Array.isArray(listed) ? listed : [];
  for (const link of links) {
    if (typeof link !== "object" || link === null || !("source" in link) || !("target" in link)) continue;
    const target = join(native, "..", String(link.target));
    if (await lstat(target).catch(() => undefined)) continue;
    await symlink(basename(String(link.source)), target).catch((err: unknown) => {
      if (!isCode(err, "EEXIST")) throw err; // another process was faster
    });
  }
}

async function copyOf(native: string, dataDir: string): Promise<string> {
  const version: unknown = JSON.parse(await readFile(join(native, "..", "package.json"), "utf8"));
  const name = typeof version === "object" && version !== null && "version" in version ? version.version : "";
  const home = join(dataDir, `postgres-binaries-${String(name)}`);
  // Complete or not there at all: the copy is made beside it and renamed.
  if ((await lstat(home).catch(() => undefined)) === undefined) {
    for (const old of await readdir(dataDir)) {
      if (old.startsWith("postgres-binaries")) await rm(join(dataDir, old), { recursive: true, force: true });
    }
    const making = await mkdtemp(join(dataDir, "postgres-binaries.making-"));
    await cp(native, join(making, "native"), { recursive: true, verbatimSymlinks: true });
    await makeWritable(join(making, "native")); // a copy keeps the modes of its source
    await makeLinks(join(making, "native"));
    await rename(join(making, "native"), home);
    await rm(making, { recursive: true, force: true });
  }
  return home;
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

function isCode(err: unknown, code: string): boolean {
  return err instanceof Error && "code" in err && err.code === code;
}
