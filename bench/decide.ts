/**
 * Decisions for a whole customer: gathered, decided and stored with their messages and batches in chunks, as the
 * worker does it, beside the way of a plain program, which asks for each recipient by statements of its own and
 * stores each message by one. One server, one connection each; the share of each step is told.
 * Run: npx tsx bench/decide.ts [recipients] [recipients of the plain slice]
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { createClock } from "../src/compose.ts";
import type { SmsCampaign } from "../src/domain/contract.gen.ts";
import { stepsOf } from "../src/guard/campaign-steps.ts";
import { openCustomer } from "../src/guard/customer-access.ts";
import { decideCampaign } from "../src/guard/decide-in-chunks.ts";
import { decideRecipients } from "../src/guard/decide-recipients.ts";
import { gatherCampaign, gatherRecipients } from "../src/guard/gather-facts.ts";
import type { Caller } from "../src/guard/guard.ts";
import { recordContacts } from "../src/guard/record-contacts.ts";
import { storeMessages } from "../src/guard/store-messages.ts";
import type { World } from "../src/guard/world.ts";
import { openStore } from "../src/postgres/postgres-store.ts";
import { declaration } from "../test/guard/import-fixture.ts";
import { startTestPostgres } from "../test/support/postgres.ts";
import { worldOn } from "../test/support/test-world.ts";

const recipients = Number(process.argv[2] ?? 50_000);
const slice = Math.min(Number(process.argv[3] ?? 500), recipients);
const migrationsDir = fileURLToPath(new URL("../migrations", import.meta.url));

const campaign: SmsCampaign = {
  name: "bench",
  channel: "sms",
  purpose: "advertising",
  processor: "bench-sms",
  sender: "SACHVIET",
  content: { text: "[QC] Sach Viet: Giam 30% sach thieu nhi. Tu choi: soan TC gui 8079" },
  recipients: { all: true },
};

const folder = await mkdtemp(join(tmpdir(), "sg-bench-"));
const postgres = await startTestPostgres(folder);
try {
  const store = await openStore({ url: postgres.url, migrationsDir, poolMax: 8 });
  // Ten in the morning in Viet Nam, whenever it runs: nothing is held for the night.
  const house = await worldOn(store, { clock: createClock(new Date("2026-11-25T10:00:00+07:00")) });
  try {
    const { world } = house;
    const caller = await prepare(world, await house.newCustomer());
    const customerId = caller.customerId ?? "";
    const client = new pg.Client(postgres.url);
    await client.connect();
    await client.query("vacuum analyze");
    await client.end();

    const { id } = await house.guard.submitCampaign(caller, campaign);
    const statements = new Map<string, number>();
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    await decideCampaign(timed(world, statements), customerId, id, world.entropy.id(world.clock.now()));
    const ms = performance.now() - start;
    const cpu = process.cpuUsage(cpuBefore);
    for (const [name, spentMs] of [...statements].sort((a, b) => b[1] - a[1]).slice(0, 8))
      console.log(`  ${name.padEnd(28)} ${Math.round(spentMs)} ms`);
    console.log(`  this process's own time      ${Math.round((cpu.user + cpu.system) / 1_000)} ms`);
    const view = await house.guard.getCampaign(caller, id);
    console.log(JSON.stringify(view.decision?.counts));
    const plainMs = await decidePlainly(world, customerId, id);
    const rate = recipients / ms;
    const plainRate = slice / plainMs;
    console.log(`in chunks                 ${show(rate)} recipients/s   ${Math.round(ms)} ms`);
    console.log(`one query each (${slice})      ${show(plainRate)} recipients/s   ${Math.round(plainMs)} ms`);
    console.log(`ratio ${(rate / plainRate).toFixed(1)}`);
  } finally {
    await store.close();
    house.removeFiles();
  }
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

/** The same world; what each port's methods take, waiting for the server included, is added up. */
function timed(world: World, spent: Map<string, number>): World {
  const watch = <T extends object>(target: T, prefix: string): T =>
    new Proxy(target, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name);
        if (typeof value === "object" && value !== null) return watch(value, `${String(name)}.`);
        if (typeof value !== "function") return value;
        return async (...args: unknown[]) => {
          const start = performance.now();
          try {
            return await Reflect.apply(value, of, args);
          } finally {
            const key = `${prefix}${String(name)}`;
            spent.set(key, (spent.get(key) ?? 0) + performance.now() - start);
          }
        };
      },
    });
  const { store } = world;
  return {
    ...world,
    store: {
      ...store,
      transaction: (customer, work) => store.transaction(customer, (tx) => work(watch(tx, ""))),
    },
  };
}

function show(perMs: number): string {
  return Math.round(perMs * 1_000)
    .toLocaleString("en")
    .padStart(9);
}

/** Contacts, a sender, a processor and an empty do-not-call list. */
async function prepare(world: World, caller: Caller): Promise<Caller> {
  const customerId = caller.customerId ?? "";
  await world.store.transaction("*", async (tx) => {
    const now = world.clock.now();
    await tx.customers.replaceSenders(customerId, [{ channel: "sms", id: "SACHVIET" }], now);
    await tx.processors.put(
      "bench-sms",
      {
        name: "Bench",
        legalName: "Bench",
        country: "VN",
        channel: "sms",
        connector: { kind: "esms" },
        contract: { reference: "B", validFrom: "2020-01-01T00:00:00Z", validUntil: "2099-01-01T00:00:00Z" },
        purposes: ["advertising"],
        fields: ["phone", "text"],
        subprocessors: [],
        transferDossier: null,
      },
      null,
      now,
    );
    const id = world.entropy.id(now);
    await tx.doNotCall.begin(id, now, now);
    await tx.doNotCall.complete(id, now, new Date(0));
  });
  for (let at = 0; at < recipients; at += 10_000) {
    const count = Math.min(10_000, recipients - at);
    await recordContacts(world, caller, {
      declaration,
      contacts: Array.from({ length: count }, (_, offset) => ({
        phone: `+8490${String(at + offset).padStart(7, "0")}`,
        name: "Nguyen Van An",
      })),
    });
  }
  return caller;
}

/** The same use case a recipient at a time: facts by statements of its own, a transaction each. */
async function decidePlainly(world: World, customerId: string, campaignId: string): Promise<number> {
  const rows = await world.store.transaction(customerId, (tx) =>
    tx.subscribers.page(customerId, null, slice),
  );
  const start = performance.now();
  for (const [position, subscriber] of rows.entries()) {
    await world.store.transaction(customerId, async (tx) => {
      const row = await tx.campaigns.get(customerId, campaignId);
      if (row === null) throw new Error("no campaign");
      const customer = await openCustomer(world, tx, customerId);
      const [step] = stepsOf(customer, row);
      if (step === undefined) throw new Error("no step");
      const facts = await gatherCampaign(world, tx, customerId, step, {
        at: null,
        sendAt: null,
        stopped: false,
      });
      const gathered = await gatherRecipients(world, tx, facts, [{ subscriber }]);
      const references = [{ position: position + 1_000_000, correlationId: null }];
      const decided = decideRecipients(world, facts, gathered, references);
      await storeMessages(world, tx, { row, campaign: facts, step: 0, decided });
    });
  }
  return performance.now() - start;
}
