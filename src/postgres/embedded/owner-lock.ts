import { randomBytes } from "node:crypto";
import { readlink, rename, symlink, unlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

export type OwnerLock = { release(): Promise<void> };

/**
 * Holds the data directory for this process. The lock is a listening socket, which the kernel closes with
 * the process however that ends; `owner` is a link to it, because a link is made only if none is there, and
 * because the name it points to is never used twice, so that a stale one is told from a newer one.
 */
export async function takeOwnerLock(folder: string, dataDir: string): Promise<OwnerLock> {
  const name = `owner-${process.pid}-${randomBytes(3).toString("hex")}`;
  const link = join(folder, "owner");
  const server = await listen(join(folder, name));
  try {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      if (await linked(name, link)) return { release: () => release(server, link, name) };
      const holder = await readlink(link).catch(() => undefined);
      if (holder === undefined) continue;
      if (await answers(join(folder, holder))) throw alreadyRunning(holder, dataDir);
      await clear(folder, link, holder);
    }
    throw new EmbeddedPostgresError(
      "start_failed",
      `The lock ${link} changes all the time. Start one instance.`,
    );
  } catch (err) {
    await close(server);
    throw err;
  }
}

/** Takes a dead holder's link away, and gives a newer one back if another process came first. */
async function clear(folder: string, link: string, dead: string): Promise<void> {
  const aside = join(folder, `stale-${randomBytes(3).toString("hex")}`);
  if (!(await rename(link, aside).then(succeeded, failed))) return;
  const taken = await readlink(aside);
  if (taken !== dead) await symlink(taken, link).catch(failed);
  else await unlink(join(folder, dead)).catch(failed);
  await unlink(aside).catch(failed);
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", reject);
    server.listen(path, () => resolve(server));
    server.unref();
  });
}

/** Anything but a refusal is an answer: an owner that is stopped or busy still owns. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (live: boolean) => {
      socket.destroy();
      resolve(live);
    };
    socket.once("connect", () => done(true));
    socket.once("error", (err: Error & { code?: string }) =>
      done(err.code !== "ECONNREFUSED" && err.code !== "ENOENT"),
    );
  });
}

async function release(server: Server, link: string, name: string): Promise<void> {
  if ((await readlink(link).catch(() => undefined)) === name) await unlink(link).catch(failed);
  await close(server);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function alreadyRunning(holder: string, dataDir: string): EmbeddedPostgresError {
  const pid = Number(/^owner-(\d+)-/.exec(holder)?.[1] ?? 0);
  return new EmbeddedPostgresError(
    "already_running",
    `The data directory ${dataDir} is in use by process ${pid}. Stop that process, or give this one another DATA_DIR, or connect both to one server with DATABASE_URL.`,
    { ownerPid: pid },
  );
}

async function linked(name: string, link: string): Promise<boolean> {
  try {
    await symlink(name, link);
    return true;
  } catch (err) {
    if (err instanceof Error && "code" in err && err.code === "EEXIST") return false;
    throw err;
  }
}

const succeeded = () => true;
const failed = () => false;
