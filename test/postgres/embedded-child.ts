// Run as a process of its own: starts the embedded server, commits rows without end, and says what it does.
import pg from "pg";
import { startEmbeddedPostgres } from "../../src/postgres/embedded.ts";

const [dataDir = "", mode = "rows"] = process.argv.slice(2);
try {
  const server = await startEmbeddedPostgres({ dataDir });
  const client = new pg.Client(server.connectionString);
  await client.connect();
  say(`started ${server.pid} ${process.geteuid?.()}`);
  await client.query("create table if not exists row (id bigint primary key)");
  const { rows } = await client.query<{ next: number }>("select count(*)::int as next from row");
  const first = rows[0]?.next ?? 0;
  for (let id = first; mode === "rows"; id += 1) {
    await client.query("insert into row values ($1)", [id]);
    // What is said here has been acknowledged.
    say(`row ${id}`);
  }
  await client.end();
  if (mode === "stop") await server.stop();
  if (mode === "throw") throw new Error("as a program with a fault does");
  say("end");
} catch (err) {
  say(`error ${err instanceof Error && "code" in err ? String(err.code) : ""} ${String(err)}`);
  process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
