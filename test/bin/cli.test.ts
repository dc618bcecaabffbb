import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addCustomer, campaignTo, declaration, type TestCustomer } from "../support/test-customer.ts";
import { createTestDatabase } from "../support/test-database.ts";
import { query, serversBackend, type TestService } from "../support/test-service.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

const phones = ["0903000001", "0903000002", "0903000003"];
let service: TestService;
let customer: TestCustomer;
let folder: string;
let file: (name: string) => string;

beforeAll(async () => {
  service = await serversBackend.start();
  customer = await addCustomer(service);
  folder = await mkdtemp(join(tmpdir(), "sg-cli-"));
  file = (name) => join(folder, name);
  await writeFile(
    file("contacts.csv"),
    `phone,name\n${phones.map((phone) => `${phone},An`).join("\n")}\n12,Nobody\n`,
  );
  await writeFile(file("declaration.json"), JSON.stringify(declaration));
  await writeFile(
    file("campaign.json"),
    JSON.stringify(campaignTo([...phones, "0987000000"], "sandbox-sms")),
  );
}, 180_000);
afterAll(async () => {
  await service?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const guard = (args: readonly string[], input = ""): Promise<CommandResult> =>
  runCommand(args, { PUBLIC_URL: service.base, GUARD_API_KEY: customer.key }, input);

describe("the commands over the API, against a running service", { timeout: 240_000 }, () => {
  it("import a file under its declaration, count its rows and keep what was not taken", async () => {
    const args = ["import", file("contacts.csv"), "--declaration", file("declaration.json")];
    const { code, out, err } = await guard([...args, "--errors", file("errors.csv")]);
    expect(err).not.toContain("Error");
    expect(code).toBe(0);
    expect(out).toMatch(/│ 4 +│ 3 +│ 0 +│ 0 +│ 1 +│ 0 +│/);
    expect(await readFile(file("errors.csv"), "utf8")).toMatch(/^12,Nobody,.*number_invalid/m);
  });

  it("preview a campaign as a table, with the reason and what to do, and without whole numbers", async () => {
    const { code, out } = await guard(["preview", file("campaign.json")]);
    expect(code).toBe(0);
    expect(out).toContain("partial: 3 allow, 0 hold, 0 review, 1 deny");
    expect(out).toMatch(/│ 3 +│ \+84 98 \*\*\* \*\* 00 +│ deny +│ contact_unknown/);
    expect(out).not.toContain("903000001");
  });

  it("send it once under its key, and watch it go", async () => {
    const args = ["send", file("campaign.json"), "--idempotency-key", "november", "--wait-seconds", "60"];
    const first = await guard(args);
    expect(first.err).toBe("");
    expect(first.out).toMatch(/│ completed +│ 0 +│/);
    const id = /campaign (\S+):/.exec(first.out)?.[1];
    expect((await guard([...args, "--no-wait"])).out).toContain(`campaign ${id}: `);
  });

  it("withdraw a number from standard input, after which a preview refuses it", async () => {
    const { code, out } = await guard(
      ["withdraw", "--source", "hotline", "--channels", "sms"],
      `${phones[0]}\n`,
    );
    expect(code).toBe(0);
    expect(out).toMatch(/effective at .*no hand-off can follow/);
    expect((await guard(["preview", file("campaign.json")])).out).toContain("opted_out");
  });

  it("look a number up, and say what the service refuses", async () => {
    const found = await guard(["look-up", "--reason", "asked on the phone"], phones[1]);
    expect(found.out).toContain("hand_off");
    expect(found.out).toContain("Sandbox sms");
    const short = await guard(["look-up", "--reason", "x"], phones[1]);
    expect(short).toMatchObject({ code: 2, out: "" });
    expect(short.err).toContain("lookup_reason_missing");
    expect(short.err).not.toContain(phones[1]);
  });

  it("refuse to start without a key or a file", async () => {
    const noKey = await runCommand(["preview", file("campaign.json")], { PUBLIC_URL: service.base });
    expect(noKey.code).not.toBe(0);
    expect(noKey.err).toContain("--key");
    expect((await guard(["preview", file("nothing.json")])).err).toContain("nothing.json");
  });
});

describe("doctor", { timeout: 240_000 }, () => {
  const finding = (result: CommandResult, what: string): string =>
    result.out.split("\n").find((line) => line.includes(`${what}:`)) ?? "";
  const doctor = (env: Readonly<Record<string, string>> = {}): Promise<CommandResult> =>
    runCommand(["doctor"], { ...service.env, ...env });

  it("finds a running installation without a fault, and warns of what a restart would cost", async () => {
    const result = await doctor();
    // The tests' PostgreSQL runs without durability, and doctor says so; nothing else is at fault.
    const faults = result.out.split("\n").filter((line) => line.startsWith("FAULT"));
    expect(faults.map((line) => line.slice(7))).toEqual([
      "fsync: off",
      "full_page_writes: off",
      "synchronous_commit: off",
    ]);
    expect(result.code).toBe(1);
    for (const what of ["Node", "settings", "clock", "migrations", "ENCRYPTION_KEY", "LEDGER_KEY"])
      expect(finding(result, what), what).toMatch(/^ok/);
    expect(result.out).toMatch(/Redis \S+ maxmemory-policy: noeviction/);
  });

  it("names a Redis that forgets jobs", async () => {
    const { Redis } = await import("ioredis");
    const redis = new Redis(service.env["REDIS_URL"] ?? "");
    try {
      await redis.config("SET", "maxmemory-policy", "allkeys-lru");
      await redis.config("SET", "appendonly", "no");
      const result = await doctor();
      expect(result.code).toBe(1);
      expect(result.out).toMatch(
        /FAULT {2}Redis \S+ maxmemory-policy: allkeys-lru\n +→ CONFIG SET maxmemory-policy/,
      );
      expect(result.out).toMatch(/WARN {3}Redis \S+ appendonly: no/);
    } finally {
      await redis.config("SET", "maxmemory-policy", "noeviction");
      redis.disconnect();
    }
  });

  it("tells a key that is not this database's, for both kinds", async () => {
    const foreign = await doctor({ ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64") });
    expect(foreign.code).toBe(1);
    expect(finding(foreign, "ENCRYPTION_KEY")).toMatch(/^FAULT.*does not open/);
    const origin = await doctor({ LEDGER_ORIGIN: "other.example/log" });
    expect(finding(origin, "LEDGER_KEY")).toMatch(/^FAULT/);
  });

  it("tells an empty second place, and reads the settings that hold for this database", async () => {
    const result = await doctor({ DATA_DIR: join(folder, "elsewhere") });
    expect(finding(result, "second place")).toMatch(/^FAULT/);
    await query(service.databaseUrl, (client) =>
      client.query(
        `alter database "${new URL(service.databaseUrl).pathname.slice(1)}" set synchronous_commit = on`,
      ),
    );
    try {
      expect(finding(await doctor(), "synchronous_commit")).toMatch(/^ok/);
    } finally {
      await query(service.databaseUrl, (client) =>
        client.query(
          `alter database "${new URL(service.databaseUrl).pathname.slice(1)}" reset synchronous_commit`,
        ),
      );
    }
  });

  it("tells an old list", async () => {
    const age = (hours: number) =>
      query(service.databaseUrl, (client) =>
        client.query("update do_not_call_snapshot set snapshot_at = now() - make_interval(hours => $1)", [
          hours,
        ]),
      );
    await age(30);
    expect(finding(await doctor(), "do-not-call list")).toMatch(/^FAULT/);
    await age(22);
    expect(finding(await doctor(), "do-not-call list")).toMatch(/^WARN/);
    await age(1);
    expect(finding(await doctor(), "do-not-call list")).toMatch(/^ok/);
  });

  it("tells servers that are away without giving passwords away, and settings that cannot be used", async () => {
    const away = await doctor({
      DATABASE_URL: "postgres://u:geheim-1@127.0.0.1:1/x",
      REDIS_URL: "redis://:geheim-2@127.0.0.1:1",
    });
    expect(away.code).toBe(1);
    expect(away.out.match(/cannot be reached/g)).toHaveLength(2);
    expect(away.out + away.err).not.toMatch(/geheim/);
    const wrong = await doctor({ ENCRYPTION_KEY: "short", PORT: "x" });
    expect(wrong.out).toMatch(/FAULT {2}settings/);
    expect(wrong.out).toContain("PORT must be");
  });

  it("sees what is to be migrated, migrate does it, and doctor sees that too", async () => {
    const database = await createTestDatabase();
    try {
      const env = { ...service.env, DATABASE_URL: database.url };
      expect(finding(await doctor(env), "migrations")).toMatch(/^WARN.*to be applied: 0001/);
      const migrated = await runCommand(["migrate"], env);
      expect(migrated).toMatchObject({ code: 0 });
      expect(finding(await doctor(env), "migrations")).toMatch(/^ok/);
    } finally {
      await database.drop();
    }
  });
});
