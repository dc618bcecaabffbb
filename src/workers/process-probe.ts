import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { HolderRow } from "../guard/ports/hand-off-records.ts";
import type { ProcessProbe } from "../guard/reap.ts";

/** This process as a holder: enough to tell, after its death, that it is dead and not merely silent. */
export function describeProcess(id: string): HolderRow {
  return { id, host: hostname(), bootId: bootId(), pid: process.pid, pidStarted: startOf(process.pid) ?? "" };
}

/**
 * Proof of death on the holder's own host: another boot, no process of that id, or one that started at another
 * time. And then proof that its sockets cannot deliver any more: the kernel goes on sending what a dead process
 * had written, so as long as an orphaned TCP socket still has bytes to send nothing is proved. On another host, or
 * where the kernel tells neither (other systems than Linux), the answer stays "not proved".
 */
export function linuxProcessProbe(): ProcessProbe {
  return {
    isProvedGone: (holder) => Promise.resolve(isGone(holder)),
  };
}

function isGone(holder: HolderRow): boolean {
  if (holder.host !== hostname() || holder.bootId === "" || holder.pidStarted === "") return false;
  if (holder.bootId !== bootId()) return true;
  if (startOf(holder.pid) === holder.pidStarted) return false;
  return !orphansWithUnsentBytes();
}

function bootId(): string {
  return read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

/** Field 22 of /proc/<pid>/stat: start time in clock ticks since boot. A zombie (state Z) runs no more. */
function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
}

/** TCP states of a socket whose process has closed it or died: FIN_WAIT1, CLOSING, LAST_ACK. */
const orphanStates = new Set(["04", "0B", "09"]);

function orphansWithUnsentBytes(): boolean {
  return ["/proc/net/tcp", "/proc/net/tcp6"].some((path) =>
    (read(path) ?? "")
      .split("\n")
      .slice(1)
      .some((line) => {
        const [, , , state, queues, , , , , inode] = line.trim().split(/\s+/);
        const unsent = Number.parseInt(queues?.split(":")[0] ?? "0", 16);
        return state !== undefined && orphanStates.has(state) && inode === "0" && unsent > 0;
      }),
  );
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
