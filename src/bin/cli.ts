#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Command } from "commander";
import { readConfig } from "../config.ts";
import { formatSignerKey, formatVerifierKey, generateSignerKey } from "../ledger/note-key.ts";
import { packageRoot } from "../package-root.ts";
import { migrate } from "../postgres/migrate.ts";
import { addApiCommands } from "./api-commands.ts";
import { examine, report } from "./doctor/doctor.ts";
import { erase } from "./erase.ts";
import { rotateEncryptionKey } from "./rotate-encryption-key.ts";
import { verifyLedger } from "./verify-ledger.ts";
import { verifyReceiptFile } from "./verify-receipt.ts";

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const program = new Command("subscriber-guard").description(
  "Lets a message go only with a lawful basis, proven opt-in and a record of the sharing.",
);

program
  .command("verify-ledger")
  .description("Verify the sharing ledger from outside (--url) or inside (--database-url)")
  .option("--url <url>", "address of the service", process.env["PUBLIC_URL"])
  .option("--database-url <url>", "PostgreSQL of the service")
  .option("--key <key>", "verifier key that you trust (<name>+<id>+<base64>)")
  .option("--origin <origin>", "origin line of the checkpoint", process.env["LEDGER_ORIGIN"])
  .option("--data-dir <dir>", "data directory of the service", process.env["DATA_DIR"] ?? ".data")
  .option("--anchor <file>", "the checkpoint's second place")
  .action(async (options: Parameters<typeof verifyLedger>[0]) => {
    process.exitCode = await verifyLedger(options, print);
  });

program
  .command("verify-receipt <file>")
  .description("Verify a receipt of one record, offline, with the ledger's public key alone")
  .requiredOption("--key <key>", "verifier key that you trust (<name>+<id>+<base64>)")
  .option("--origin <origin>", "origin line of the checkpoint; the name of the key unless told")
  .action((file: string, options: { readonly key: string; readonly origin?: string }) => {
    process.exitCode = verifyReceiptFile(file, options, print);
  });

program
  .command("erase")
  .description("Erase a person at a running service; the number is read from standard input (ADMIN_API_KEY)")
  .option("--url <url>", "address of the service", process.env["PUBLIC_URL"] ?? "http://127.0.0.1:8080")
  .option("--subscriber <id>", "by id instead of the number")
  .option("--customer <id>", "at this customer only")
  .action(async (options: Parameters<typeof erase>[0]) => {
    process.exitCode = await erase(options, process.env["ADMIN_API_KEY"], process.stdin, print);
  });

addApiCommands(program, print);

program
  .command("migrate")
  .description("Apply the migrations that this database has not seen (the service does it at its start)")
  .requiredOption("--database-url <url>", "PostgreSQL of the service", process.env["DATABASE_URL"])
  .action(async (options: { readonly databaseUrl: string }) => {
    const { applicationRole } = await migrate(options.databaseUrl, join(packageRoot, "migrations"));
    print(`migrated; the service works as ${applicationRole ?? "its own role"}`);
  });

program
  .command("doctor")
  .description("Look at the installation that the environment's settings mean, and say what to do")
  .action(async () => {
    process.exitCode = report(await examine(process.env), print);
  });

const keys = program.command("keys").description("Make keys for the settings");
keys
  .command("ledger")
  .description("LEDGER_KEY: a note signer key, and the verifier key to publish")
  .option("--origin <origin>", "name of the ledger", "subscriber-guard.local/ledger")
  .action((options: { readonly origin: string }) => {
    const key = generateSignerKey(options.origin, (count) => randomBytes(count));
    print(`LEDGER_KEY=${formatSignerKey(key)}`);
    print(`verifier key: ${formatVerifierKey(key.verifier)}`);
  });
keys
  .command("rotate")
  .description("Seal anew, under ENCRYPTION_KEY, what a key of ENCRYPTION_KEY_PREVIOUS has sealed")
  .action(async () => {
    const done = await rotateEncryptionKey(readConfig(process.env));
    print(`sealed anew: the keys of ${done.customers} customers, ${done.secrets} secrets of the platform`);
    print("Take ENCRYPTION_KEY_PREVIOUS away after 24 hours: answers under an Idempotency-Key live so long.");
  });
keys
  .command("encryption")
  .description("ENCRYPTION_KEY: 32 random bytes in base64")
  .action(() => print(`ENCRYPTION_KEY=${randomBytes(32).toString("base64")}`));

try {
  await program.parseAsync();
} catch (err) {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 2;
}
