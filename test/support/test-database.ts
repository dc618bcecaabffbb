import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import "./global-setup.ts";

export type TestDatabase = { readonly url: string; drop(): Promise<void> };

export type Template = {
  /** A word of its own for each way to prepare; lower-case letters, digits and underscores. */
  readonly name: string;
  /** Runs once in a run, on an empty database; every database asked for is then a copy of it. */
  prepare(url: string): Promise<void>;
};

/** A database of its own for a test file: empty, or a copy of the template. */
export async function createTestDatabase(template?: Template): Promise<TestDatabase> {
  const server = await serverUrl();
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withClient(server, async (client) => {
    if (template === undefined) return client.query(`create database ${name}`);
    await makeTemplate(client, server, template);
    return client.query(`create database ${name} template ${template.name}`);
  });
  const drop = () => withClient(server, (client) => client.query(`drop database ${name} with (force)`));
  return { url: databaseUrl(server, name), drop: async () => void (await drop()) };
}

async function makeTemplate(client: pg.Client, server: string, template: Template): Promise<void> {
  // Test files run in processes of their own; the first one makes it, the others wait here.
  await client.query("select pg_advisory_lock(hashtext($1))", [`template ${template.name}`]);
  const found = await client.query("select 1 from pg_database where datname = $1", [template.name]);
  if (found.rowCount === 0) {
    const making = `${template.name}_making`;
    await client.query(`drop database if exists ${making} with (force)`);
    await client.query(`create database ${making}`);
    await template.prepare(databaseUrl(server, making));
    await client.query(`alter database ${making} rename to ${template.name}`);
  }
  await client.query("select pg_advisory_unlock(hashtext($1))", [`template ${template.name}`]);
}

async function serverUrl(): Promise<string> {
  const answer = await fetch(inject("postgresLauncherUrl"));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
