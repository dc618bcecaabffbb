import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const apps = fileURLToPath(new URL("apps/", import.meta.url));
const execute = promisify(execFile);

export type PackedPackage = {
  readonly tarball: string;
  /** Paths within the package. */
  readonly files: readonly string[];
  readonly unpackedBytes: number;
  /** An application with the package from the tarball and Express 5. */
  readonly express5: string;
  /** The same with an Express 4 of its own. */
  readonly express4: string;
  remove(): void;
};

/** Packs the working tree once and installs the tarball as a stranger would, with npm. */
export async function installPackedPackage(): Promise<PackedPackage> {
  const folder = mkdtempSync(join(tmpdir(), "sg-embed-"));
  await execute(process.execPath, [join(root, "scripts/ensure-built.mjs")], { cwd: root });
  // Scripts are left out: the tree is built, and packing would build it again.
  const packed = await npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
  const [entry] = JSON.parse(packed) as [
    { readonly filename: string; readonly unpackedSize: number; readonly files: { readonly path: string }[] },
  ];
  const tarball = join(folder, entry.filename);
  const express5 = join(folder, "express5");
  await makeApplication(express5, [
    tarball,
    "express@5",
    "@types/express@5",
    "@types/node@20",
    "typescript@6",
  ]);
  // Within the other folder: the package is found in its parent's node_modules, Express in its own.
  const express4 = join(express5, "express4");
  await makeApplication(express4, ["express@4"]);
  return {
    tarball,
    files: entry.files.map((file) => file.path),
    unpackedBytes: entry.unpackedSize,
    express5,
    express4,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function makeApplication(folder: string, packages: readonly string[]): Promise<void> {
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  for (const name of readdirSync(apps)) cpSync(join(apps, name), join(folder, name.replace(/\.txt$/, "")));
  await npm(
    folder,
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    ...packages,
  );
}

async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute("npm", [...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Runs a program in an application's folder with a data directory of its own; its last line is its result. */
export async function runApplication(
  folder: string,
  program: readonly [string, ...string[]],
): Promise<unknown> {
  const dataDir = mkdtempSync(join(tmpdir(), "sg-embed-data-"));
  try {
    const [command, ...args] = program;
    const { stdout } = await execute(command, args, {
      cwd: folder,
      env: { ...process.env, DATA_DIR: dataDir },
      timeout: 240_000,
      killSignal: "SIGTERM",
      maxBuffer: 16 * 1024 * 1024,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export const versionOf = (folder: string, name: string): string =>
  (
    JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")) as {
      readonly version: string;
    }
  ).version;

export const compile = (folder: string, file: string): Promise<unknown> =>
  execute(
    process.execPath,
    [
      "node_modules/typescript/bin/tsc",
      ...["--module", "nodenext", "--target", "es2023", "--strict", "--types", "node", file],
    ],
    { cwd: folder },
  ).catch((err: unknown) => {
    throw new Error(typeof err === "object" && err !== null && "stdout" in err ? String(err.stdout) : "tsc");
  });
