import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";
import { sandboxNow } from "./sandbox-clock.ts";
import { until } from "./until.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The service as a process of its own, as an operator starts it. */
export type ServiceProcess = {
  readonly base: string;
  readonly pid: number;
  /** Everything that it has written to stdout and stderr. */
  output(): string;
  /** The exit code after that signal; null if the signal itself ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
};

/** Starts it and waits until it answers; rejects with what it wrote if it ends before. */
export async function startServiceProcess(
  env: Readonly<Record<string, string>>,
  port?: number,
): Promise<ServiceProcess> {
  const chosen = port ?? (await freePort());
  const base = `http://127.0.0.1:${chosen}`;
  const child = spawnProgram("src/bin/server.ts", [], {
    SANDBOX_CLOCK: sandboxNow().toISOString(),
    PUBLIC_URL: base,
    // The suites' requests all come from one address and a few keys.
    RATE_LIMIT_PER_MINUTE: "1000000",
    ...env,
    PORT: String(chosen),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  // A test run that dies may leave nothing behind.
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  child.once("exit", () => process.off("exit", onExit));
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await until(
    `the service answers at ${base}`,
    async () => {
      if (ended()) throw new Error(`The service ended with ${child.exitCode ?? child.signalCode}: ${output}`);
      return output.includes("is ready at") || env["LOG_LEVEL"] === "silent";
    },
    120_000,
  );
  return {
    base,
    pid: child.pid ?? 0,
    output: () => output,
    async end(signal) {
      if (!ended()) {
        const exited = once(child, "exit");
        child.kill(signal);
        await exited;
      }
      return child.exitCode;
    },
  };
}

/** Runs one of the programs to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawnProgram(program, args, env);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  await once(child, "close");
  return { code: child.exitCode, output };
}

// From the sources, so that no test can pass on an older build.
function spawnProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const { PATH = "", TMPDIR, HOME } = process.env;
  return spawn(process.execPath, ["--import", "tsx", program, ...args], {
    cwd: root,
    env: {
      PATH,
      ...(TMPDIR === undefined ? {} : { TMPDIR }),
      ...(HOME === undefined ? {} : { HOME }),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
