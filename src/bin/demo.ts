#!/usr/bin/env node
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import cliProgress from "cli-progress";
import Table from "cli-table3";
import { type Client, createClient } from "../client/create-client.ts";
import { packageRoot } from "../compose.ts";
import { readConfig } from "../config.ts";
import type * as contract from "../domain/contract.gen.ts";
import { createLogger } from "../http/log.ts";
import { parseEntryBundle } from "../ledger/entry-bundle.ts";
import { parseVerifierKey } from "../ledger/note-key.ts";
import { verifyProof } from "../ledger/proof.ts";
import { tileWidthMax } from "../ledger/tile.ts";
import { httpLogReader } from "../ledger-client/http-log-reader.ts";
import { serve } from "../serve.ts";

/**
 * The main job on the files in examples/: upload, preview, send, withdraw, look up, verify. Against a running
 * service (ADMIN_API_KEY, PUBLIC_URL) or, if there is none, one that it starts and stops.
 */
const say = (text = ""): void => {
  process.stdout.write(`${text}\n`);
};
/** Colours say nothing that the words do not, and spoil what is piped elsewhere. */
const plain = { head: [], border: [] };
const file = (name: string): string => readFileSync(join(packageRoot, "examples", name), "utf8");

type Target = { readonly url: string; readonly adminKey: string; readonly stop: () => Promise<void> };

async function target(): Promise<Target> {
  const url = (process.env["PUBLIC_URL"] ?? `http://127.0.0.1:${process.env["PORT"] ?? "8080"}`).replace(
    /\/+$/,
    "",
  );
  const adminKey = process.env["ADMIN_API_KEY"];
  if (adminKey !== undefined && adminKey !== "") {
    const alive = await fetch(`${url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (!alive)
      throw new Error(`no service answers at ${url}: start it with npm start, or leave ADMIN_API_KEY unset`);
    return { url, adminKey, stop: () => Promise.resolve() };
  }
  say("Starting a service of its own (set ADMIN_API_KEY to use a running one) …");
  const dataDir = mkdtempSync(join(tmpdir(), "subscriber-guard-demo-"));
  const service = await serve(
    readConfig({ ...process.env, DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "error", SANDBOX: "1" }),
    createLogger("error"),
  );
  return {
    url: service.address,
    adminKey: service.house.newAdminKey ?? "",
    async stop() {
      await service.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function newCustomer(url: string, adminKey: string): Promise<Client> {
  const admin = createClient({ baseUrl: url, apiKey: adminKey });
  const customer = await admin.createCustomer({
    name: "Sách Việt (demo)",
    legalName: `Công ty Sách Việt ${randomUUID()}`,
    country: "VN",
    senders: [{ channel: "sms", id: "SACHVIET" }],
  });
  const { key } = await admin.createKey(customer.id, {
    scopes: ["contacts", "consents", "campaigns", "ledger"],
    mode: "live",
  });
  const client = createClient({ baseUrl: url, apiKey: key });
  const policy = await client.policy();
  await client.acceptPolicy({ version: policy.version, acceptedBy: "Demo" });
  return client;
}

async function upload(client: Client): Promise<string> {
  const bytes = readFileSync(join(packageRoot, "examples/contacts-1000.csv"));
  const declaration = JSON.parse(file("declaration.json")) as contract.Declaration;
  const { id } = await client.startImport(declaration, new Blob([bytes]), "contacts-1000.csv");
  const bar = new cliProgress.SingleBar({ format: "  contacts  {bar} {percentage}%", hideCursor: true });
  bar.start(100, 0);
  for (;;) {
    const view = await client.getImport(id);
    const total = view.bytes.total ?? bytes.length;
    bar.update(view.status === "running" ? Math.min(99, (100 * view.bytes.read) / total) : 100);
    if (view.status !== "running") {
      bar.stop();
      const table = new Table({
        head: ["rows", "accepted", "updated", "duplicate", "rejected", "quarantined"],
      });
      const { total: rows, accepted, updated, duplicate, rejected, quarantined } = view.counts;
      table.push([rows, accepted, updated, duplicate, rejected, quarantined]);
      say(table.toString());
      for (const { code, count } of view.reasons) say(`  ${String(count).padStart(5)}  ${code}`);
      return id;
    }
    await pause(200);
  }
}

async function deliver(client: Client, campaignId: string): Promise<contract.CampaignView> {
  const bar = new cliProgress.SingleBar({ format: "  messages  {bar} {value}/{total}", hideCursor: true });
  bar.start(1, 0);
  for (let quiet = 0, last = -1; ; ) {
    const view = await client.getCampaign(campaignId);
    const { queued, handedOff, delivered, failed, suppressed, unknown } = view.delivery;
    const done = handedOff + delivered + failed + suppressed + unknown;
    bar.setTotal(done + queued);
    bar.update(done);
    quiet = done === last ? quiet + 1 : 0;
    last = done;
    // What the clock or a cap holds stays queued; after a while without change it is shown as held.
    if (
      view.status === "completed" ||
      view.status === "cancelled" ||
      (view.status === "held" && quiet > 10) ||
      quiet > 75
    ) {
      bar.stop();
      return view;
    }
    await pause(200);
  }
}

/** The proof of a record, checked with the public key alone, as anybody outside could. */
async function verifyFirst(url: string, client: Client, item: contract.SharingLogItem): Promise<boolean> {
  const answer = await fetch(`${url}/ledger/key`);
  const key = parseVerifierKey((await answer.text()).trim());
  if (key === null) return false;
  const proof = await client.sharingLogProof(item.index);
  const index = BigInt(item.index);
  const size = BigInt(/\n\n[^\n]+\n(\d+)\n/.exec(proof)?.[1] ?? "0");
  const bundle = index / BigInt(tileWidthMax);
  const width = Number(
    size - bundle * BigInt(tileWidthMax) < BigInt(tileWidthMax)
      ? size - bundle * BigInt(tileWidthMax)
      : BigInt(tileWidthMax),
  );
  const bytes = await httpLogReader(url).entries({ index: bundle, width });
  const leaf =
    bytes === null ? undefined : parseEntryBundle(bytes).entries[Number(index % BigInt(tileWidthMax))];
  return leaf !== undefined && verifyProof(proof, leaf, key, key.name).ok;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function main(): Promise<void> {
  const { url, adminKey, stop } = await target();
  try {
    say(`\n1. A customer, its key, the policy accepted (${url})`);
    const client = await newCustomer(url, adminKey);

    say("\n2. 1,000 contacts with their lawful basis and opt-in evidence");
    const importId = await upload(client);

    say("\n3. Who may be messaged, and why not");
    const campaign: contract.CampaignRequest = {
      ...(JSON.parse(file("campaign-advertising.json")) as contract.CampaignRequest),
      recipients: { importId },
    };
    const preview = await client.previewCampaign(campaign, { explain: true });
    const verdicts = new Table({ style: plain, head: ["verdict", "reason", "recipients"] });
    verdicts.push(["allow", "", preview.counts.allow]);
    for (const reason of preview.reasons) verdicts.push([reason.verdict, reason.code, reason.count]);
    say(verdicts.toString());
    const refused = preview.recipients.find(
      (recipient) => recipient.verdict === "deny" || recipient.verdict === "hold",
    );
    if (refused !== undefined) {
      say(
        `  Recipient ${refused.phone}: ${refused.verdict}, ${refused.code} (rule ${refused.rule}, ${refused.citation})`,
      );
      for (const remedy of refused.remedy) say(`    ${remedy.en}\n    ${remedy.vi}`);
    }

    say("\n4. The campaign, through BullMQ to the provider");
    const created = await client.submitCampaign(campaign, randomUUID());
    const view = await deliver(client, created.id);
    const delivery = new Table({ style: plain, head: Object.keys(view.delivery) });
    delivery.push(Object.values(view.delivery));
    say(delivery.toString());
    if (view.delivery.queued > 0)
      say("  Queued messages are held by the clock or a cap and will go by themselves.");

    say("\n5. One subscriber withdraws");
    const phone = "0900000001";
    const withdrawal = await client.withdraw({ phone, source: "demo hotline" });
    say(
      `  ${withdrawal.status} at ${withdrawal.effectiveAt ?? withdrawal.recordedAt}: no hand-off can follow.`,
    );
    const after = await client.previewCampaign({
      ...campaign,
      recipients: { list: [{ phone, data: { name: "An" } }] },
    });
    say(`  The same message now: ${after.recipients[0]?.verdict}, ${after.recipients[0]?.code}`);

    say("\n6. Who received this subscriber's data?");
    const log = await client.searchSharingLog({ phone }, "demo: the subscriber asks who received the number");
    const shared = new Table({
      style: plain,
      head: ["record", "kind", "when", "processor", "purpose", "outcome"],
    });
    for (const item of log.items) {
      shared.push([
        item.index,
        item.kind,
        item.recordedAt,
        item.processor?.name ?? "",
        item.purpose ?? "",
        item.outcome ?? "",
      ]);
    }
    say(shared.toString());
    const first = log.items[0];
    const verified = first !== undefined && (await verifyFirst(url, client, first));
    say(
      `  Proof of record ${first?.index}: ${verified ? "verified with the public key alone" : "NOT VERIFIED"}`,
    );
    if (!verified) process.exitCode = 1;
  } finally {
    await stop();
  }
}

try {
  await main();
} catch (err) {
  process.stderr.write(`The demo failed: ${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 1;
}
