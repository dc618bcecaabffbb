import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dumpSchema } from "../../scripts/dump-schema.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { migrationsDir } from "./store-fixture.ts";

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "sg-migrations-"));
  for (const name of readdirSync(migrationsDir)) copyFileSync(join(migrationsDir, name), join(folder, name));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

async function query(text: string): Promise<unknown[]> {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    return (await client.query<object>(text)).rows;
  } finally {
    await client.end();
  }
}

describe("migrating a database", () => {
  test("the schema is the one in migrations/schema.golden.txt (renew: UPDATE_GOLDEN=1)", async () => {
    await migrate(database.url, migrationsDir);
    const schema = await dumpSchema(database.url);
    const golden = join(migrationsDir, "schema.golden.txt");
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, schema);
    expect(schema).toBe(readFileSync(golden, "utf8"));
  });

  test("several processes may start on an empty database at once, and each file is applied once", async () => {
    const results = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, folder)));
    expect(results.map((result) => result.applicationRole)).toEqual(Array(4).fill("guard_app"));
    expect(await query("select name from guard.migration order by name")).toEqual(
      readdirSync(folder)
        .filter((name) => name.endsWith(".sql"))
        .sort()
        .map((name) => ({ name })),
    );
  });

  test("a second start changes nothing", async () => {
    await migrate(database.url, folder);
    const before = await query("select * from guard.migration");
    await migrate(database.url, folder);
    expect(await query("select * from guard.migration")).toEqual(before);
  });

  test("a file that was edited after it was applied stops the start", async () => {
    await migrate(database.url, folder);
    writeFileSync(join(folder, "0001_foundation.sql"), "-- edited\n");
    await expect(migrate(database.url, folder)).rejects.toThrow("0001_foundation.sql differs");
  });

  test("a database of a newer release is refused and named", async () => {
    writeFileSync(join(folder, "9999_newer.sql"), "create table guard.later (id integer);\n");
    await migrate(database.url, folder);
    rmSync(join(folder, "9999_newer.sql"));
    await expect(migrate(database.url, folder)).rejects.toThrow("newer release (9999_newer.sql)");
  });

  test("a file that fails half way leaves nothing of itself, and those before it stand", async () => {
    writeFileSync(join(folder, "0002_broken.sql"), "create table guard.half (id integer); select 1/0;\n");
    await expect(migrate(database.url, folder)).rejects.toThrow("division by zero");
    expect(
      await query("select to_regclass('guard.half') as half, to_regclass('guard.customer')::text as c"),
    ).toEqual([{ half: null, c: "guard.customer" }]);
    rmSync(join(folder, "0002_broken.sql"));
    await migrate(database.url, folder);
  });
});
