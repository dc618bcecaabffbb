import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileAnchor } from "../../anchor/file-anchor.ts";
import { type Config, ConfigError, readConfig } from "../../config.ts";
import { parseSignerKey, type SignerKey } from "../../ledger/note-key.ts";
import { packageRoot } from "../../package-root.ts";
import { openRunFolder } from "../../postgres/embedded/run-folder.ts";
import { connectionStringFor } from "../../postgres/embedded/settings.ts";
import { examinePostgres } from "./examine-postgres.ts";
import { examineRedis } from "./examine-redis.ts";
import { examineStore } from "./examine-store.ts";
import { type DoctorFinding, fault, ok, warning } from "./finding.ts";

/** `subscriber-guard doctor`: looks at the installation that these settings mean, changes nothing. */
export async function examine(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly DoctorFinding[]> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const node =
    major > 20 || (major === 20 && minor >= 19)
      ? ok("Node", process.versions.node)
      : fault("Node", process.versions.node, "Install Node 20.19 or newer; 22 and 24 are supported.");
  let config: Config;
  try {
    config = readConfig(env);
  } catch (err) {
    if (!(err instanceof ConfigError)) throw err;
    return [
      node,
      fault("settings", err.message, "Correct these settings; docs/guide/operator.md explains each."),
    ];
  }
  return [
    node,
    ok("settings", "can be used"),
    ...examineSettings(config),
    ...(await examineDatabase(config)),
    ...(config.redisUrl === null ? [] : await examineRedis(config.redisUrl)),
  ];
}

function examineSettings(config: Config): readonly DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  if (config.databaseUrl !== null && config.sandbox) {
    const todo =
      "Unset SANDBOX where messages are to reach people: test keys work without it being seen otherwise.";
    findings.push(warning("SANDBOX", "on beside a database server", todo));
  }
  const url = new URL(config.publicUrl);
  if (
    config.databaseUrl !== null &&
    url.protocol !== "https:" &&
    !/^(127\.|localhost$|\[::1\]$)/.test(url.hostname)
  ) {
    const todo = "Put TLS before the service and set PUBLIC_URL to its https address.";
    findings.push(warning("PUBLIC_URL", "plain http", todo));
  }
  return findings;
}

async function examineDatabase(config: Config): Promise<readonly DoctorFinding[]> {
  const { dataDir, databaseUrl } = config;
  if (databaseUrl === null && !existsSync(join(dataDir, "run"))) {
    return [warning("PostgreSQL", `embedded, not begun in ${dataDir}`, "Run npm start, then doctor again.")];
  }
  const url = databaseUrl ?? connectionStringFor(await openRunFolder(dataDir));
  const now = new Date();
  return examinePostgres(url, join(packageRoot, "migrations"), Date.now, async (client, migrated) =>
    migrated
      ? examineStore(client, {
          encryptionKeys: encryptionKeys(config),
          ledgerKey: ledgerKey(config),
          ledgerOrigin: config.ledgerOrigin,
          anchor: fileAnchor(join(dataDir, "ledger.checkpoint")),
          now: config.sandboxClock ?? now,
        })
      : [],
  );
}

function encryptionKeys(config: Config): readonly Uint8Array[] {
  const kept = readOwn(join(config.dataDir, "encryption.key"));
  const current = config.encryptionKey ?? (kept === null ? null : Buffer.from(kept, "base64"));
  return [...(current === null ? [] : [current]), ...config.previousEncryptionKeys];
}

function ledgerKey(config: Config): SignerKey | null {
  const kept = readOwn(join(config.dataDir, "ledger.key"));
  return config.ledgerKey ?? (kept === null ? null : parseSignerKey(kept));
}

function readOwn(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8").trim() : null;
}

const marks: Readonly<Record<DoctorFinding["grade"], string>> = { ok: "ok", warning: "WARN", fault: "FAULT" };

/** 0: well, or warnings only; 1: something is at fault. */
export function report(findings: readonly DoctorFinding[], print: (line: string) => void): number {
  for (const finding of findings) {
    print(`${marks[finding.grade].padEnd(5)}  ${finding.what}: ${finding.detail}`);
    if (finding.todo !== undefined) print(`       → ${finding.todo}`);
  }
  const faults = findings.filter((finding) => finding.grade === "fault").length;
  const warnings = findings.filter((finding) => finding.grade === "warning").length;
  print(faults + warnings === 0 ? "All is well." : `${faults} faults, ${warnings} warnings.`);
  return faults === 0 ? 0 : 1;
}
