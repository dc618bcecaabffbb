import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileAnchor } from "../anchor/file-anchor.ts";
import { formatVerifierKey, parseSignerKey, parseVerifierKey, type VerifierKey } from "../ledger/note-key.ts";
import { type LogReport, verifyLog } from "../ledger/verify.ts";
import { httpLogReader } from "../ledger-client/http-log-reader.ts";
import { databaseLogReader } from "../postgres/ledger-reader.ts";

export type VerifyLedgerOptions = {
  readonly url?: string | undefined;
  readonly databaseUrl?: string | undefined;
  readonly key?: string | undefined;
  readonly origin?: string | undefined;
  readonly dataDir: string;
  readonly anchor?: string | undefined;
};

/** `subscriber-guard verify-ledger`: 0 only if all is well. */
export async function verifyLedger(
  options: VerifyLedgerOptions,
  print: (line: string) => void,
): Promise<number> {
  const inside = options.databaseUrl !== undefined ? databaseLogReader(options.databaseUrl) : null;
  const url = options.url ?? "http://127.0.0.1:8080";
  try {
    const trusted = await trustedKey(options, url);
    const anchorPath =
      options.anchor ?? (inside === null ? null : join(options.dataDir, "ledger.checkpoint"));
    const report = await verifyLog(inside?.reader ?? httpLogReader(url), {
      key: trusted.key,
      origin: options.origin ?? trusted.key.name,
      ...(inside === null ? {} : { database: inside.leaves() }),
      ...(anchorPath === null ? {} : { anchor: await fileAnchor(anchorPath).read() }),
      onProgress: (entries) => print(`  ${entries} entries`),
    });
    for (const line of describe(report)) print(line);
    if (report.checkpoint === "signature_missing") {
      print(`No signature by ${formatVerifierKey(trusted.key)}, the key of ${trusted.source}.`);
      print("If you meant another service than that key's, give its key with --key.");
    }
    return report.ok ? 0 : 1;
  } finally {
    await inside?.close();
  }
}

/** The key that one trusts: given, or the service's own from its data directory, or (last) the one it publishes. */
async function trustedKey(
  options: VerifyLedgerOptions,
  url: string,
): Promise<{ readonly key: VerifierKey; readonly source: string }> {
  if (options.key !== undefined) {
    const key = parseVerifierKey(options.key);
    if (key === null) throw new Error("--key must be a verifier key (<name>+<id>+<base64>)");
    return { key, source: "--key" };
  }
  const path = join(options.dataDir, "ledger.key");
  const set = process.env["LEDGER_KEY"];
  const own = set ?? readOwn(path);
  const signer = own === null ? null : parseSignerKey(own.trim());
  if (signer !== null) return { key: signer.verifier, source: set === undefined ? path : "LEDGER_KEY" };
  const answer = await fetch(`${url}/ledger/key`);
  const published = answer.ok ? parseVerifierKey((await answer.text()).trim()) : null;
  if (published === null) throw new Error("no verifier key: give one with --key");
  return { key: published, source: `${url}/ledger/key` };
}

function readOwn(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

export function describe(report: LogReport): readonly string[] {
  const lines = [
    `checkpoint  ${report.checkpoint}${report.size === null ? "" : `, ${report.size} records, ${report.entriesVouched} verified`}`,
    `anchor      ${report.anchor}`,
    ...report.findings.map(
      (finding) => `${finding.kind.padEnd(11)} ${finding.place} [${finding.from}, ${finding.to})`,
    ),
  ];
  if (report.findingsDropped > 0) lines.push(`and ${report.findingsDropped} ranges more`);
  lines.push(report.ok ? "The ledger is whole." : "THE LEDGER IS NOT WHOLE.");
  return lines;
}
