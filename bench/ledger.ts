/**
 * The ledger on its database. Records appended as acts do it and placed by the sequencer, beside a bare INSERT of the
 * same leaves; from the append to the signature; the whole log verified from the inside; a proof; and a look-up by
 * phone among many records (laid in by SQL, those looked up by the service itself), beside the bare query.
 * Run: npx tsx bench/ledger.ts [records through the sequencer] [records that look-ups search] [look-ups]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import pg from "pg";
import { appendRecords, type DraftWithSalt } from "../src/guard/append-record.ts";
import { openCustomer } from "../src/guard/customer-access.ts";
import type { Caller } from "../src/guard/guard.ts";
import { runSequencer } from "../src/guard/sequence.ts";
import { proveRecord } from "../src/guard/serve-ledger.ts";
import { searchSharingLog } from "../src/guard/sharing-log.ts";
import { verifyLog } from "../src/ledger/verify.ts";
import { databaseLogReader } from "../src/postgres/ledger-reader.ts";
import { openStore } from "../src/postgres/postgres-store.ts";
import { startTestPostgres } from "../test/support/postgres.ts";
import { worldOn } from "../test/support/test-world.ts";

const placed = Number(process.argv[2] ?? 100_000);
const searched = Number(process.argv[3] ?? 200_000);
const lookUps = Number(process.argv[4] ?? 300);
const batch = 500;
const recordsEach = 10;
const sampleSize = 500;

const folder = await mkdtemp(join(tmpdir(), "sg-bench-"));
const postgres = await startTestPostgres(folder);
const client = new pg.Client(postgres.url);
const migrationsDir = fileURLToPath(new URL("../migrations", import.meta.url));
const store = await openStore({ url: postgres.url, migrationsDir, poolMax: 8 });
let anchored: string | null = null;
const opened = await worldOn(store, {
  anchor: {
    read: () => Promise.resolve(anchored),
    swap(expected, next) {
      if (anchored !== expected) return Promise.resolve(false);
      anchored = next;
      return Promise.resolve(true);
    },
  },
});
const { world } = opened;
const table = new Table({ head: ["", "ours", "beside", "ratio"] });
try {
  await client.connect();
  await client.query("set search_path = guard");
  const caller = await opened.newCustomer();
  await measureAppending(caller);
  await measureLookUps(caller);
  console.log(table.toString());
} finally {
  await client.end();
  await store.close();
  opened.removeFiles();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function append(caller: Caller, drafts: readonly DraftWithSalt[]): Promise<void> {
  const customerId = caller.customerId ?? "";
  await store.transaction(customerId, async (tx) => {
    const { vault } = await openCustomer(world, tx, customerId);
    await appendRecords(world, tx, { id: customerId, vault }, drafts);
  });
}

function handOff(subscriber: { readonly id: string; readonly salt: Buffer } | null): DraftWithSalt {
  return {
    salt: subscriber?.salt ?? null,
    draft: {
      kind: "hand_off",
      subscriber: subscriber === null ? null : { id: subscriber.id, phone: "+84 90 *** ** 21" },
      processor: { id: "p-sms", name: "Test SMS", country: "VN" },
      channel: "sms",
      purpose: "advertising",
      basis: "consent",
      fields: ["phone", "text"],
      policyDigest: world.policyDigest,
    },
  };
}

async function measureAppending(caller: Caller): Promise<void> {
  const drafts = Array.from({ length: batch }, () => handOff(null));
  const appendMs = await time(async () => {
    for (let at = 0; at < placed; at += batch * 2)
      await Promise.all([append(caller, drafts), append(caller, drafts)]);
  });
  const bareMs = await time(() =>
    client.query("create temp table bare as select id, leaf from ledger_record order by id"),
  );
  row("records appended by their acts (a second)", placed / (appendMs / 1_000), placed / (bareMs / 1_000));

  const ending = new AbortController();
  const began = performance.now();
  const sequencer = runSequencer(world, ending.signal);
  const signed = async (): Promise<bigint> =>
    (await store.transaction("*", (tx) => tx.tree.checkpoint()))?.size ?? 0n;
  const total = BigInt(
    (await client.query<{ n: string }>("select count(*) as n from ledger_record")).rows[0]?.n ?? 0,
  );
  while ((await signed()) < total) await pause(50);
  const placeMs = performance.now() - began;
  row("leaves placed and signed (a second)", Number(total) / (placeMs / 1_000), placed / (bareMs / 1_000));

  let slowest = 0;
  for (let round = 0; round < 10; round++) {
    await append(caller, drafts);
    const size = total + BigInt(batch * (round + 1));
    const from = performance.now();
    while ((await signed()) < size) await pause(10);
    slowest = Math.max(slowest, performance.now() - from);
  }
  row("from append to signature, slowest of 10 (ms)", slowest, null);
  ending.abort();
  await sequencer;

  const inside = databaseLogReader(postgres.url);
  const { signer, origin } = world.ledger;
  const verifyMs = await time(async () => {
    const report = await verifyLog(inside.reader, {
      key: signer.verifier,
      origin,
      anchor: anchored,
      database: inside.leaves(),
    });
    if (!report.ok) throw new Error(JSON.stringify(report.findings.map(String)));
  });
  await inside.close();
  const size = Number(await signed());
  const readMs = await time(() => client.query("select count(leaf) from ledger_leaf"));
  row(`${size} entries verified from inside (s)`, verifyMs / 1_000, readMs / 1_000);
  const proofs: number[] = [];
  for (let at = 0; at < 500; at++) {
    proofs.push(await time(() => proveRecord(world, BigInt(Math.floor((at * size) / 500)))));
  }
  row("a proof, p99 (ms)", percentile(proofs, 0.99), null);
}

async function measureLookUps(caller: Caller): Promise<void> {
  const customerId = caller.customerId ?? "";
  const phones = Array.from({ length: sampleSize }, (_, at) => `+8490${5_000_000 + at * 1_999}`);
  const subscribers = await store.transaction(customerId, async (tx) => {
    const { vault } = await openCustomer(world, tx, customerId);
    const now = world.clock.now();
    const rows = phones.map((phone) => ({
      id: world.entropy.id(now),
      phoneIndex: vault.phoneIndex(phone),
      salt: world.entropy.bytes(16),
      profileCipher: null,
      known: false,
      country: "VN",
      adultAt: null,
      guardianConsented: false,
      restrictedAt: null,
      objectedAt: null,
      erasedAt: null,
    }));
    return tx.subscribers.addOrLock(customerId, rows, now);
  });
  const known = subscribers.flatMap(({ id, salt }) => (salt === null ? [] : [{ id, salt }]));
  const half = async (): Promise<void> => {
    for (let round = 0; round < recordsEach / 2; round++) await append(caller, known.map(handOff));
  };
  await half();
  await layIn(customerId);
  await half();
  // All have their places; the tree above them is not asked for by a look-up.
  await client.query(
    `insert into ledger_leaf (index, record_id, leaf)
     select (select coalesce(max(index) + 1, 0) from ledger_leaf) + row_number() over (order by record_id) - 1,
       record_id, leaf from ledger_pending`,
  );
  await client.query("truncate ledger_pending");
  await client.query("analyze");
  const log: Caller = { ...caller, scopes: ["ledger"] };
  const took: number[] = [];
  const bare: number[] = [];
  for (let at = 0; at < lookUps; at++) {
    const place = (at * 7_919) % phones.length;
    const from = performance.now();
    const page = await searchSharingLog(
      world,
      log,
      { phone: phones[place] ?? "", kind: "hand_off" },
      "bench of look-ups",
    );
    took.push(performance.now() - from);
    if (page.items.length !== recordsEach) throw new Error(`${page.items.length} records found`);
    bare.push(
      await time(() =>
        client.query("select * from ledger_record where subscriber_id = $1 order by id desc limit 51", [
          known[place]?.id,
        ]),
      ),
    );
  }
  const { rows } = await client.query<{ n: string }>("select count(*) as n from ledger_record");
  row(`look-up by phone among ${rows[0]?.n}, p50 (ms)`, percentile(took, 0.5), percentile(bare, 0.5));
  row("the same, p99 (ms)", percentile(took, 0.99), percentile(bare, 0.99));
}

/** Other people's records, ten each, as the database would hold them. */
async function layIn(customerId: string): Promise<void> {
  const people = Math.ceil(searched / recordsEach);
  const chunk = 100_000;
  for (let from = 0; from < people; from += chunk) {
    const count = Math.min(chunk, people - from);
    await client.query(
      `insert into subscriber (id, customer_id, phone_index, salt, known, created_at, updated_at)
       select gen_random_uuid(), $1, decode(md5('index' || n), 'hex'), decode(md5('salt' || n), 'hex'), true, now(), now()
       from generate_series($2::int, $3::int) n`,
      [customerId, from, from + count - 1],
    );
  }
  await client.query(
    "create temp table people as select id, row_number() over () as n from subscriber where known",
  );
  for (let round = 0; round < recordsEach; round++) {
    await client.query(
      `with added as (
         insert into ledger_record (kind, customer_id, subscriber_id, processor_id, recorded_at, opening, body_cipher, leaf)
         select 'hand_off', $1, id, 'p-sms', now(), decode(md5('o' || n) || md5('p' || n), 'hex'),
           decode(repeat(md5('b' || n), 16), 'hex'), decode(md5(n || 'a' || $2::text) || md5(n || 'b'), 'hex')
         from people order by n returning id, leaf)
       insert into ledger_leaf (index, record_id, leaf)
       select (select coalesce(max(index) + 1, 0) from ledger_leaf) + row_number() over (order by id) - 1, id, leaf
       from added`,
      [customerId, round],
    );
    console.log(`  ${(round + 1) * people} records laid in`);
  }
}

function row(what: string, ours: number, beside: number | null): void {
  const spell = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 4 });
  table.push([
    what,
    spell(ours),
    beside === null ? "" : spell(beside),
    beside === null ? "" : `${(ours / beside).toFixed(2)}×`,
  ]);
  console.log(`${what}: ${spell(ours)}`);
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

async function time(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
