/**
 * Import of contacts, everything included (parse, judge, screen, encrypt, index, merge, consents), beside (a) the
 * naive way: parse, validate, one multi-row INSERT per 500; and (b) what the server alone needs for the same rows:
 * COPY of finished values from a file and a merge. All in one run on one server.
 * Run: npx tsx bench/import.ts [rows] [rows of the naive slice]
 */

import { once } from "node:events";
import { createReadStream, createWriteStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import pg from "pg";
import { inferSchema, initParser } from "udsv";
import { runImport } from "../src/guard/run-import.ts";
import { openStore } from "../src/postgres/postgres-store.ts";
import { declaration } from "../test/guard/import-fixture.ts";
import { startTestPostgres } from "../test/support/postgres.ts";
import { worldOn } from "../test/support/test-world.ts";
import { file, mapping } from "./import-file.ts";

const rows = Number(process.argv[2] ?? 100_000);
const slice = Number(process.argv[3] ?? Math.min(rows, 100_000));

const folder = await mkdtemp(join(tmpdir(), "sg-bench-"));
/** Both sides read their file from the disk: making it up is no part of what either costs. */
const files = await mkdtemp(join(tmpdir(), "sg-bench-files-"));
const wholeFile = await written(rows);
const slicedFile = await written(slice);
const postgres = await startTestPostgres(folder);
const client = new pg.Client(postgres.url);
try {
  await client.connect();
  const ours = await importOurs();
  const perSecond = (count: number, ms: number): number => Math.round((count / ms) * 1_000);
  const show = (name: string, count: number, { ms, ownCpuMs, serverCpuMs }: Cost): void =>
    console.log(
      `${name.padEnd(34)} ${perSecond(count, ms).toLocaleString("en").padStart(9)} rows/s   ${Math.round(ms)} ms   processor time a row: ${((ownCpuMs * 1e3) / count).toFixed(1)} µs own, ${((serverCpuMs * 1e3) / count).toFixed(1)} µs server`,
    );
  show("ours, first import", rows, ours.first);
  show("ours, the same file again", rows, ours.again);
  const naive = await measured(importNaively);
  show(`naive, INSERT per 500 (${slice} rows)`, slice, naive);
  const server = await mergeOnServer(ours.customerId);
  show("server only, COPY + merge", ours.stored, server);
  // On a machine that others use too, only the second line says something: both sides are charged alike.
  for (const [name, of] of [
    ["elapsed", (cost: Cost) => cost.ms],
    ["processor time", (cost: Cost) => cost.ownCpuMs + cost.serverCpuMs],
  ] as const) {
    const aRow = of(ours.first) / rows;
    console.log(
      `${name}: ours / naive ${(of(naive) / slice / aRow).toFixed(2)}   ours / server only ${(of(server) / ours.stored / aRow).toFixed(2)}   again / first ${(of(ours.first) / of(ours.again)).toFixed(2)}`,
    );
  }
  console.log(`peak memory while importing: ${ours.peakMb} MB (${ours.startMb} MB before the first row)`);
} finally {
  await client.end();
  await postgres.stop();
  for (const each of [folder, files]) await rm(each, { recursive: true, force: true });
}

async function written(count: number): Promise<string> {
  const path = join(files, `${count}.csv`);
  if (existsSync(path)) return path;
  const out = createWriteStream(path);
  for await (const piece of file(count)) if (!out.write(piece)) await once(out, "drain");
  out.end();
  await once(out, "finish");
  return path;
}

async function importOurs(): Promise<{
  first: Cost;
  again: Cost;
  stored: number;
  customerId: string;
  peakMb: number;
  startMb: number;
}> {
  const migrationsDir = fileURLToPath(new URL("../migrations", import.meta.url));
  const store = await openStore({ url: postgres.url, migrationsDir, poolMax: 8 });
  const house = await worldOn(store);
  try {
    const caller = await house.newCustomer();
    const customerId = caller.customerId ?? "";
    const startMb = Math.round(process.resourceUsage().maxRSS / 1024);
    const importOnce = async (): Promise<number> => {
      const { id } = await house.guard.startImport(caller, {
        declaration,
        mapping,
        file: {
          fileName: "bench.csv",
          mediaType: "text/csv",
          bytes: createReadStream(wholeFile),
          bytesTotal: null,
        },
      });
      await runImport(house.world, customerId, id, id);
      const view = await house.guard.getImport(caller, id);
      if (view.status !== "completed" || view.counts.total !== rows) throw new Error(JSON.stringify(view));
      console.log(JSON.stringify(view.counts));
      return view.counts.accepted;
    };
    let stored = 0;
    const first = await measured(async () => {
      stored = await importOnce();
    });
    const again = await measured(importOnce);
    return {
      first,
      again,
      stored,
      customerId,
      startMb,
      peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await store.close();
    house.removeFiles();
  }
}

/** What a plain program does: contacts and their consents, no encryption, no blind index, no screening, no refusals. */
async function importNaively(): Promise<void> {
  await client.query(
    `create table naive_contact (id bigserial primary key, phone text unique, name text, birth_date date,
       city text, tier text, external_id text);
     create table naive_consent (id bigserial primary key, contact_id bigint not null references naive_contact,
       channel text, purpose text, basis text, source text, consented_at timestamptz)`,
  );
  const text = await readFile(slicedFile, "utf8");
  const parser = initParser(inferSchema(text));
  const records: readonly (readonly string[])[] = parser.stringArrs(text);
  let batch: unknown[][] = [];
  const flush = async (): Promise<void> => {
    const unique = [...new Map(batch.map((row) => [row[0], row])).values()];
    batch = [];
    if (unique.length === 0) return;
    const stored = await client.query<{ id: string; phone: string }>(
      `insert into naive_contact (phone, name, birth_date, city, tier, external_id)
       values ${places(unique.length, 6)}
       on conflict (phone) do update set name = excluded.name, birth_date = excluded.birth_date,
         city = excluded.city, tier = excluded.tier
       returning id, phone`,
      unique.flatMap((row) => row.slice(0, 6)),
    );
    const moments = new Map(unique.map((row) => [row[0], row[6]]));
    await client.query(
      `insert into naive_consent (contact_id, channel, purpose, basis, source, consented_at)
       values ${places(stored.rows.length, 6)}`,
      stored.rows.flatMap(({ id, phone }) => [
        id,
        "sms",
        "advertising",
        "consent",
        "form",
        moments.get(phone),
      ]),
    );
  };
  for (const [written = "", name, birth = "", agreed = "", city, tier, id] of records) {
    const parsed = parsePhoneNumberFromString(written, "VN");
    const born = isoDay(birth);
    const consentedAt = isoDay(agreed.slice(0, 10));
    if (parsed?.isValid() !== true || born === null || consentedAt === null) continue;
    batch.push([parsed.number, name, born, city, tier, id, `${consentedAt}T${agreed.slice(11)}:00+07:00`]);
    if (batch.length === 500) await flush();
  }
  await flush();
}

function places(rowCount: number, width: number): string {
  return Array.from(
    { length: rowCount },
    (_, at) => `(${Array.from({ length: width }, (__, column) => `$${at * width + column + 1}`).join(",")})`,
  ).join(",");
}

function isoDay(written: string): string | null {
  const [, day = "", month = "", year = ""] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(written) ?? [];
  return Number.isNaN(Date.parse(`${year}-${month}-${day}`)) ? null : `${year}-${month}-${day}`;
}

/** The rows that our import made, written again by the server alone from a file: its share of the work and no more. */
async function mergeOnServer(customerId: string): Promise<Cost> {
  await client.query("set search_path = guard");
  const folderOfFile = await mkdtemp(join(tmpdir(), "sg-bench-copy-"));
  await chmod(folderOfFile, 0o711);
  const path = join(folderOfFile, "contacts.csv");
  try {
    const out = createWriteStream(path, { mode: 0o644 });
    let after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
      const { rows: page } = await client.query<Record<string, string>>(
        `select s.id, s.phone_index::text as phone_index, s.salt::text as salt, s.profile_cipher::text as cipher, s.profile_digest::text as digest,
           s.country, p.channel, p.purpose, p.basis, p.declaration_id, p.collected_at::text as collected_at,
           p.since::text as since
         from subscriber s join permission p on p.subscriber_id = s.id
         where s.customer_id = $1 and s.id > $2 order by s.id limit 20000`,
        [customerId, after],
      );
      const last = page.at(-1);
      if (last === undefined) break;
      after = last["id"] ?? "";
      const text = page
        .map(
          (row) =>
            `${Object.values(row)
              .map((value) => value ?? "")
              .join(",")}\n`,
        )
        .join("");
      if (!out.write(text)) await once(out, "drain");
    }
    out.end();
    await once(out, "finish");
    await client.query("create table bench_import as select * from import where customer_id = $1 limit 1", [
      customerId,
    ]);
    await client.query("delete from import where customer_id = $1", [customerId]);
    await client.query("insert into import select * from bench_import");
    await client.query("delete from permission where customer_id = $1", [customerId]);
    await client.query("delete from subscriber where customer_id = $1", [customerId]);
    await client.query("vacuum subscriber, permission");
    return await measured(() => mergeFile(path, customerId));
  } finally {
    await rm(folderOfFile, { recursive: true, force: true });
  }
}

async function mergeFile(path: string, customerId: string): Promise<void> {
  await client.query("begin");
  // Without statistics the planner would compare every row with every other one.
  await client.query("set local enable_nestloop = off");
  await client.query(
    `create temporary table staging (id uuid, phone_index bytea, salt bytea, cipher bytea, digest bytea, country text,
         channel channel, purpose purpose, basis basis, declaration_id uuid, collected_at timestamptz,
         since timestamptz) on commit drop`,
  );
  await client.query(`copy staging from '${path}' (format csv)`);
  await client.query(
    `insert into subscriber (id, customer_id, import_id, phone_index, salt, profile_cipher, profile_digest, known,
         country, created_at, updated_at)
       select id, $1::uuid, (select id from import where customer_id = $1), phone_index, salt, cipher, digest, true,
         country, since, since from staging g
       where not exists (select from subscriber s where s.customer_id = $1 and s.phone_index = g.phone_index)`,
    [customerId],
  );
  await client.query(
    `insert into permission (subscriber_id, channel, purpose, revision, epoch, customer_id, granted, basis,
         declaration_id, collected_at, since)
       select id, channel, purpose, 1, 1, $1::uuid, true, basis, declaration_id, collected_at, since from staging`,
    [customerId],
  );
  await client.query("commit");
}

type Cost = { readonly ms: number; readonly ownCpuMs: number; readonly serverCpuMs: number };

/** What work costs in time and in processor time, of this process and of the server. */
async function measured(work: () => Promise<unknown>): Promise<Cost> {
  const [cpu, server, start] = [process.cpuUsage(), serverCpuMs(), performance.now()];
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, ownCpuMs: (user + system) / 1_000, serverCpuMs: serverCpuMs() - server };
}

/** Of the server and its processes, those that ended included (Linux; 0 elsewhere). */
function serverCpuMs(): number {
  let ticks = 0;
  for (const pid of existsSync("/proc/self/stat")
    ? readdirSync("/proc").filter((name) => /^\d+$/.test(name))
    : []) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const isServer = Number(pid) === postgres.pid;
      if (!isServer && fields[1] !== postgres.pid) continue;
      for (const at of isServer ? [11, 12, 13, 14] : [11, 12]) ticks += fields[at] ?? 0;
    } catch {
      // It ended while it was looked at.
    }
  }
  return ticks * 10;
}
