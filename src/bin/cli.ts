#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { Command } from "commander";
import { formatSignerKey, formatVerifierKey, generateSignerKey } from "../ledger/note-key.ts";
import { verifyLedger } from "./verify-ledger.ts";

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
  .command("encryption")
  .description("ENCRYPTION_KEY: 32 random bytes in base64")
  .action(() => print(`ENCRYPTION_KEY=${randomBytes(32).toString("base64")}`));

try {
  await program.parseAsync();
} catch (err) {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 2;
}
