import { chmod, lstat, mkdir, mkdtemp, readlink, rmdir, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

// sun_path is 104 bytes on macOS, 108 on Linux, with the closing zero byte.
const socketPathMaxBytes = 103;
// The longest name put into the folder: owner-<pid>-<6 hex digits>.
const socketNameMaxBytes = 22;

/**
 * The folder of the sockets: `<dataDir>/run`, or where that path would be too long for a socket, a link of
 * this name to a short folder. Every instance follows the link, whatever its own TMPDIR says, so that all
 * meet at the same lock.
 */
export async function openRunFolder(dataDir: string): Promise<string> {
  const folder = join(dataDir, "run");
  const fits = Buffer.byteLength(folder) + 1 + socketNameMaxBytes < socketPathMaxBytes;
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) {
    if (fits) await mkdir(folder, { mode: 0o700 }).catch(unlessExists);
    else await linkToShortFolder(folder);
    return openRunFolder(dataDir);
  }
  if (found.isDirectory() && fits) return folder;
  if (!found.isSymbolicLink()) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `${folder} is not the folder of sockets that this program makes. Move it away and start again.`,
    );
  }
  const target = await readlink(folder);
  // Temporary folders are emptied at a reboot: made again under the same name, never a second name.
  await mkdir(target, { mode: 0o700 }).catch(unlessExists);
  const real = await lstat(target);
  const trusted = real.isDirectory() && (real.mode & 0o077) === 0;
  const euid = process.geteuid?.() ?? 0;
  if (!trusted || (euid !== 0 && real.uid !== euid)) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `${target} belongs to someone else or is open to others. Delete the link ${folder} and start again.`,
    );
  }
  return target;
}

async function linkToShortFolder(link: string): Promise<void> {
  const made = await mkdtemp(join(tmpdir(), "sg-"));
  await chmod(made, 0o700);
  if (Buffer.byteLength(made) + 1 + socketNameMaxBytes >= socketPathMaxBytes) {
    await rmdir(made);
    const message = `The temporary directory ${tmpdir()} is too long a path for a socket. Set TMPDIR=/tmp, or shorten DATA_DIR.`;
    throw new EmbeddedPostgresError("start_failed", message);
  }
  await symlink(made, link).catch(async (err: unknown) => {
    await rmdir(made);
    unlessExists(err);
  });
}

function unlessExists(err: unknown): void {
  if (!(err instanceof Error && "code" in err && err.code === "EEXIST")) throw err;
}
