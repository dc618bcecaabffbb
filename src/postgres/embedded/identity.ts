import { type SpawnOptions, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";

/**
 * Under which user PostgreSQL runs; it refuses to run as root. `namespace` stays the same user outside
 * but is an unprivileged one inside, so it reaches what only root can reach.
 */
export type Identity =
  | { readonly kind: "self" }
  | { readonly kind: "account"; readonly uid: number; readonly gid: number }
  | { readonly kind: "namespace" };

export type Command = {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
};

/** The command as that identity runs it. Groups are dropped together with the user. */
export function commandAs(
  identity: Identity,
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): Command {
  // Variables like PGPORT or PGOPTIONS of the caller must not reach the server, and a user name that is
  // no longer true must not reach initdb.
  const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
  switch (identity.kind) {
    case "self":
      return { file, args, options: { ...options, env } };
    case "account":
      return { file, args, options: { ...options, env, uid: identity.uid, gid: identity.gid } };
    case "namespace":
      return {
        file: "unshare",
        args: ["-U", "--map-user=65534", "--", file, ...args],
        options: { ...options, env },
      };
  }
}

export type Ran = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a short command to its end. It never rejects: not being able to start it is an exit code of null. */
export function runAs(identity: Identity, file: string, args: readonly string[], cwd = "/"): Promise<Ran> {
  const command = commandAs(identity, file, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve) => {
    let stdout = "";
    let stderr = "";
    const failed = (err: unknown) => resolve({ exitCode: null, stdout, stderr: String(err) });
    try {
      const child = spawn(command.file, command.args, command.options);
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      child.on("error", failed);
      child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
    } catch (err) {
      failed(err);
    }
  });
}

/**
 * Who may be tried, best first. A cluster that exists keeps its owner: PostgreSQL insists on it, and a
 * change of ownership is for a person to make.
 */
export async function candidateIdentities(clusterUid: number | undefined): Promise<readonly Identity[]> {
  if (process.geteuid?.() !== 0) return [{ kind: "self" }];
  const accounts = parseAccounts(await readFile("/etc/passwd", "utf8").catch(() => ""));
  if (clusterUid === 0) return [{ kind: "namespace" }];
  if (clusterUid !== undefined) {
    const known = accounts.find((account) => account.uid === clusterUid);
    return [{ kind: "account", uid: clusterUid, gid: known?.gid ?? clusterUid }];
  }
  return [...["postgres", "nobody"].flatMap((name) => accounts.filter((account) => account.name === name))]
    .map((account): Identity => ({ kind: "account", uid: account.uid, gid: account.gid }))
    .concat([{ kind: "namespace" }]);
}

function parseAccounts(passwd: string): { name: string; uid: number; gid: number }[] {
  return passwd.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) return [];
    return Number(uid) === 0 ? [] : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}
