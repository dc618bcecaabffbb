/**
 * A whole ledger verified from the inside, beside reading the same leaves alone and beside hashing them alone. Records
 * are laid in by SQL; the service's own sequencer gives them their places, builds the tree and signs it.
 * Run: npx tsx bench/ledger-verify.ts [records, 1000000 unless told]
 */
import { hash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { runSequencer } from "../src/guard/sequence.ts";
import { verifyLog } from "../src/ledger/verify.ts";
import { databaseLogReader } from "../src/postgres/ledger-reader.ts";
import { openStore } from "../src/postgres/postgres-store.ts";
import { startTestPostgres } from "../test/support/postgres.ts";
import { worldOn } from "../test/support/test-world.ts";

const total = Number(process.argv[2] ?? 1_000_000);
const folder = await mkdtemp(join(tmpdir(), "sg-bench-"));
const postgres = await startTestPostgres(folder);
const client = new pg.Client(postgres.url);
const migrationsDir = fileURLToPath(new URL("../migrations", import.meta.url));
const store = await openStore({ url: postgres.url, migrationsDir, poolMax: 8 });
let anchored: string | null = null;
const { world, newCustomer, removeFiles } = await worldOn(store, {
  anchor: {
    read: () => Promise.resolve(anchored),
    swap(expected, next) {
      if (anchored !== expected) return Promise.resolve(false);
      anchored = next;
      return Promise.resolve(true);
    },
  },
});
try {
  await client.connect();
  await client.query("set search_path = guard");
  const { customerId } = await newCustomer();
  for (let from = 0; from < total; from += 100_000) {
    await client.query(
      `with added as (
         insert into ledger_record (kind, customer_id, processor_id, recorded_at, opening, body_cipher, leaf)
         select 'hand_off', $1, 'p-sms', now(), sha256(int4send(n)), decode(repeat(md5(n::text), 16), 'hex'),
           sha256(int4send(n + 1000000000)) from generate_series($2::int, $3::int) n returning id, leaf)
       insert into ledger_pending (record_id, leaf) select id, leaf from added`,
      [customerId, from, Math.min(total, from + 100_000) - 1],
    );
  }
  await client.query("vacuum analyze ledger_record");
  const ending = new AbortController();
  const placeMs = await time(async () => {
    const sequencer = runSequencer(world, ending.signal);
    const left = async (): Promise<boolean> =>
      store.transaction("*", async (tx) => {
        const size = await tx.tree.size();
        return (await tx.tree.checkpoint())?.size !== size || (await tx.tree.pendingCount()) > 0;
      });
    while (await left()) await new Promise((resolve) => setTimeout(resolve, 200));
    ending.abort();
    await sequencer;
  });
  await client.query("vacuum analyze ledger_leaf");
  const size = Number((await store.transaction("*", (tx) => tx.tree.size())).toString());
  console.log(
    `${size} leaves placed and signed in ${seconds(placeMs)} s: ${Math.round(size / (placeMs / 1_000))}/s`,
  );

  const inside = databaseLogReader(postgres.url);
  const { signer, origin } = world.ledger;
  const before = process.cpuUsage();
  const verifyMs = await time(async () => {
    const report = await verifyLog(inside.reader, {
      key: signer.verifier,
      origin,
      anchor: anchored,
      database: inside.leaves(),
    });
    if (!report.ok || report.entriesVouched !== BigInt(size))
      throw new Error(JSON.stringify(report.findings.map(String)));
  });
  const cpu = process.cpuUsage(before);
  await inside.close();
  const readMs = await time(() =>
    client.query("select l.leaf, r.leaf from ledger_leaf l join ledger_record r on r.id = l.record_id"),
  );
  const leaf = new Uint8Array(33);
  const hashMs = await time(() => {
    for (let at = 0; at < 2 * size; at++) hash("sha256", leaf, "buffer");
  });
  console.log(
    `${size} entries verified from inside in ${seconds(verifyMs)} s (${seconds((cpu.user + cpu.system) / 1_000)} s own CPU)`,
  );
  console.log(
    `ratio ${(verifyMs / readMs).toFixed(2)} × reading leaves and records in one query (${seconds(readMs)} s)`,
  );
  console.log(
    `ratio ${(verifyMs / hashMs).toFixed(2)} × hashing leaves and nodes alone (${seconds(hashMs)} s)`,
  );
} finally {
  await client.end();
  await store.close();
  removeFiles();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function time(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}
