import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CampaignView } from "../../src/domain/contract.gen.ts";
import { decideCampaign } from "../../src/guard/decide-in-chunks.ts";
import type { Caller } from "../../src/guard/guard.ts";
import type { Tx } from "../../src/guard/ports/store.ts";
import type { World } from "../../src/guard/world.ts";
import { createInstruments } from "../../src/instruments.ts";
import {
  acceptedNumbers,
  addContacts,
  loadList,
  morning,
  openTestHouse,
  send,
  type TestHouse,
} from "../support/guard-world.ts";
import { query } from "../support/test-service.ts";

const total = 11_000;
const phones = Array.from({ length: total }, (_, at) => `+8490${String(3_000_000 + at).padStart(7, "0")}`);
/** Every hundredth person has withdrawn. */
const refusing = phones.filter((_, at) => at % 100 === 0);

let house: TestHouse;
let caller: Caller;
beforeAll(async () => {
  house = await openTestHouse();
  caller = await house.newCustomer();
  await addContacts(house, caller, phones);
  for (const phone of refusing) await house.guard.withdraw(caller, { phone, source: "hotline" });
}, 240_000);
afterAll(() => house.close());

const all = { recipients: { all: true as const } };

async function everyRecipient(id: string): Promise<number[]> {
  const positions: number[] = [];
  let cursor: string | null = null;
  do {
    const page = await house.guard.campaignRecipients(caller, id, {}, { limit: 1_000, cursor });
    positions.push(...page.items.map((item) => item.index));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return positions;
}

/** How many recipients are decided. */
function sumOf({ decision }: CampaignView): number {
  const { allow = 0, hold = 0, review = 0, deny = 0 } = decision?.counts ?? {};
  return allow + hold + review + deny;
}

async function decideJob(id: string): Promise<string> {
  return query(house.url, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "select id from guard.outbox where name = 'decide' and data->>'campaignId' = $1",
      [id],
    );
    return rows[0]?.id ?? "";
  });
}

/** The same world, but the transaction that would store the `fatal`-th chunk is not committed, as at a crash. */
function crashingAtChunk(world: World, fatal: number): World {
  let chunks = 0;
  return {
    ...world,
    store: {
      ...world.store,
      transaction: (customer, work) =>
        world.store.transaction(customer, async (tx: Tx) => {
          let isFatal = false;
          const addMessages: Tx["campaigns"]["addMessages"] = (rows) => {
            isFatal = ++chunks === fatal;
            return tx.campaigns.addMessages(rows);
          };
          const result = await work({ ...tx, campaigns: { ...tx.campaigns, addMessages } });
          if (isFatal) throw new Error("the process has ended");
          return result;
        }),
    },
  };
}

describe("a campaign to more than 10,000 recipients", () => {
  test("is decided by a worker in chunks, each recipient once, whatever crashes in between", async () => {
    house.clock.set(morning);
    await loadList(house.world, []);
    const created = await send(house, caller, [], { name: "to all", ...all });
    expect(created).toMatchObject({ status: "deciding", decision: null });
    const jobId = await decideJob(created.id);
    const customerId = caller.customerId ?? "";

    const registry = new Registry();
    const world: World = { ...house.world, observer: createInstruments(registry, null).observer };
    const broken = crashingAtChunk(world, 2);
    await expect(decideCampaign(broken, customerId, created.id, jobId)).rejects.toThrow("has ended");
    const halfway = await house.guard.getCampaign(caller, created.id);
    expect(halfway.status).toBe("deciding");
    expect(sumOf(halfway)).toBe(5_000);

    await decideCampaign(world, customerId, created.id, jobId);
    // The queue may call again: nothing is decided twice, nor counted.
    await decideCampaign(world, customerId, created.id, jobId);
    const metrics = await registry.metrics();
    expect(metrics).toContain(`decisions_total{verdict="allow"} ${total - refusing.length}\n`);
    expect(metrics).toContain(`decisions_total{verdict="deny"} ${refusing.length}\n`);
    expect(metrics).toContain(
      `decision_reasons_total{verdict="deny",reason="opted_out"} ${refusing.length}\n`,
    );
    expect(metrics).toMatch(/subscriber_guard_decision_duration_seconds_count [1-9]/);
    const done = await house.guard.getCampaign(caller, created.id);
    expect(done).toMatchObject({ status: "sending", decision: { verdict: "partial" } });
    expect(done.decision?.counts).toEqual({
      allow: total - refusing.length,
      hold: 0,
      review: 0,
      deny: refusing.length,
    });
    expect(done.decision?.reasons).toEqual([{ code: "opted_out", verdict: "deny", count: refusing.length }]);

    const positions = await everyRecipient(created.id);
    expect(positions).toEqual(Array.from({ length: total }, (_, at) => at));
    const counted = await query(
      house.url,
      async (client) =>
        (
          await client.query(
            "select verdict::text, count(*)::int from guard.message where campaign_id = $1 group by 1 order by 1",
            [created.id],
          )
        ).rows,
    );
    expect(counted).toEqual([
      { verdict: "allow", count: total - refusing.length },
      { verdict: "deny", count: refusing.length },
    ]);
    const refused = await house.guard.campaignRecipients(
      caller,
      created.id,
      { verdict: "deny", code: "opted_out" },
      { limit: 1_000, cursor: null },
    );
    expect(refused.items).toHaveLength(refusing.length);
    await house.guard.cancelCampaign(caller, created.id);
    await house.work();
    expect(acceptedNumbers(house)).toEqual([]);
  }, 240_000);

  test("is decided once where two workers have got hold of the same job", async () => {
    const created = await send(house, caller, [], { name: "to all", ...all });
    const jobId = await decideJob(created.id);
    const decide = () => decideCampaign(house.world, caller.customerId ?? "", created.id, jobId);
    await Promise.all([decide(), decide()]);
    expect(sumOf(await house.guard.getCampaign(caller, created.id))).toBe(total);
    expect(await everyRecipient(created.id)).toEqual(Array.from({ length: total }, (_, at) => at));
    await house.guard.cancelCampaign(caller, created.id);
    await house.work();
  }, 120_000);

  test("can be cancelled in the middle of its decision: no later chunk is decided and nothing goes out", async () => {
    const created = await send(house, caller, [], { name: "to all", ...all });
    const jobId = await decideJob(created.id);
    const customerId = caller.customerId ?? "";
    const broken = crashingAtChunk(house.world, 2);
    await expect(decideCampaign(broken, customerId, created.id, jobId)).rejects.toThrow("has ended");
    const halfway = await house.guard.getCampaign(caller, created.id);
    expect(sumOf(halfway)).toBe(5_000);
    const cancelled = await house.guard.cancelCampaign(caller, created.id);
    const suppressed = halfway.decision?.counts.allow;
    expect(cancelled).toMatchObject({ status: "cancelled", delivery: { queued: 0, suppressed } });
    await house.work();
    expect(acceptedNumbers(house)).toEqual([]);
    expect(await everyRecipient(created.id)).toHaveLength(5_000);
    expect(await house.guard.getCampaign(caller, created.id)).toMatchObject({ status: "cancelled" });
  }, 120_000);

  test("for a later hour is held once it is decided", async () => {
    const sendAt = new Date(house.clock.now().getTime() + 3_600_000).toISOString();
    const created = await send(house, caller, [], { name: "later", ...all, sendAt });
    const jobId = await decideJob(created.id);
    await decideCampaign(house.world, caller.customerId ?? "", created.id, jobId);
    expect(await house.guard.getCampaign(caller, created.id)).toMatchObject({
      status: "held",
      decision: { verdict: "partial" },
    });
    await house.guard.cancelCampaign(caller, created.id);
    await house.work();
  }, 120_000);

  test("a preview of it counts everybody and shows the first thousand", async () => {
    const preview = await house.guard.previewCampaign(
      caller,
      {
        name: "to all",
        channel: "sms",
        purpose: "advertising",
        processor: "p-sms",
        sender: "SACHVIET",
        content: { text: "[QC] Sach Viet: Giam 30%. Tu choi: soan TC gui 8079" },
        ...all,
      },
      { at: null, explain: false },
    );
    expect(preview.counts).toEqual({
      allow: total - refusing.length,
      hold: 0,
      review: 0,
      deny: refusing.length,
    });
    expect(preview.recipients).toHaveLength(1_000);
  }, 120_000);
});
