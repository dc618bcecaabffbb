import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";

// Debian keeps Kannel's fake SMSC out of the usual path.
const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/lib/kannel/test"];

/** The path of an independent program; absent, one line says how to get it. */
export function foreignTool(name: string, installer = "test/channels/foreign/install.sh"): string {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${name} is missing: run ${installer} as root`);
}

export function foreignPerlModule(name: string): void {
  try {
    execFileSync("perl", [`-M${name}`, "-e", "1"], { stdio: "ignore" });
  } catch {
    throw new Error(`${name} (Perl) is missing: run test/channels/foreign/install.sh as root`);
  }
}

export type ForeignProcess = { readonly output: () => string; stop(): Promise<void> };

/** Runs until stopped; its output is kept up to a bound. */
export function runForeign(path: string, args: readonly string[]): ForeignProcess {
  const child: ChildProcess = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString("utf8")).slice(-1_000_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    output: () => output,
    async stop() {
      // Kannel waits for its queues on a gentle signal; nothing here is worth waiting for.
      if (child.exitCode === null) child.kill("SIGKILL");
      await exited;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === "object" && address !== null ? address.port : 0;
}
