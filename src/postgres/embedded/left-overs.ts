import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { type Identity, runAs } from "./identity.ts";

/**
 * Ends what a killed instance left behind and removes its lock files. The caller holds the owner lock, so
 * nothing that still works in the cluster has an owner. A process is known by its working directory, since the
 * number in the file may have been given to any other program in the meantime.
 */
export async function clearLeftOvers(cluster: string, runFolder: string, identity: Identity): Promise<void> {
  await endLeftOvers(cluster, identity);
  // The server looks only whether the number in these files is in use, by whatever program.
  for (const name of [".s.PGSQL.5432.lock", ".s.PGSQL.5432"])
    await rm(join(runFolder, name), { force: true });
  await rm(join(cluster, "postmaster.pid"), { force: true });
}

async function endLeftOvers(cluster: string, identity: Identity): Promise<void> {
  const pidFile = join(cluster, "postmaster.pid");
  const postmaster = Number((await readFile(pidFile, "utf8").catch(() => "")).split("\n")[0]);
  if (!Number.isSafeInteger(postmaster) || postmaster <= 0) return;
  let remaining = await processesIn(cluster, postmaster, identity);
  for (const [signal, waitMs] of [
    ["SIGINT", 10_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 5_000],
  ] as const) {
    // The postmaster ends its own children in good order; without it they are told one by one.
    const told = remaining.includes(postmaster) && signal !== "SIGKILL" ? [postmaster] : remaining;
    for (const pid of told) send(pid, signal);
    const deadline = performance.now() + waitMs;
    while (remaining.length > 0 && performance.now() < deadline) {
      await delay(20);
      remaining = await processesIn(cluster, postmaster, identity);
    }
  }
  if (remaining.length > 0) {
    const message = `A PostgreSQL left over in ${cluster} (process ${remaining.join(", ")}) does not end. Kill it and start again.`;
    throw new EmbeddedPostgresError("start_failed", message);
  }
}

// The exe is looked at too: a person's shell may stand in the folder.
const findByFolder = `
for process in /proc/[0-9]*; do
  [ "$process/cwd" -ef "$1" ] || continue
  case "$(readlink "$process/exe")" in
    */postgres | *"/postgres (deleted)") echo "\${process#/proc/}" ;;
  esac
done`;

async function processesIn(cluster: string, postmaster: number, identity: Identity): Promise<number[]> {
  // Asked as the account itself: root in a container may not look at the processes of others.
  const asker: Identity = identity.kind === "account" ? identity : { kind: "self" };
  if (process.platform === "linux") {
    const ran = await runAs(asker, "/bin/sh", ["-c", findByFolder, "sh", cluster]);
    return ran.stdout.split("\n").filter(Boolean).map(Number);
  }
  const ran = await runAs(asker, "lsof", ["-a", "-d", "cwd", "-p", String(postmaster), "-Fn"]);
  return ran.stdout.split("\n").includes(`n${cluster}`) ? [postmaster] : [];
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself between the look and the signal.
  }
}
