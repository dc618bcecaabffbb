import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { type DoctorFinding, fault, kindOf, ok, warning } from "./finding.ts";

const versionMin = 140_000;
/** Transactions, the queue's workers, listeners and the leader of one process. */
const connectionsMin = 60;
const clockApartWarnMs = 1_000;
const clockApartFaultMs = 5_000;

/** What the service asks of its PostgreSQL. `examine` goes on with the open connection, as the service itself ("*"). */
export async function examinePostgres(
  url: string,
  migrationsDir: string,
  nowMs: () => number,
  examine: (client: pg.Client, migrated: boolean) => Promise<readonly DoctorFinding[]>,
): Promise<readonly DoctorFinding[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (err) {
    return [
      fault(
        "PostgreSQL",
        `cannot be reached (${kindOf(err)})`,
        "Start the server, or correct DATABASE_URL: host, port, user, password, TLS.",
      ),
    ];
  }
  try {
    const migrations = await examineMigrations(client, migrationsDir);
    return [
      ...(await examineServer(client)),
      ...(await examineClock(client, nowMs)),
      migrations.finding,
      ...(await examine(client, migrations.migrated)),
    ];
  } finally {
    await client.end();
  }
}

async function setting(client: pg.Client, name: string): Promise<string> {
  const { rows } = await client.query<{ value: string | null }>("select current_setting($1, true) as value", [
    name,
  ]);
  return rows[0]?.value ?? "";
}

async function examineServer(client: pg.Client): Promise<readonly DoctorFinding[]> {
  const version = Number(await setting(client, "server_version_num"));
  const shown = await setting(client, "server_version");
  const findings: DoctorFinding[] = [
    version >= versionMin
      ? ok("PostgreSQL", `version ${shown}`)
      : fault("PostgreSQL", `version ${shown}`, "Upgrade the server to version 14 or newer."),
  ];
  for (const name of ["fsync", "full_page_writes"]) {
    const value = await setting(client, name);
    findings.push(
      value === "on"
        ? ok(name, "on")
        : fault(
            name,
            value,
            `Set ${name} = on: without it a power cut forgets withdrawals that were answered.`,
          ),
    );
  }
  const commit = await setting(client, "synchronous_commit");
  findings.push(
    commit === "off"
      ? fault(
          "synchronous_commit",
          commit,
          "Set synchronous_commit = on: a commit must be on disk before it is answered.",
        )
      : ok("synchronous_commit", commit),
  );
  const connections = Number(await setting(client, "max_connections"));
  findings.push(
    connections >= connectionsMin
      ? ok("max_connections", String(connections))
      : warning(
          "max_connections",
          String(connections),
          `Raise it to ${connectionsMin} for each process of the service, or put a pooler in session mode before it.`,
        ),
  );
  const statements = await setting(client, "log_statement");
  if (statements === "all" || statements === "mod") {
    findings.push(
      warning(
        "log_statement",
        statements,
        "Set log_statement = none: statements' parameters hold personal data.",
      ),
    );
  }
  const standby = await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
  if (standby.rows[0]?.standby === true)
    findings.push(fault("primary", "this is a standby", "Point DATABASE_URL to the primary."));
  return findings;
}

async function examineClock(client: pg.Client, nowMs: () => number): Promise<readonly DoctorFinding[]> {
  const before = nowMs();
  const { rows } = await client.query<{ now: Date }>("select clock_timestamp() as now");
  const after = nowMs();
  const there = rows[0]?.now.getTime() ?? 0;
  // Of the question's way there and back half is taken for the way there.
  const apartMs = Math.round(Math.max(0, Math.abs(there - (before + after) / 2) - (after - before) / 2));
  const detail = `${apartMs} ms from the database's`;
  if (apartMs < clockApartWarnMs) return [ok("clock", detail)];
  const todo =
    "Run chrony or another NTP client on both machines: caps, quiet hours and expiry go by the clock.";
  return [apartMs < clockApartFaultMs ? warning("clock", detail, todo) : fault("clock", detail, todo)];
}

async function examineMigrations(
  client: pg.Client,
  directory: string,
): Promise<{ readonly finding: DoctorFinding; readonly migrated: boolean }> {
  const there = await client.query("select to_regclass('guard.migration') as name");
  const exists = (there.rows[0] as { name: string | null } | undefined)?.name !== null;
  const applied = exists
    ? (await client.query<{ name: string; sha256: string }>("select name, sha256 from guard.migration")).rows
    : [];
  const files = readdirSync(directory)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const unknown = applied.filter(({ name }) => !files.includes(name)).map(({ name }) => name);
  const digest = (name: string): string =>
    createHash("sha256")
      .update(readFileSync(join(directory, name), "utf8"))
      .digest("hex");
  const altered = applied.filter((row) => files.includes(row.name) && digest(row.name) !== row.sha256);
  const pending = files.filter((name) => !applied.some((row) => row.name === name));
  const migrated = pending.length === 0 && unknown.length === 0 && altered.length === 0;
  if (unknown.length > 0) {
    const detail = `of a newer release: ${unknown.join(", ")}`;
    return {
      migrated,
      finding: fault("migrations", detail, "Install that release; migrations go forward only."),
    };
  }
  if (altered.length > 0) {
    const detail = `differ from what was applied: ${altered.map(({ name }) => name).join(", ")}`;
    return { migrated, finding: fault("migrations", detail, "Install the released package again.") };
  }
  if (pending.length > 0) {
    const detail = `${pending.length} to be applied: ${pending.join(", ")}`;
    const todo = "Run subscriber-guard migrate, or start the service, which does it.";
    return { migrated, finding: warning("migrations", detail, todo) };
  }
  return { migrated, finding: ok("migrations", `all ${files.length} applied`) };
}
