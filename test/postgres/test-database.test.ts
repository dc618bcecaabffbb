import pg from "pg";
import { expect, test } from "vitest";
import { createTestDatabase } from "../support/test-database.ts";

test("two databases from one template hold the same, and nothing of each other", async () => {
  let prepared = 0;
  const template = {
    name: "template_check",
    prepare: async (url: string) => {
      prepared += 1;
      await query(url, "create table word as select 'ready' as text");
    },
  };
  const first = await createTestDatabase(template);
  const second = await createTestDatabase(template);
  await query(first.url, "insert into word values ('mine')");
  expect(await query(first.url, "select text from word order by text")).toEqual([
    { text: "mine" },
    { text: "ready" },
  ]);
  expect(await query(second.url, "select text from word")).toEqual([{ text: "ready" }]);
  expect(prepared).toBe(1);
  await Promise.all([first.drop(), second.drop()]);
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
