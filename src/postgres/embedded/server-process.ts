import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { commandAs, type Identity } from "./identity.ts";

export type ServerProcess = {
  readonly pid: number;
  /** Resolves with the exit code once the server is gone, for whatever reason; null after a signal. */
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
};

// The shell becomes the server (exec), so its pid, signals and exit code are the server's own. The watcher is
// detached from it twice over, as a server that finds a child it did not make takes that for a crash. It holds
// the pipe of which Node has the other end: an end of file means that Node is gone, whatever ended it.
const supervise = `
exec 3<&0 </dev/null
( ( read -r word <&3; [ "$word" = ended ] || kill -INT $$ ) >/dev/null 2>&1 & )
exec 3<&- "$@"`;

const readyWithinMs = 300_000;
const fastShutdownMs = 30_000;

/** Starts the server and returns when it accepts connections. */
export async function startServer(
  binaries: Binaries,
  identity: Identity,
  cluster: string,
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const script = ["-c", supervise, "sh", binaries.postgres, "-D", cluster, ...options];
  // Its own session: Ctrl-C is for Node, which drains first and then stops the server.
  const command = commandAs(identity, "/bin/sh", script, {
    cwd: cluster,
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
  });
  const child = spawn(command.file, command.args, command.options);
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  // The write of "ended" meets a closed pipe if the watcher has gone first; that is no news.
  child.stdin?.on("error", () => undefined);
  const exited = new Promise<number | null>((resolve) => {
    child.once("error", (err) => {
      lastWords += String(err);
      resolve(null);
    });
    child.once("exit", (code) => {
      child.stdin?.end("ended\n");
      resolve(code);
    });
  });
  const pid = child.pid;
  const running = () => child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    child.ref();
    for (const [signal, waitMs] of [["SIGINT", fastShutdownMs] as const, ["SIGQUIT", 10_000] as const]) {
      if (!running()) break;
      child.kill(signal);
      await Promise.race([exited, delay(waitMs, undefined, { ref: false })]);
    }
    if (running()) child.kill("SIGKILL");
    await exited;
  };
  if (pid === undefined || !(await isReady(cluster, pid, running))) {
    if (pid !== undefined) await stop();
    await exited;
    const message = `PostgreSQL did not start in ${cluster}: ${lastWords.trim() || "it said nothing"}`;
    throw new EmbeddedPostgresError("start_failed", message);
  }
  // An application that has nothing more to do may end; the watcher then stops the server.
  child.unref();
  for (const stream of [child.stdin, child.stderr]) {
    if (stream instanceof Socket) stream.unref();
  }
  return { pid, exited, stop };
}

/** Line 8 of postmaster.pid says what the server thinks of itself; the log is for people. */
async function isReady(cluster: string, pid: number, running: () => boolean): Promise<boolean> {
  const deadline = performance.now() + readyWithinMs;
  while (running() && performance.now() < deadline) {
    const lines = (await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
    if (Number(lines[0]) === pid && lines[7]?.trim() === "ready") return true;
    await delay(5);
  }
  return false;
}
