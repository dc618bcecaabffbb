import { hash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { erase } from "../../src/bin/erase.ts";
import { verifyReceiptFile } from "../../src/bin/verify-receipt.ts";
import { formatVerifierKey, parseSignerKey } from "../../src/ledger/note-key.ts";
import { createVault } from "../../src/vault/create-vault.ts";
import { listAt, pick, textAt } from "../support/api-client.ts";
import {
  addCustomer,
  addProcessor,
  campaignTo,
  declaration,
  type TestCustomer,
} from "../support/test-customer.ts";
import { query, serversBackend, type TestService } from "../support/test-service.ts";
import { until } from "../support/until.ts";

/** How many numbers an attacker tries: ERASURE_CANDIDATES=1000000 is every number of one block of Viet Nam. */
const candidates = Number(process.env["ERASURE_CANDIDATES"] ?? 20_000);
const block = 905_000_000;
const erasedNumber = block + 4_711;
const phone = `0${erasedNumber}`;
const masked = "+84 90 *** ** 11";
const reason = "asked by the subscriber";

let service: TestService;
let customer: TestCustomer;
const receipts: string[] = [];
const proofs: string[] = [];
let before: readonly string[] = [];
let tookMs = 0;
const said: string[] = [];

beforeAll(async () => {
  service = await serversBackend.start();
  const { api } = service;
  await addProcessor(service, "test-sms");
  customer = await addCustomer(service);
  const { key } = customer;
  await api("POST", "/v1/contacts", {
    key,
    body: { declaration, contacts: [{ phone, name: "Nguyen Thi Hoa" }, { phone: "0987654321" }] },
    headers: { "Idempotency-Key": "contacts" },
  });
  const created = await api("POST", "/v1/campaigns", {
    key,
    body: campaignTo([phone, "0987654321"], "test-sms"),
    headers: { "Idempotency-Key": "one" },
  });
  await until(
    "the campaign has ended",
    async () => {
      const view = await api("GET", `/v1/campaigns/${textAt(created.json, "id")}`, { key });
      return pick(view.json, "status") === "completed";
    },
    90_000,
  );
  await api("POST", "/v1/subscribers/lookup", {
    key,
    body: { phone },
    headers: { "Idempotency-Key": "two" },
  });
  const log = await search();
  for (const item of listAt(log.json, "items")) {
    const index = String(pick(item, "index"));
    const headers = { "X-Lookup-Reason": reason };
    receipts.push((await api("GET", `/v1/sharing-log/${index}/receipt`, { key, headers })).text);
    proofs.push((await api("GET", `/v1/sharing-log/${index}/proof`, { key })).text);
  }
  before = await dump();
  const began = performance.now();
  const code = await erase({ url: service.base }, service.adminKey, Readable.from([`${phone}\n`]), (line) =>
    said.push(line),
  );
  tookMs = performance.now() - began;
  expect(code).toBe(0);
}, 300_000);
afterAll(async () => {
  await service?.stop();
}, 120_000);

const search = () =>
  service.api("POST", "/v1/sharing-log/search", {
    key: customer.key,
    body: { phone },
    headers: { "X-Lookup-Reason": reason },
  });

/** Everything that lies about: the tables, Redis, the logs, the tiles, the list of erasures. */
async function dump(): Promise<readonly string[]> {
  const tables = await query(service.databaseUrl, async (client) => {
    const names = await client.query<{ name: string }>(
      `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
       where table_schema = 'guard' and table_type = 'BASE TABLE'`,
    );
    const texts: string[] = [];
    for (const { name } of names.rows) {
      const rows = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      texts.push(...rows.rows.map(({ row }) => `${name} ${row}`));
    }
    return texts;
  });
  const tiles: string[] = [];
  const checkpoint = (await service.api("GET", "/ledger/checkpoint")).text;
  const width = Number(checkpoint.split("\n")[1]) % 256;
  for (const kind of ["0", "entries"]) {
    const answer = await fetch(`${service.base}/ledger/tile/${kind}/000.p/${width}`);
    tiles.push(Buffer.from(await answer.arrayBuffer()).toString("hex"));
  }
  const list = join(service.dataDir, "erasures.list");
  const erasures = said.length === 0 ? "" : readFileSync(list, "utf8");
  return [...tables, await service.dumpJobs(), service.output(), checkpoint, ...tiles, erasures];
}

/** What an attacker computes of a number without any key. */
function guesses(digits: number): readonly string[] {
  return [`+84${digits}`, `84${digits}`, `0${digits}`].flatMap((form) =>
    (["sha256", "sha1", "md5"] as const).flatMap((name) => [
      hash(name, form, "hex"),
      hash(name, `\0${form}`, "hex"),
    ]),
  );
}

/** The candidates of which something can be found in the dump, without any key and with all of them. */
async function matched(texts: readonly string[], tried = candidates): Promise<readonly number[]> {
  const digits = new Set<string>();
  const starts = new Set<string>();
  const windows = new Set<string>();
  const text = texts.filter((line) => !line.startsWith("guard.suppression ")).join("\n");
  for (const [run] of text.matchAll(/\d{9,}/g)) {
    for (let at = 0; at + 9 <= run.length; at++) digits.add(run.slice(at, at + 9));
  }
  for (const [run] of text.matchAll(/[0-9a-f]{32,}/g)) {
    starts.add(run.slice(0, 32));
    for (let at = 0; at + 32 <= run.length; at += 64) windows.add(run.slice(at, at + 32));
  }
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{22,}={0,2}/g)) {
    starts.add(Buffer.from(run, "base64").subarray(0, 16).toString("hex"));
  }
  const vault = createVault(Buffer.from(service.env["ENCRYPTION_KEY"] ?? "", "base64"));
  const wrapped = await query(
    service.databaseUrl,
    async (client) =>
      (await client.query<{ id: string; key: Buffer }>("select id, key_wrapped as key from customer")).rows,
  );
  const vaults = wrapped.map(({ id, key }) => vault.customer(id, key));
  const found: number[] = [];
  for (let at = 0; at < tried; at++) {
    const number = block + at;
    const e164 = `+84${number}`;
    const keyed = [...vaults.map((each) => each.phoneIndex(e164)), vault.doNotCallIndex(e164)];
    const hit =
      digits.has(String(number)) ||
      keyed.some((index) => starts.has(index.toString("hex"))) ||
      guesses(number).some((guess) => starts.has(guess.slice(0, 32)) || windows.has(guess.slice(0, 32)));
    if (hit) found.push(number);
  }
  return found;
}

describe(`after an erasure, ${candidates} candidate numbers tried`, { timeout: 600_000 }, () => {
  test("the dump from before tells the number to whoever has the keys", async () => {
    expect(await matched(before, Math.min(candidates, 20_000))).toEqual([erasedNumber]);
  });

  test("it took less than a minute, and the operator is told what is left", () => {
    expect(tookMs).toBeLessThan(60_000);
    expect(said.join("\n")).toMatch(/: erased on \S+, \d+ records kept as commitments$/);
  });

  test("a look-up says when the person was erased and how many records are kept", async () => {
    const { json } = await search();
    expect(listAt(json, "items")).toEqual([]);
    const [left] = listAt(json, "erased");
    expect(pick(left, "customer")).toBe(customer.id);
    expect(pick(left, "recordsKept")).toBeGreaterThanOrEqual(receipts.length);
    const pdf = await fetch(`${service.base}/v1/sharing-log/search`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${customer.key}`,
        "Content-Type": "application/json",
        "X-Lookup-Reason": reason,
        Accept: "application/pdf",
      },
      body: JSON.stringify({ phone }),
    });
    expect(pdf.headers.get("Content-Type")).toBe("application/pdf");
  });

  test("every receipt and proof taken before verifies offline with the public key alone, and no altered one does", () => {
    expect(receipts.length).toBeGreaterThanOrEqual(2);
    const signer = parseSignerKey(service.env["LEDGER_KEY"] ?? "");
    if (signer === null) throw new Error("no key");
    const key = formatVerifierKey(signer.verifier);
    const file = join(service.dataDir, "receipt.json");
    const lines: string[] = [];
    for (const text of receipts) {
      writeFileSync(file, text);
      expect(verifyReceiptFile(file, { key }, (line) => lines.push(line))).toBe(0);
      writeFileSync(file, text.replace("hand_off", "withdrawn").replace("outcome", "hand_off"));
      expect(verifyReceiptFile(file, { key }, (line) => lines.push(line))).toBe(1);
    }
    rmSync(file);
    expect(lines).toContain("The receipt is genuine.");
    expect(proofs.every((proof) => proof.startsWith("c2sp.org/tlog-proof@v1"))).toBe(true);
  });

  test("of an erased record there is no receipt any more, of another's never, and none without a reason", async () => {
    const index = Number(/"index":?\s*(\d+)/.exec(receipts[0] ?? "")?.[1] ?? 0);
    const other = await addCustomer(service, { name: "Nha sach khac" });
    const headers = { "X-Lookup-Reason": reason };
    const path = `/v1/sharing-log/${index}/receipt`;
    expect((await service.api("GET", path, { key: other.key, headers })).status).toBe(404);
    expect((await service.api("GET", path, { key: customer.key, headers })).status).toBe(404);
    const without = await service.api("GET", path, { key: customer.key });
    expect([without.status, pick(without.json, "code")]).toEqual([400, "lookup_reason_missing"]);
  });

  // The last one: with a million candidates it takes minutes, in which kept connections end.
  test("no candidate can be matched against database, Redis, logs, tiles and list, even with every key", async () => {
    const texts = await dump();
    expect(await matched(texts)).toEqual([]);
    const all = texts.join("\n");
    for (const mark of [masked, "Nguyen Thi Hoa", phone]) expect(all).not.toContain(mark);
  });
});
