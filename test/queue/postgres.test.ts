import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { queueContract } from "./queue.contract.ts";

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

queueContract("PostgreSQL", async () => ({
  options: { postgresUrl: database.url },
  empty: async () => {
    const { rows } = await pool.query<{ found: boolean }>(
      "select to_regclass('bullmq.job') is not null as found",
    );
    if (rows[0]?.found === true) await pool.query("delete from bullmq.job");
  },
  dump: async () => {
    const { rows } = await pool.query<{ text: string }>("select job::text as text from bullmq.job");
    return rows.map((row) => row.text).join("\n");
  },
}));
