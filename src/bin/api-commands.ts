import { randomUUID } from "node:crypto";
import { openAsBlob, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import cliProgress from "cli-progress";
import Table from "cli-table3";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Client, createClient } from "../client/create-client.ts";
import type * as contract from "../domain/contract.gen.ts";

type Connection = { readonly url: string; readonly key: string };
type Print = (line: string) => void;

/** Colours say nothing that the words do not, and spoil what is piped elsewhere. */
const plain = { head: [], border: [] };

/** Everything that the command line does over the HTTP contract, as a customer. */
export function addApiCommands(program: Command, print: Print): void {
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .addOption(
        new Option("--url <url>", "address of the service")
          .env("PUBLIC_URL")
          .default("http://127.0.0.1:8080")
          .argParser((text) => text.replace(/\/+$/, "")),
      )
      .addOption(
        new Option("--key <key>", "API key of the customer").env("GUARD_API_KEY").makeOptionMandatory(),
      );

  command("import", "Import contacts from a CSV, TSV, NDJSON or XLSX file under a declaration (JSON)")
    .argument("<file>", "the contacts")
    .requiredOption("--declaration <file>", "lawful basis, purposes, channels, consent")
    .option("--mapping <file>", "columns of the file to fields (JSON)")
    .option("--errors <file>", "where to write the rows that were not taken, as CSV")
    .action(importContacts(print));
  command("preview", "Who may be messaged and why not; nothing is sent")
    .argument("<campaign>", "the campaign as JSON")
    .option("--at <time>", "ask for another moment (RFC 3339)")
    .action(previewCampaign(print));
  command("send", "Submit a campaign and watch its delivery")
    .argument("<campaign>", "the campaign as JSON")
    .option("--idempotency-key <key>", "the same key and file never send twice")
    .option("--no-wait", "do not watch")
    .option("--wait-seconds <n>", "how long to watch", seconds, 60)
    .action(sendCampaign(print));
  command("withdraw", "Record a subscriber's refusal; the number is read from standard input")
    .requiredOption("--source <text>", "where the refusal came in")
    .option("--channels <list>", "sms,zns,viber,page; all unless told", (text) => text.split(","))
    .option("--purposes <list>", "advertising,…; all unless told", (text) => text.split(","))
    .action(withdraw(print));
  command("look-up", "Who received a subscriber's data; the number is read from standard input")
    .requiredOption("--reason <text>", "why you look; it is recorded")
    .action(lookUp(print));
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 86_400)
    throw new InvalidArgumentError("a whole number from 1 to 86400");
  return value;
}

function clientOf(connection: Connection): Client {
  return createClient({ baseUrl: connection.url, apiKey: connection.key });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (err) {
    throw new Error(`${path} cannot be read as JSON`, { cause: err });
  }
}

/** A number on the command line would stay in the shell's history and in the list of processes. */
async function phoneFromInput(): Promise<string> {
  let text = "";
  for await (const piece of process.stdin) {
    text += String(piece);
    if (text.length > 1_000) break;
  }
  const phone = text.trim();
  if (phone === "" || phone.length > 100) throw new Error("give one phone number on standard input");
  return phone;
}

function importContacts(print: Print) {
  return async (
    file: string,
    options: Connection & {
      readonly declaration: string;
      readonly mapping?: string;
      readonly errors?: string;
    },
  ): Promise<void> => {
    const client = clientOf(options);
    const { id } = await client.startImport(
      readJson(options.declaration) as contract.Declaration,
      await openAsBlob(file),
      basename(file),
      ...(options.mapping === undefined ? [] : [readJson(options.mapping) as contract.ImportMapping]),
    );
    // On a terminal only: in a log a bar is noise. It goes to standard error, so that the result can be piped.
    const bar = new cliProgress.SingleBar({
      format: "{bar} {percentage}% of {total} bytes, {rows} rows",
      hideCursor: true,
    });
    const total = statSync(file).size;
    bar.start(total, 0, { rows: 0 });
    for (;;) {
      const view = await client.getImport(id);
      bar.update(view.status === "running" ? Math.min(view.bytes.read, total) : total, {
        rows: view.counts.total,
      });
      if (view.status === "running") {
        await pause(200);
        continue;
      }
      bar.stop();
      printImport(view, print);
      if (options.errors !== undefined)
        writeFileSync(options.errors, await client.importErrors(id), { mode: 0o600 });
      if (view.status !== "completed") process.exitCode = 1;
      return;
    }
  };
}

function printImport(view: contract.ImportView, print: Print): void {
  const { total, accepted, updated, duplicate, rejected, quarantined } = view.counts;
  const table = new Table({
    style: plain,
    head: ["rows", "accepted", "updated", "duplicate", "rejected", "quarantined"],
  });
  table.push([total, accepted, updated, duplicate, rejected, quarantined]);
  print(`import ${view.id}: ${view.status}`);
  print(table.toString());
  for (const { code, count } of view.reasons) print(`${String(count).padStart(8)}  ${code}`);
}

function previewCampaign(print: Print) {
  return async (file: string, options: Connection & { readonly at?: string }): Promise<void> => {
    const preview = await clientOf(options).previewCampaign(
      readJson(file) as contract.CampaignRequest,
      options.at === undefined ? {} : { at: options.at },
    );
    const { allow, hold, review, deny } = preview.counts;
    print(`${preview.verdict}: ${allow} allow, ${hold} hold, ${review} review, ${deny} deny`);
    const reasons = new Table({ style: plain, head: ["verdict", "reason", "recipients"] });
    for (const reason of preview.reasons) reasons.push([reason.verdict, reason.code, reason.count]);
    if (preview.reasons.length > 0) print(reasons.toString());
    const table = new Table({
      style: plain,
      head: ["#", "phone", "verdict", "reason", "decided by", "not before", "what to do"],
    });
    for (const recipient of preview.recipients) {
      table.push([
        recipient.index,
        recipient.phone,
        recipient.verdict,
        recipient.code ?? "",
        recipient.verdict === "allow" ? "" : recipient.decidedBy,
        recipient.notBefore ?? "",
        recipient.remedy[0]?.en ?? "",
      ]);
    }
    print(table.toString());
    for (const finding of preview.findings)
      print(`${finding.severity}  ${finding.rule} at ${finding.span.join("–")}: ${finding.messages.en}`);
    if (preview.verdict === "deny") process.exitCode = 1;
  };
}

function sendCampaign(print: Print) {
  return async (
    file: string,
    options: Connection & {
      readonly idempotencyKey?: string;
      readonly wait: boolean;
      readonly waitSeconds: number;
    },
  ): Promise<void> => {
    const client = clientOf(options);
    const key = options.idempotencyKey ?? randomUUID();
    const created = await client.submitCampaign(readJson(file) as contract.CampaignRequest, key);
    print(`campaign ${created.id}: ${created.status} (Idempotency-Key ${key})`);
    const until = Date.now() + options.waitSeconds * 1_000;
    let view = await client.getCampaign(created.id);
    while (options.wait && view.status !== "completed" && view.status !== "cancelled" && Date.now() < until) {
      await pause(300);
      view = await client.getCampaign(created.id);
    }
    const delivery: Readonly<Record<string, number>> = { ...view.delivery };
    const table = new Table({ style: plain, head: ["status", ...Object.keys(delivery)] });
    table.push([view.status, ...Object.values(delivery)]);
    print(table.toString());
  };
}

function withdraw(print: Print) {
  return async (
    options: Connection & {
      readonly source: string;
      readonly channels?: contract.Channel[];
      readonly purposes?: contract.Purpose[];
    },
  ): Promise<void> => {
    const result = await clientOf(options).withdraw({
      phone: await phoneFromInput(),
      source: options.source,
      ...(options.channels === undefined ? {} : { channels: options.channels }),
      ...(options.purposes === undefined ? {} : { purposes: options.purposes }),
    });
    print(
      result.effectiveAt === undefined
        ? `withdrawal ${result.id}: pending since ${result.recordedAt}; no new hand-off starts`
        : `withdrawal ${result.id}: effective at ${result.effectiveAt}; no hand-off can follow`,
    );
  };
}

function lookUp(print: Print) {
  return async (options: Connection & { readonly reason: string }): Promise<void> => {
    const log = await clientOf(options).searchSharingLog({ phone: await phoneFromInput() }, options.reason);
    const table = new Table({
      style: plain,
      head: ["record", "kind", "when", "processor", "country", "purpose", "basis", "outcome"],
    });
    for (const item of log.items) {
      table.push([
        item.index,
        item.kind,
        item.recordedAt,
        item.processor?.name ?? "",
        item.processor?.country ?? "",
        item.purpose ?? "",
        item.basis ?? "",
        item.outcome ?? "",
      ]);
    }
    print(table.toString());
    if (log.nextCursor !== null) print("There are older records: export them over the API.");
  };
}
