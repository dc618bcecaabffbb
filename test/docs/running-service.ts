import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../support/free-port.ts";
import { root } from "./markdown-blocks.ts";

export type RunningService = {
  readonly url: string;
  readonly adminKey: string;
  readonly dataDir: string;
  stop(): Promise<void>;
};

const adminKey = "documentation-test-administrator-key-0001";

/** The service as a reader starts it, on a data directory and a port of its own, by day in Viet Nam. */
export async function startService(): Promise<RunningService> {
  execFileSync(process.execPath, [join(root, "scripts/ensure-built.mjs")], { cwd: root });
  const dataDir = mkdtempSync(join(tmpdir(), "sg-docs-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(root, "dist/bin/server.js")], {
    cwd: root,
    env: {
      PATH: process.env["PATH"] ?? "",
      DATA_DIR: dataDir,
      PORT: String(port),
      ADMIN_API_KEY: adminKey,
      SANDBOX_CLOCK: "2026-11-24T10:00:00+07:00",
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await readyLine(child);
    return { url, adminKey, dataDir, stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

function readyLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (piece: Buffer): void => {
      said += piece.toString();
      if (said.includes("is ready at")) resolve();
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", (code) => reject(new Error(`the service ended with ${code}: ${said}`)));
  });
}
