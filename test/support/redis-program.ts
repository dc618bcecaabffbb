import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const names = ["redis-server", "valkey-server"];

/**
 * The Redis on this machine. Without one, Debian's package is installed if that is allowed: a suite that
 * skips itself proves nothing.
 */
export async function findRedisProgram(): Promise<string> {
  const found = await onPath();
  if (found !== undefined) return found;
  if (process.geteuid?.() === 0) {
    const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, timeout: 110_000 };
    await run("apt-get", ["install", "-y", "--no-install-recommends", "redis-server"], options)
      .catch(() =>
        run(
          "sh",
          ["-c", "apt-get update && apt-get install -y --no-install-recommends redis-server"],
          options,
        ),
      )
      .catch(() => undefined);
    const installed = await onPath();
    if (installed !== undefined) return installed;
  }
  throw new Error("These tests need a Redis: install redis-server or valkey-server.");
}

async function onPath(): Promise<string | undefined> {
  for (const name of names) {
    const works = await run(name, ["--version"]).then(
      () => true,
      () => false,
    );
    if (works) return name;
  }
  return undefined;
}
