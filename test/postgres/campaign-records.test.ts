import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CampaignRow, MessageRow, MessageState } from "../../src/guard/ports/campaign-records.ts";
import {
  campaignRow,
  customerRow,
  failing,
  gate,
  messageRow,
  moment,
  nextId,
  openTestStore,
  type StoreFixture,
  someoneWaits,
} from "./store-fixture.ts";

let fixture: StoreFixture;
const customer = customerRow();
const at = customer.id;

beforeAll(async () => {
  fixture = await openTestStore();
  await fixture.store.transaction("*", (tx) => tx.customers.insert(customer));
});
afterAll(() => fixture.close());

async function campaignOf(
  ...states: MessageState[]
): Promise<{ campaign: CampaignRow; messages: MessageRow[] }> {
  const campaign = campaignRow(at);
  const batchId = nextId();
  const messages = states.map((state, i) => messageRow(campaign, i, { state, batchId }));
  await fixture.store.transaction(at, async (tx) => {
    await tx.campaigns.insert(campaign);
    await tx.campaigns.addMessages(messages);
  });
  return { campaign, messages };
}

async function statesOf(campaign: CampaignRow): Promise<string[]> {
  const rows = await fixture.store.transaction(at, (tx) =>
    tx.campaigns.recipients(campaign.id, {}, null, 100),
  );
  return rows.map((row) => row.state);
}

describe("campaigns", () => {
  test("is read back as it was written; written twice it is there once, rolled back not at all", async () => {
    const campaign = campaignRow(at, { recipients: { list: 3 }, sendAt: moment(90) });
    await failing(fixture.store, at, (tx) => tx.campaigns.insert(campaign));
    expect(await fixture.store.transaction(at, (tx) => tx.campaigns.get(at, campaign.id))).toBeNull();
    for (let time = 0; time < 2; time++)
      await fixture.store.transaction(at, (tx) => tx.campaigns.insert(campaign));
    expect(await fixture.store.transaction(at, (tx) => tx.campaigns.get(at, campaign.id))).toEqual(campaign);
    expect(await fixture.store.transaction(at, (tx) => tx.campaigns.lock(at, campaign.id))).toEqual(campaign);
  });

  test("lists run from the newest on", async () => {
    const made = [
      (await campaignOf()).campaign,
      (await campaignOf()).campaign,
      (await campaignOf()).campaign,
    ];
    const listed = await fixture.store.transaction(at, async (tx) => {
      const first = await tx.campaigns.list(at, 2, null);
      return [...first, ...(await tx.campaigns.list(at, 1, first.at(-1)?.id ?? null))];
    });
    expect(listed.map((row) => row.id)).toEqual(made.map((row) => row.id).toReversed());
  });

  test("is stopped once, and a stop keeps its first moment", async () => {
    const { campaign } = await campaignOf();
    const stop = (minutes: number) =>
      fixture.store.transaction(at, (tx) => tx.campaigns.stop(at, campaign.id, moment(minutes)));
    expect(await Promise.all([stop(1), stop(1), stop(1)])).toContain(true);
    expect(await stop(2)).toBe(false);
    const other = (await campaignOf()).campaign;
    await fixture.store.transaction("*", async (tx) => {
      expect(await tx.campaigns.stopped([campaign.id, other.id])).toEqual(new Set([campaign.id]));
      expect((await tx.campaigns.get(at, campaign.id))?.stoppedAt).toEqual(moment(1));
    });
  });

  test("a change leaves what it does not name", async () => {
    const { campaign } = await campaignOf();
    await fixture.store.transaction(at, (tx) => tx.campaigns.update(campaign.id, { status: "held" }));
    await fixture.store.transaction(at, (tx) =>
      tx.campaigns.saveProgress(campaign.id, { next: 5 }, { a: 1 }),
    );
    expect(await fixture.store.transaction(at, (tx) => tx.campaigns.get(at, campaign.id))).toEqual({
      ...campaign,
      status: "held",
      recipients: { next: 5 },
      decision: { a: 1 },
    });
  });

  test("completes when nothing is on its way any more, and not before", async () => {
    for (const state of ["review", "held", "waiting", "open"] as const) {
      const { campaign } = await campaignOf("handed_off", state);
      await fixture.store.transaction("*", (tx) => tx.campaigns.completeIfDone([campaign.id], moment(9)));
      expect((await fixture.store.transaction(at, (tx) => tx.campaigns.get(at, campaign.id)))?.status).toBe(
        "sending",
      );
    }
    const { campaign } = await campaignOf(
      "handed_off",
      "refused",
      "failed",
      "suppressed",
      "unknown",
      "cancelled",
    );
    await fixture.store.transaction("*", (tx) => tx.campaigns.completeIfDone([campaign.id], moment(9)));
    expect((await fixture.store.transaction(at, (tx) => tx.campaigns.get(at, campaign.id)))?.status).toBe(
      "completed",
    );
  });

  test("two workers that end the last two messages at once complete it between them", async () => {
    const { campaign, messages } = await campaignOf("open", "open");
    const [first, last] = messages;
    if (first === undefined || last === undefined) throw new Error("two messages");
    const checked = gate();
    const release = gate();
    const end = (id: string) => (tx: Parameters<Parameters<StoreFixture["store"]["transaction"]>[1]>[0]) =>
      tx.campaigns.setMessages([{ id, state: "handed_off" }]);
    const one = fixture.store.transaction("*", async (tx) => {
      await end(first.id)(tx);
      await tx.campaigns.completeIfDone([campaign.id], moment(1));
      checked.open();
      await release.opened;
    });
    await checked.opened;
    const two = fixture.store.transaction("*", async (tx) => {
      await end(last.id)(tx);
      await tx.campaigns.completeIfDone([campaign.id], moment(1));
    });
    await someoneWaits(fixture.url);
    release.open();
    await Promise.all([one, two]);
    expect((await fixture.store.transaction(at, (tx) => tx.campaigns.get(at, campaign.id)))?.status).toBe(
      "completed",
    );
  });
});

describe("messages", () => {
  test("five thousand are stored by one call, read back as written, and a second time is refused", async () => {
    const campaign = campaignRow(at);
    const messages = Array.from({ length: 5_000 }, (_, i) =>
      messageRow(campaign, i, {
        subscriberId: i % 3 === 0 ? null : nextId(),
        correlationId: i % 2 === 0 ? null : `đơn "hàng"\\{${i}},NULL`,
        verdict: i % 5 === 0 ? "deny" : "allow",
        code: i % 5 === 0 ? "opted_out" : null,
        rule: i % 5 === 0 ? "consent/opted-out" : null,
        decidedBy: i % 5 === 0 ? "subject" : "machine",
        canBeOverruled: i % 7 === 0,
        notBefore: i % 4 === 0 ? moment(i) : null,
        state: i % 5 === 0 ? "refused" : "waiting",
        batchId: nextId(),
        dataCipher: i % 2 === 0 ? randomBytes(50) : null,
      }),
    );
    await fixture.store.transaction(at, async (tx) => {
      await tx.campaigns.insert(campaign);
      await tx.campaigns.addMessages(messages);
    });
    const again = fixture.store.transaction(at, (tx) => tx.campaigns.addMessages(messages.slice(0, 10)));
    await expect(again).rejects.toMatchObject({ code: "conflict" });
    const read: MessageRow[] = [];
    for (;;) {
      const last = read.at(-1);
      const after = last === undefined ? null : { position: last.position, step: last.step };
      const page = await fixture.store.transaction(at, (tx) =>
        tx.campaigns.recipients(campaign.id, {}, after, 1_999),
      );
      if (page.length === 0) break;
      read.push(...page);
    }
    expect(read).toEqual(messages);
  });

  test("a batch gives what waits or was held, and a second worker waits for the first", async () => {
    const { messages } = await campaignOf("waiting", "held", "open", "handed_off", "cancelled", "review");
    const batchId = messages[0]?.batchId ?? "";
    const held = gate();
    const release = gate();
    const first = fixture.store.transaction("*", async (tx) => {
      const taken = await tx.campaigns.takeBatch(batchId);
      await tx.campaigns.setMessages(taken.map((row) => ({ id: row.id, state: "open", attempted: true })));
      held.open();
      await release.opened;
      return taken.map((row) => row.id);
    });
    await held.opened;
    const second = fixture.store.transaction("*", (tx) => tx.campaigns.takeBatch(batchId));
    await someoneWaits(fixture.url);
    release.open();
    expect(await first).toEqual([messages[0]?.id, messages[1]?.id]);
    expect(await second).toEqual([]);
  });

  test("a change sets what it names, clears what it names as null and leaves the rest", async () => {
    const { campaign, messages } = await campaignOf("waiting");
    const [message] = messages;
    if (message === undefined) throw new Error("a message");
    const set = (change: object) =>
      fixture.store.transaction("*", (tx) =>
        tx.campaigns.setMessages([{ id: message.id, state: "held", ...change }]),
      );
    const read = async () =>
      (await fixture.store.transaction(at, (tx) => tx.campaigns.recipients(campaign.id, {}, null, 1)))[0];
    const held = {
      verdict: "hold",
      code: "quiet_hours",
      rule: "clock/quiet-hours",
      decidedBy: "law",
      notBefore: moment(600),
      batchId: nextId(),
    } as const;
    await set({ ...held, attempted: true });
    expect(await read()).toEqual({ ...message, ...held, state: "held", attempts: 1 });
    await set({});
    expect(await read()).toEqual({ ...message, ...held, state: "held", attempts: 1 });
    await set({ code: null, rule: null, notBefore: null, batchId: null });
    expect(await read()).toMatchObject({
      code: null,
      rule: null,
      notBefore: null,
      batchId: null,
      verdict: "hold",
    });
  });

  test("cancelling ends what no intent is open for", async () => {
    const { campaign } = await campaignOf("review", "held", "waiting", "open", "handed_off", "refused");
    await failing(fixture.store, at, (tx) => tx.campaigns.cancelMessages(campaign.id));
    expect((await statesOf(campaign))[0]).toBe("review");
    for (let time = 0; time < 2; time++) {
      await fixture.store.transaction(at, (tx) => tx.campaigns.cancelMessages(campaign.id));
      expect(await statesOf(campaign)).toEqual([
        "cancelled",
        "cancelled",
        "cancelled",
        "open",
        "handed_off",
        "refused",
      ]);
    }
  });

  test("a release lets go what staff may overrule, and leaves the verdict", async () => {
    const campaign = campaignRow(at);
    const may = messageRow(campaign, 0, { state: "review", verdict: "review", canBeOverruled: true });
    const mayNot = messageRow(campaign, 1, { state: "review", verdict: "review", canBeOverruled: false });
    const batchId = nextId();
    const batchOf = new Map([may, mayNot].map((row) => [row.id, batchId]));
    await fixture.store.transaction(at, async (tx) => {
      await tx.campaigns.insert(campaign);
      await tx.campaigns.addMessages([may, mayNot]);
      expect(await tx.campaigns.inReview(campaign.id)).toEqual([may, mayNot]);
      await tx.campaigns.releaseReview(campaign.id, batchOf);
      expect(await tx.campaigns.takeBatch(batchId)).toEqual([{ ...may, state: "waiting", batchId }]);
      expect(await tx.campaigns.inReview(campaign.id)).toEqual([mayNot]);
    });
  });

  test("an unknown one goes again only while attempts are left and the campaign is not stopped", async () => {
    const { campaign, messages } = await campaignOf("unknown", "handed_off");
    const [unknown, sent] = messages;
    if (unknown === undefined || sent === undefined) throw new Error("two messages");
    const repeat = (id: string, attemptsMax: number) =>
      fixture.store.transaction("*", (tx) =>
        tx.campaigns.repeatUnknown(id, nextId(), moment(5), attemptsMax),
      );
    expect(await repeat(unknown.id, 0)).toBe(false);
    expect(await repeat(sent.id, 3)).toBe(false);
    expect(await repeat(unknown.id, 3)).toBe(true);
    expect(await statesOf(campaign)).toEqual(["held", "handed_off"]);
    await fixture.store.transaction("*", async (tx) => {
      await tx.campaigns.setMessages([{ id: unknown.id, state: "unknown" }]);
      await tx.campaigns.stop(at, campaign.id, moment(1));
    });
    expect(await repeat(unknown.id, 3)).toBe(false);
  });

  test("each message counts once in the delivery, and delivered is the last word of receipts", async () => {
    const { campaign, messages } = await campaignOf(
      "refused",
      "review",
      "held",
      "waiting",
      "open",
      "handed_off",
      "handed_off",
      "handed_off",
      "failed",
      "suppressed",
      "cancelled",
      "unknown",
    );
    const receipt = (index: number, word: "delivered" | "failed") =>
      fixture.store.transaction("*", (tx) => tx.campaigns.setReceipt(messages[index]?.id ?? "", word));
    expect(await receipt(6, "failed")).toBe(true);
    expect(await receipt(7, "failed")).toBe(true);
    expect(await receipt(7, "delivered")).toBe(true);
    expect(await receipt(7, "delivered")).toBe(false);
    expect(await receipt(7, "failed")).toBe(false);
    await fixture.store.transaction(at, async (tx) => {
      expect(await tx.campaigns.delivery(campaign.id)).toEqual({
        queued: 3,
        handedOff: 1,
        delivered: 1,
        failed: 2,
        suppressed: 2,
        unknown: 1,
      });
      const positions = async (filter: object) =>
        (await tx.campaigns.recipients(campaign.id, filter, null, 100)).map((row) => row.position);
      expect(await positions({ delivery: "failed" })).toEqual([6, 8]);
      expect(await positions({ delivery: "delivered", verdict: "allow" })).toEqual([7]);
      expect(await positions({ verdict: "deny" })).toEqual([]);
      expect(await positions({ code: "opted_out" })).toEqual([]);
    });
  });
});
