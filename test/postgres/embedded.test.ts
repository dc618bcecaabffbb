import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/postgres/embedded.ts";
import { until } from "../support/until.ts";

const isRoot = process.geteuid?.() === 0;
const nobody = 65534;

let folder: string;
let dataDir: string;
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sg-embedded-"));
  // mkdtemp closes it to the account that the server runs as under root.
  await chmod(folder, 0o711);
  dataDir = join(folder, "data");
  await mkdir(join(folder, "tmp"));
  await chmod(join(folder, "tmp"), 0o1777);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  // Their servers go by themselves; the folder can be removed once they have.
  await until("no server is left", async () => (await serversIn(join(dataDir, "postgres"))).length === 0);
  await rm(folder, { recursive: true, force: true });
});

describe("the embedded server", () => {
  test("starts on nothing, keeps its rows, and starts again", async () => {
    const first = await start(dataDir);
    expect(await query(first, "create table word as select 'Tiếng Việt' as text; select 1")).toBeDefined();
    await first.stop();
    const second = await start(dataDir);
    expect(await query(second, "select text from word")).toEqual([{ text: "Tiếng Việt" }]);
    expect((await stat(second.dataDir)).mode & 0o777).toBe(0o700);
  });

  test("is durable, speaks UTF-8, sorts by code point, listens on no port and is not root", async () => {
    const server = await start(dataDir);
    const rows = await query(
      server,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
        current_setting('full_page_writes') as full_page_writes, current_setting('server_encoding') as encoding,
        current_setting('listen_addresses') as listen_addresses,
        (select datcollate from pg_database where datname = current_database()) as collate`,
    );
    expect(rows).toEqual([
      {
        fsync: "on",
        synchronous_commit: "on",
        full_page_writes: "on",
        encoding: "UTF8",
        listen_addresses: "",
        collate: "C",
      },
    ]);
    expect((await stat(join(dataDir, "run"))).mode & 0o777).toBe(0o700);
    const status = await readFile(`/proc/${server.pid}/status`, "utf8");
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).not.toBe("0");
  });

  test("works in a directory whose path is too long for a socket, and with a comma and a quote in it", async () => {
    dataDir = join(folder, `a,"b ${"long".repeat(30)}`, "data");
    const server = await start(dataDir);
    expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: "already_running" });
    const short = await readlink(join(dataDir, "run"));
    expect((await stat(short)).mode & 0o777).toBe(0o700);
    await server.stop();
    await rm(short, { recursive: true });
    // As after a reboot that emptied the temporary folder.
    expect(await query(await start(dataDir), "select 1 as one")).toEqual([{ one: 1 }]);
    for (const again of servers.splice(0)) await again.stop();
    await rm(short, { recursive: true });
  });

  test("refuses a second start in this process and names the owner", async () => {
    await start(dataDir);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: "already_running",
      ownerPid: process.pid,
      message: expect.stringContaining(`in use by process ${process.pid}`),
    });
  });

  test("of many that start at once exactly one does, and the others name it", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => startEmbeddedPostgres({ dataDir })),
    );
    const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    servers.push(...started);
    expect(started).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "already_running" });
    }
  });

  test("refuses a cluster of another major version and says which", async () => {
    const server = await start(dataDir);
    await server.stop();
    await writeFile(join(server.dataDir, "PG_VERSION"), "12\n");
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: "wrong_version",
      message: expect.stringMatching(/PostgreSQL 12.*PostgreSQL 18.*DATABASE_URL/),
    });
  });

  test("refuses a folder of that name with something else in it, and leaves it as it is", async () => {
    await mkdir(join(dataDir, "postgres"), { recursive: true });
    await writeFile(join(dataDir, "postgres", "notes.txt"), "mine");
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: "start_failed" });
    expect(await readdir(join(dataDir, "postgres"))).toEqual(["notes.txt"]);
  });

  test("says what PostgreSQL said if a setting stops it, and frees the directory", async () => {
    const settings = { shared_buffers: "nonsense" };
    await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toMatchObject({
      code: "start_failed",
      message: expect.stringContaining("shared_buffers"),
    });
    await start(dataDir);
  });

  test("tells when the server ends unasked, but not when it is stopped", async () => {
    const exits: (number | null)[] = [];
    const onExit = (code: number | null) => exits.push(code);
    const first = await startEmbeddedPostgres({ dataDir, onExit });
    process.kill(first.pid, "SIGQUIT");
    await until("its end is told", () => exits.length === 1);
    const second = await startEmbeddedPostgres({ dataDir, onExit });
    await second.stop();
    await second.stop();
    expect(exits).toHaveLength(1);
  });

  test("makes a half-made cluster's remains go away", async () => {
    await mkdir(join(dataDir, "postgres.initdb-killed"), { recursive: true });
    await writeFile(join(dataDir, "postgres.initdb-killed", "PG_VERSION"), "18\n");
    await start(dataDir);
    expect((await readdir(dataDir)).sort()).toEqual(["postgres", "run"]);
  });
});

describe("when its process dies", () => {
  // One cluster for all of them: rows are counted on from what the test before left.
  let shared: string;
  beforeAll(async () => {
    shared = await mkdtemp(join(tmpdir(), "sg-embedded-"));
    await chmod(shared, 0o711);
  });
  beforeEach(() => {
    dataDir = join(shared, "data");
  });
  afterAll(() => rm(shared, { recursive: true, force: true }));

  test("the server follows, whichever way the process ends", async () => {
    for (const end of ["SIGKILL", "SIGTERM", "SIGINT", "throw", "return"] as const) {
      const child = await startChild(dataDir, end.startsWith("SIG") ? "rows" : end);
      if (end.startsWith("SIG")) child.process.kill(end as NodeJS.Signals);
      await child.exited;
      await until(`the server is gone after ${end}`, () => !isAlive(child.serverPid), 5_000);
    }
  });

  test("kill -9 of the process loses no acknowledged row, and the next start needs no help", async () => {
    let kept = -1;
    for (let round = 0; round < 3; round += 1) {
      const child = await startChild(dataDir);
      await until("rows are committed", () => child.lastRow() > Math.max(kept, 0) + 20);
      child.process.kill("SIGKILL");
      await child.exited;
      kept = child.lastRow();
      expect(kept).toBeGreaterThan(20);
      const server = await start(dataDir);
      expect(await query(server, `select count(*)::int as kept from row where id <= ${kept}`)).toEqual([
        { kept: kept + 1 },
      ]);
      await server.stop();
    }
  });

  test("kill -9 of the process and its watcher leaves a server that the next start ends and replaces", async () => {
    const child = await startChild(dataDir);
    await until("rows are committed", () => child.lastRow() > 5);
    for (const pid of await watchersOf(child.serverPid)) process.kill(pid, "SIGKILL");
    child.process.kill("SIGKILL");
    await child.exited;
    expect(isAlive(child.serverPid)).toBe(true);
    const server = await start(dataDir);
    expect(isAlive(child.serverPid)).toBe(false);
    const rows = await query(server, `select count(*)::int as kept from row where id <= ${child.lastRow()}`);
    expect(rows).toEqual([{ kept: child.lastRow() + 1 }]);
  });

  test("kill -9 of the whole tree loses no acknowledged row", async () => {
    const child = await startChild(dataDir);
    await until("rows are committed", () => child.lastRow() > 20);
    const all = [...(await watchersOf(child.serverPid)), ...(await serversIn(join(dataDir, "postgres")))];
    child.process.kill("SIGKILL");
    for (const pid of all) if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await child.exited;
    const server = await start(dataDir);
    const rows = await query(server, `select count(*)::int as kept from row where id <= ${child.lastRow()}`);
    expect(rows).toEqual([{ kept: child.lastRow() + 1 }]);
  });

  test("another program that was given the dead server's number is left alone", async () => {
    const server = await start(dataDir);
    await server.stop();
    const other = spawn("sleep", ["60"]);
    children.push(other);
    await writeFile(join(server.dataDir, "postmaster.pid"), `${other.pid}\n${server.dataDir}\n`);
    await start(dataDir);
    expect(isAlive(other.pid ?? 0)).toBe(true);
  });

  test("a second process is refused while the first lives", async () => {
    const server = await start(dataDir);
    const second = runChild(dataDir);
    await second.exited;
    expect(second.output()).toContain(`error already_running`);
    expect(second.output()).toContain(`process ${process.pid}`);
    expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

describe.runIf(isRoot)("as an ordinary user (needs root, who can become one)", () => {
  test("it starts, keeps its rows over kill -9, and refuses a cluster of someone else", async () => {
    await chown(folder, nobody, nobody);
    const first = await startChild(dataDir, "rows", nobody);
    expect(first.uid).toBe(nobody);
    await until("rows are committed", () => first.lastRow() > 5);
    first.process.kill("SIGKILL");
    await first.exited;
    const second = await startChild(dataDir, "stop", nobody);
    await second.exited;
    expect(second.output()).toContain("end");
    const third = runChild(dataDir, "stop", 65533);
    await third.exited;
    expect(third.output()).toMatch(/^error (start_failed|no_identity|platform_unsupported)/m);
    // Root serves it as the user it belongs to.
    const server = await start(dataDir);
    const rows = await query(server, `select count(*)::int as kept from row where id <= ${first.lastRow()}`);
    expect(rows).toEqual([{ kept: first.lastRow() + 1 }]);
    expect((await stat(server.dataDir)).uid).toBe(nobody);
  });

  test("root in a directory that only root can enter uses a user namespace, or says what to do", async () => {
    await chmod(folder, 0o700);
    const outcome = await startEmbeddedPostgres({ dataDir }).catch((err: unknown) => err);
    if (outcome instanceof Error) {
      expect(outcome).toMatchObject({
        code: "no_identity",
        message: expect.stringContaining("DATABASE_URL"),
      });
      return;
    }
    const server = outcome as EmbeddedPostgres;
    servers.push(server);
    expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]);
    await server.stop();
    // And again: the cluster now belongs to root.
    expect(await query(await start(dataDir), "select 2 as two")).toEqual([{ two: 2 }]);
  });
});

async function start(inDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: inDir });
  servers.push(server);
  return server;
}

async function query(server: EmbeddedPostgres, sql: string): Promise<unknown> {
  const client = new pg.Client(server.connectionString);
  await client.connect();
  try {
    return (await client.query(sql)).rows ?? [];
  } finally {
    await client.end();
  }
}

type Child = {
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
  output(): string;
  lastRow(): number;
};

function runChild(inDir: string, mode = "rows", uid?: number): Child {
  const program = join(import.meta.dirname, "embedded-child.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program, inDir, mode], {
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
    env: { ...process.env, TMPDIR: join(folder, "tmp"), HOME: folder },
  });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exited = new Promise((resolve) => child.once("close", resolve));
  const lastRow = () => Number(/.*\nrow (\d+)\n/s.exec(output)?.[1] ?? -1);
  return { process: child, exited, output: () => output, lastRow };
}

async function startChild(inDir: string, mode = "rows", uid?: number) {
  const child = runChild(inDir, mode, uid);
  await until(
    "the child has started the server",
    () => {
      if (child.process.exitCode !== null && !child.output().includes("started")) {
        throw new Error(child.output());
      }
      return child.output().includes("started");
    },
    60_000,
  );
  const [, serverPid, euid] = /started (\d+) (\d+)/.exec(child.output()) ?? [];
  return { ...child, serverPid: Number(serverPid), uid: Number(euid) };
}

/** A program that has ended but whose end nobody has collected yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The programs that work in that cluster, whoever started them. */
async function serversIn(cluster: string): Promise<number[]> {
  const found = await stat(cluster).catch(() => undefined);
  if (found === undefined) return [];
  const pids: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const cwd = await stat(`/proc/${entry}/cwd`).catch(() => undefined);
    if (cwd?.ino === found.ino && cwd.dev === found.dev) pids.push(Number(entry));
  }
  return pids;
}

/** The shells that wait for Node's end: in the server's session, but not servers. */
async function watchersOf(serverPid: number): Promise<number[]> {
  const pids: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const text = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    const [, name, rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(text) ?? [];
    if (Number(rest.split(" ")[3]) === serverPid && name !== "postgres") pids.push(Number(entry));
  }
  return pids;
}
