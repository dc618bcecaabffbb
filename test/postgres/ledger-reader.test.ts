import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signCheckpoint } from "../../src/ledger/checkpoint.ts";
import { verifyLog } from "../../src/ledger/verify.ts";
import { databaseLogReader } from "../../src/postgres/ledger-reader.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { createMemoryLog, leavesOf, type MemoryLog, origin, signer } from "../ledger/memory-log.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { query } from "../support/test-service.ts";

// More than two pages of the reader, and a last bundle that is not full.
const size = 40_100;
let database: TestDatabase;
let log: MemoryLog;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrate(database.url, fileURLToPath(new URL("../../migrations", import.meta.url)));
  log = createMemoryLog(leavesOf(size));
  await query(database.url, async (client) => {
    await client.query(
      `insert into ledger_record (kind, customer_id, recorded_at, leaf)
       select 'hand_off', gen_random_uuid(), now(), leaf from unnest($1::bytea[]) with ordinality as g(leaf, n) order by n`,
      [log.leaves.map((leaf) => Buffer.from(leaf))],
    );
    await client.query(
      `insert into ledger_leaf (index, record_id, leaf)
       select row_number() over (order by id) - 1, id, leaf from ledger_record`,
    );
    for (const [key, data] of log.tiles) {
      const [level, n] = key.split("/");
      await client.query("insert into ledger_tile (level, n, width, data) values ($1, $2, $3, $4)", [
        level,
        n,
        data.length / 32,
        Buffer.from(data),
      ]);
    }
    const note = signCheckpoint({ origin, size: BigInt(size), root: log.root, extensions: [] }, signer);
    await client.query(
      "insert into ledger_checkpoint (size, root, note, signed_at) values ($1, $2, $3, now())",
      [size, Buffer.from(log.root), note],
    );
  });
}, 120_000);
afterAll(() => database.drop());

/** What verification says after a change that the database's owner could make, past every trigger. The change goes. */
async function findingsAfter(...changes: readonly string[]): Promise<readonly string[]> {
  const run = (statements: readonly string[]) =>
    query(database.url, async (client) => {
      await client.query("set session_replication_role = replica");
      for (const statement of statements) await client.query(statement);
    });
  const tables = ["ledger_record", "ledger_leaf", "ledger_tile"];
  await run([...tables.map((name) => `create table kept_${name} as table ${name}`), ...changes]);
  const inside = databaseLogReader(database.url);
  try {
    const report = await verifyLog(inside.reader, {
      key: signer.verifier,
      origin,
      database: inside.leaves(),
    });
    expect(report.ok).toBe(report.findings.length === 0);
    return report.findings.map(({ kind, place, from, to }) => `${kind} ${place} ${from}-${to}`);
  } finally {
    await inside.close();
    await run(
      tables.flatMap((name) => [
        `delete from ${name}`,
        `insert into ${name} overriding system value table kept_${name}`,
        `drop table kept_${name}`,
      ]),
    );
  }
}

describe("verification from the inside", { timeout: 120_000 }, () => {
  test("vouches for every entry of an untouched database", async () => {
    expect(await findingsAfter()).toEqual([]);
  });

  test("names an altered leaf in the served entries, the database and the record beside it", async () => {
    const found = await findingsAfter("update ledger_leaf set leaf = sha256('x') where index = 20000");
    expect(found).toContain("altered entries 20000-20001");
    expect(found).toContain("altered database 20000-20001");
    expect(found).toContain("altered records 20000-20001");
  });

  test("names a leaf that is missing in the middle of a bundle, and nothing behind it", async () => {
    const found = await findingsAfter("delete from ledger_leaf where index = 16500");
    expect(found).toContain("missing database 16500-16501");
    expect(found.every((finding) => finding.endsWith(" 16500-16501"))).toBe(true);
  });

  test("names whole pages that are missing, at the beginning, in the middle and at the end", async () => {
    expect(await findingsAfter("delete from ledger_leaf where index < 16384")).toContain(
      "missing database 0-16384",
    );
    expect(await findingsAfter("delete from ledger_leaf where index >= 16384 and index < 32768")).toContain(
      "missing database 16384-32768",
    );
    // Nothing follows: that is a cut, not a gap.
    expect(await findingsAfter("delete from ledger_leaf where index >= 39000")).toContain(
      "truncated database 39000-40100",
    );
  });

  test("names a record that is gone, and one that commits to something else", async () => {
    const at = (index: number) => `id = (select record_id from ledger_leaf where index = ${index})`;
    expect(
      await findingsAfter(
        `delete from ledger_record where ${at(7)}`,
        `update ledger_record set leaf = sha256('y') where ${at(33000)}`,
      ),
    ).toEqual(["altered records 7-8", "altered records 33000-33001"]);
  });

  test("names an altered tile", async () => {
    const found = await findingsAfter(
      "update ledger_tile set data = set_byte(data, 0, get_byte(data, 0) # 1) where level = 0 and n = 80",
    );
    expect(found).toEqual(["altered tiles 20480-20481"]);
  });
});
