import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { createConnector } from "../../src/channels/create-connector.ts";
import type { CampaignCreated, Declaration, SmsCampaign } from "../../src/domain/contract.gen.ts";
import type { Channel, Purpose } from "../../src/domain/vocabulary.ts";
import { decideCampaign } from "../../src/guard/decide-in-chunks.ts";
import { deliverWebhook } from "../../src/guard/deliver-webhook.ts";
import type { Caller, Guard } from "../../src/guard/guard.ts";
import { deliverBatch } from "../../src/guard/hand-off.ts";
import type { Connector } from "../../src/guard/ports/connector.ts";
import type { Job, Queue } from "../../src/guard/ports/queue.ts";
import type { Store } from "../../src/guard/ports/store.ts";
import { connectorSettings } from "../../src/guard/processors.ts";
import { relayOutbox } from "../../src/guard/relay-outbox.ts";
import type { CheckpointAnchor, Clock, ConnectorPool, World } from "../../src/guard/world.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { openStore } from "../../src/postgres/postgres-store.ts";
import { sandboxConnectors } from "../../src/sandbox/sandbox-connectors.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { createVault } from "../../src/vault/create-vault.ts";
import { createTestDatabase } from "./test-database.ts";
import { worldOn } from "./test-world.ts";

const migrationsDir = fileURLToPath(new URL("../../migrations", import.meta.url));

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** Wednesday, ten in the morning in Viet Nam. */
export const morning = new Date("2026-11-25T10:00:00+07:00");

export type TestClock = Clock & { set(moment: Date): void; advance(ms: number): void };

export type TestHouse = {
  readonly world: World;
  readonly guard: Guard;
  readonly clock: TestClock;
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly admin: Caller;
  /** A customer with senders on every channel that has accepted the policy. */
  newCustomer(legal?: { readonly legalName?: string; readonly taxCode?: string }): Promise<Caller>;
  /** Works off everything that is due by this clock, `workers` jobs at a time. */
  work(workers?: number): Promise<void>;
  close(): Promise<void>;
};

function testClock(): TestClock {
  let now = morning.getTime();
  return {
    now: () => new Date(now),
    elapsedMs: () => performance.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal?.addEventListener("abort", done, { once: true });
      }),
    set(moment) {
      now = moment.getTime();
    },
    advance(ms) {
      now += ms;
    },
  };
}

/** Holds jobs until they are due by the test's clock; which ones there are stays PostgreSQL's word. */
function testQueue(clock: Clock): Queue & { takeDue(): Job[] } {
  const waiting = new Map<string, { readonly job: Job; readonly dueMs: number }>();
  return {
    async enqueue(jobs) {
      for (const job of jobs) waiting.set(job.id, { job, dueMs: clock.now().getTime() + (job.delayMs ?? 0) });
    },
    known: async (ids) => new Set(ids.filter((id) => waiting.has(id))),
    depth: async () => ({ deliver: 0, decide: 0, release: 0, import: 0, publish: 0, webhook: 0, confirm: 0 }),
    isReady: async () => true,
    close: async () => undefined,
    takeDue() {
      const due = [...waiting.values()].filter(({ dueMs }) => dueMs <= clock.now().getTime());
      for (const { job } of due) waiting.delete(job.id);
      return due.map(({ job }) => job);
    },
  };
}

function testAnchor(): CheckpointAnchor {
  let note: string | null = null;
  return {
    read: async () => note,
    async swap(expected, next) {
      if (note !== expected) return false;
      note = next;
      return true;
    },
  };
}

function testConnectors(
  store: Store,
  clock: Clock,
  vault: World["vault"],
): ConnectorPool & { close(): Promise<void> } {
  const opened = new Map<string, Connector>();
  const tokens = store.tokens(vault.root);
  return {
    of(processor) {
      const key = `${processor.id} ${processor.version}`;
      const known = opened.get(key);
      if (known !== undefined) return known;
      const { kind, ...settings } = connectorSettings({ vault }, processor);
      const connector = createConnector(String(kind), {
        processorId: processor.id,
        settings,
        tokens,
        now: clock.now,
        inbound: { baseUrl: "http://127.0.0.1/inbound", secret: "s" },
      });
      opened.set(key, connector);
      return connector;
    },
    faults: () => [],
    sandbox: () => {
      throw new Error("these tests act with live keys");
    },
    async close() {
      for (const connector of opened.values()) await connector.close();
    },
  };
}

/** The whole guard on a PostgreSQL of its own and simulated providers, under a clock that the test moves. */
export async function openTestHouse(): Promise<TestHouse> {
  const database = await createTestDatabase({
    name: "postgres_store",
    prepare: async (url) => void (await migrate(url, migrationsDir)),
  });
  const store = await openStore({ url: database.url, migrationsDir, poolMax: 20 });
  const clock = testClock();
  const sandbox = await startSandbox({ now: clock.now });
  const vault = createVault(randomBytes(32));
  const queue = testQueue(clock);
  const connectors = testConnectors(store, clock, vault);
  const opened = await worldOn(store, { clock, vault, queue, connectors, anchor: testAnchor() });
  const { world, guard } = opened;
  const admin: Caller = { keyId: "admin", customerId: null, scopes: ["admin"], mode: "live", requestId: "r" };
  await putProcessors(guard, admin, sandbox);
  await loadList(world, []);

  return {
    world,
    guard,
    clock,
    sandbox,
    url: database.url,
    admin,
    async newCustomer(legal = {}) {
      const name = `Sach Viet ${randomBytes(4).toString("hex")}`;
      const { id } = await guard.createCustomer(admin, {
        name,
        legalName: legal.legalName ?? name,
        country: "VN",
        ...(legal.taxCode === undefined ? {} : { taxCode: legal.taxCode }),
        senders: [
          { channel: "sms", id: "SACHVIET" },
          { channel: "zns", id: "oa-100" },
          { channel: "viber", id: "svc-7" },
        ],
      });
      const caller: Caller = { ...admin, keyId: "key", customerId: id, scopes: ["contacts", "consents"] };
      await guard.acceptPolicy(caller, { version: "1.0", acceptedBy: "An" });
      return caller;
    },
    async work(workers = 4) {
      for (;;) {
        while ((await relayOutbox(world)) > 0);
        const due = queue.takeDue();
        if (due.length === 0) return;
        await Promise.all(
          Array.from({ length: workers }, async () => {
            for (let job = due.shift(); job !== undefined; job = due.shift()) await handle(world, job);
          }),
        );
      }
    },
    async close() {
      await connectors.close();
      await sandbox.stop();
      await store.close();
      opened.removeFiles();
      await database.drop();
    },
  };
}

async function handle(world: World, job: Job): Promise<void> {
  const of = (name: string): string => String(job.data[name]);
  if (job.name === "deliver") return deliverBatch(world, of("customerId"), of("batchId"));
  if (job.name === "decide") return decideCampaign(world, of("customerId"), of("campaignId"), job.id);
  if (job.name === "webhook")
    return deliverWebhook(world, of("customerId"), of("endpointId"), of("deliveryId"), job.id);
  throw new Error(`no handler for jobs of kind ${job.name}`);
}

async function putProcessors(guard: Guard, admin: Caller, sandbox: Sandbox): Promise<void> {
  const settings = sandboxConnectors(sandbox.urls);
  for (const channel of ["sms", "zns", "viber"] as const)
    await guard.putProcessor(admin, `p-${channel}`, {
      ...processorTerms(channel),
      connector: settings[channel],
    });
}

/** All of a processor's registration but the address of its provider. */
export function processorTerms(channel: Channel) {
  return {
    name: `Test ${channel}`,
    legalName: "Cong ty Nhan Tin",
    country: "VN",
    channel,
    contract: { reference: "HD-1", validFrom: "2026-01-01T00:00:00Z", validUntil: "2027-06-30T00:00:00Z" },
    purposes: ["advertising", "customer_care", "transaction", "registration", "survey"] as Purpose[],
    fields: ["phone", "name", "text", "templateData"],
  };
}

/** A complete do-not-call list of these numbers, dated now. */
export async function loadList(world: World, phones: readonly string[]): Promise<void> {
  await world.store.transaction("*", async (tx) => {
    const now = world.clock.now();
    const id = world.entropy.id(now);
    await tx.doNotCall.begin(id, now, now);
    await tx.doNotCall.add(
      id,
      phones.map((phone) => world.vault.doNotCallIndex(phone)),
    );
    await tx.doNotCall.complete(id, now, new Date(now.getTime() - 400 * dayMs));
  });
}

/** Complete consent for these channels and purposes. */
export function consentFor(
  channels: readonly Exclude<Channel, "page">[],
  purposes: readonly Purpose[] = ["advertising"],
): Declaration {
  return {
    basis: "consent",
    purposes: [...purposes],
    channels: [...channels],
    consent: {
      method: "web_form",
      collectedAt: "2026-05-01T09:00:00+07:00",
      noticeVersion: "2026-04",
      contentClass: "books",
      frequency: { max: 30, per: "day" },
      source: "https://sachviet.example/dang-ky",
      evidence: [{ kind: "form_submission", sha256: "a".repeat(64) }],
    },
  };
}

export const advertisingText = "[QC] Sach Viet: Giam 30% sach thieu nhi den 30/11. Tu choi: soan TC gui 8079";

export function campaignOf(phones: readonly string[], change: Partial<SmsCampaign> = {}): SmsCampaign {
  return {
    name: "Giam gia",
    channel: "sms",
    purpose: "advertising",
    processor: "p-sms",
    sender: "SACHVIET",
    content: { text: advertisingText },
    recipients: { list: phones.map((phone) => ({ phone })) },
    ...change,
  };
}

export async function addContacts(
  house: TestHouse,
  caller: Caller,
  phones: readonly string[],
  declaration: Declaration = consentFor(["sms"]),
): Promise<void> {
  for (let at = 0; at < phones.length; at += 10_000) {
    await house.guard.recordContacts(caller, {
      declaration,
      contacts: phones.slice(at, at + 10_000).map((phone) => ({ phone })),
    });
  }
}

export const send = (
  house: TestHouse,
  caller: Caller,
  phones: readonly string[],
  change: Partial<SmsCampaign> = {},
): Promise<CampaignCreated> => house.guard.submitCampaign(caller, campaignOf(phones, change));

/** Numbers that the simulators accepted, each as often as it was sent to. */
export function acceptedNumbers(house: TestHouse): readonly string[] {
  return house.sandbox.records
    .calls()
    .filter((call) => call.outcome === "accepted")
    .map((call) => `+${call.phone.replace(/^\+/, "").replace(/^0/, "84")}`);
}
