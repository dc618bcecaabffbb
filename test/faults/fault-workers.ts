import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ArmedFault } from "./fault-points.ts";

const program = fileURLToPath(new URL("fault-worker-child.ts", import.meta.url));

export type FaultWorker = {
  /** Waits until the fault has happened to it: "stopped" or "killed"; null if the point was not reached in time. */
  strike(fault: NonNullable<ArmedFault>, withinMs: number): Promise<"stopped" | "killed" | null>;
  goOn(): void;
  kill(): Promise<void>;
};

/** Starts one and waits until it works. */
export async function startFaultWorker(env: Readonly<Record<string, string>>): Promise<FaultWorker> {
  const { PATH = "", TMPDIR, HOME } = process.env;
  const child = fork(program, [], {
    execArgv: ["--import", "tsx"],
    env: {
      PATH,
      ...(TMPDIR === undefined ? {} : { TMPDIR }),
      ...(HOME === undefined ? {} : { HOME }),
      ...(process.env["FAULT_TRACE"] === undefined ? {} : { FAULT_TRACE: "1" }),
      ...env,
    },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  child.once("exit", () => process.off("exit", onExit));
  child.on("error", () => undefined);
  await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error("a worker ended before it was ready"))),
  ]);
  return {
    async strike(fault, withinMs) {
      // On a busy machine it may have come to the point before last after nobody looked any more.
      child.kill("SIGCONT");
      tell(child, fault);
      const until = performance.now() + withinMs;
      while (performance.now() < until) {
        if (hasEnded(child)) return "killed";
        if (isStopped(child)) return "stopped";
        await delay(5);
      }
      tell(child, null);
      await delay(20);
      // It may have come to the point just now.
      if (hasEnded(child)) return "killed";
      return isStopped(child) ? "stopped" : null;
    },
    goOn: () => void child.kill("SIGCONT"),
    async kill() {
      if (hasEnded(child)) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function tell(child: ChildProcess, fault: ArmedFault): void {
  if (child.connected) child.send(fault as object, () => undefined);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** "T" in /proc: stopped by a signal. */
function isStopped(child: ChildProcess): boolean {
  try {
    const stat = readFileSync(`/proc/${child.pid ?? 0}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) === "T";
  } catch {
    return false;
  }
}
