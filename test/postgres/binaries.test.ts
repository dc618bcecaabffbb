import { execFile } from "node:child_process";
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { binariesFor, locateNativeFolder } from "../../src/postgres/embedded/binaries.ts";

const isRoot = process.geteuid?.() === 0;
const nobody = 65534;
let folder: string;
let native: string;
let dataDir: string;

// The package as npm unpacks it with --ignore-scripts: without one symbolic link.
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sg-binaries-"));
  await chmod(folder, 0o755);
  native = join(folder, "package", "native");
  dataDir = join(folder, "data");
  await mkdir(dataDir);
  const original = locateNativeFolder();
  await cp(join(original, "..", "package.json"), join(folder, "package", "package.json"));
  const filter = async (path: string) => !(await lstat(path)).isSymbolicLink();
  await cp(original, native, { recursive: true, filter });
});
afterEach(async () => {
  await chmod(join(native, "lib"), 0o755);
  await rm(folder, { recursive: true, force: true });
});

test("a package without its links gets them, every one that it lists", async () => {
  const found = await binariesFor({ kind: "self" }, native, dataDir);
  expect(found).toMatchObject({ postgres: join(native, "bin", "postgres"), majorVersion: 18 });
  const listed = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as { target: string }[];
  expect(listed.length).toBeGreaterThan(0);
  for (const { target } of listed) {
    expect((await lstat(join(native, "..", target))).isSymbolicLink(), target).toBe(true);
  }
});

test("a package that cannot be written to is copied into the data directory, with its links", async () => {
  if (isRoot) await chown(dataDir, nobody, nobody);
  else await chmod(join(native, "lib"), 0o555);
  const child = join(import.meta.dirname, "binaries-child.ts");
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", child, native, dataDir],
    {
      ...(isRoot ? { uid: nobody, gid: nobody } : {}),
      env: { ...process.env, TMPDIR: dataDir },
    },
  );
  expect(JSON.parse(stdout)).toMatchObject({
    postgres: expect.stringContaining(join(dataDir, "postgres-binaries-18")),
    majorVersion: 18,
  });
});
