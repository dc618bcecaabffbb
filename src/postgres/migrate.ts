import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { sqlState } from "./sql.ts";

/** Same key everywhere: concurrent starts wait for one another here. */
const lockKey = 7_203_118_245;
const applicationRole = "guard_app";

/**
 * Applies the numbered SQL files that this database has not seen, each in a transaction of its own, one
 * migrator at a time. A file that differs from what was applied stops the start: migrations are never edited.
 * Returns the role that the service must work as: one without BYPASSRLS.
 */
export async function migrate(
  url: string,
  directory: string,
): Promise<{ readonly applicationRole: string | null }> {
  const client = new pg.Client({ connectionString: url });
  // A server that stops meanwhile fails the statement under way; without a listener it would end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    await client.query("create schema if not exists guard");
    await client.query(
      "create table if not exists guard.migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())",
    );
    const applied = new Map(
      (
        await client.query<{ name: string; sha256: string }>("select name, sha256 from guard.migration")
      ).rows.map((row) => [row.name, row.sha256]),
    );
    const files = readdirSync(directory)
      .filter((name) => name.endsWith(".sql"))
      .sort();
    const unknown = [...applied.keys()].filter((name) => !files.includes(name));
    if (unknown.length > 0) {
      throw new Error(
        `the database was migrated by a newer release (${unknown.join(", ")}): install that release`,
      );
    }
    for (const name of files) {
      const text = readFileSync(join(directory, name), "utf8");
      const sha256 = createHash("sha256").update(text).digest("hex");
      const before = applied.get(name);
      if (before === sha256) continue;
      if (before !== undefined) throw new Error(`migration ${name} differs from the one that was applied`);
      await client.query("begin");
      try {
        await client.query(text);
        await client.query("insert into guard.migration (name, sha256) values ($1, $2)", [name, sha256]);
        await client.query("commit");
      } catch (err) {
        await client.query("rollback");
        throw err;
      }
    }
    return { applicationRole: await grantApplicationRole(client) };
  } finally {
    await client.end();
  }
}

async function grantApplicationRole(client: pg.Client): Promise<string | null> {
  try {
    await makeRole(client);
  } catch (err) {
    // 42501: a managed server where roles are made by others. Then the own role must be bound by RLS itself.
    if (sqlState(err) !== "42501") throw err;
    const [row] = (
      await client.query<{ free: boolean }>(
        "select rolsuper or rolbypassrls as free from pg_roles where rolname = current_user",
      )
    ).rows;
    if (row?.free !== false) {
      throw new Error(
        `the database role ignores row-level security: create role ${applicationRole} and grant it`,
      );
    }
    return null;
  }
  await client.query(`grant usage on schema guard to ${applicationRole}`);
  await client.query(
    `grant select, insert, update, delete on all tables in schema guard to ${applicationRole}`,
  );
  // What is proof of the past is not the service's to change.
  await client.query(
    `revoke update, delete on guard.ledger_leaf, guard.ledger_checkpoint from ${applicationRole}`,
  );
  await client.query(`revoke delete on guard.ledger_record from ${applicationRole}`);
  await client.query(`revoke insert, update, delete on guard.migration from ${applicationRole}`);
  await client.query(`grant usage, select on all sequences in schema guard to ${applicationRole}`);
  return applicationRole;
}

/** Roles belong to the whole server, so migrators of other databases may be at it at the same moment. */
async function makeRole(client: pg.Client): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(
        `do $$ begin create role ${applicationRole} nologin nobypassrls; exception when duplicate_object then null; end $$`,
      );
      const [row] = (
        await client.query<{ all: boolean }>(
          "select rolsuper as all from pg_roles where rolname = current_user",
        )
      ).rows;
      if (row?.all !== true) await client.query(`grant ${applicationRole} to current_user`);
      return;
    } catch (err) {
      // 23505: made in between. XX000: "tuple concurrently updated".
      if (attempt >= 5 || !["23505", "XX000"].includes(sqlState(err))) throw err;
    }
  }
}
