import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MessageRow } from "../../src/guard/ports/campaign-records.ts";
import {
  campaignRow,
  customerRow,
  failing,
  intentRow,
  messageRow,
  moment,
  nextId,
  openTestStore,
  pageRow,
  type StoreFixture,
} from "./store-fixture.ts";

let fixture: StoreFixture;
const customer = customerRow();
const at = customer.id;
const campaign = campaignRow(at);

beforeAll(async () => {
  fixture = await openTestStore();
  await fixture.store.transaction("*", async (tx) => {
    await tx.customers.insert(customer);
    await tx.campaigns.insert(campaign);
  });
});
afterAll(() => fixture.close());

async function addMessages(count: number, over: Partial<MessageRow> = {}): Promise<MessageRow[]> {
  const rows = Array.from({ length: count }, (_, i) =>
    messageRow(campaign, i, { subscriberId: nextId(), ...over }),
  );
  await fixture.store.transaction(at, (tx) => tx.campaigns.addMessages(rows));
  return rows;
}

async function addIntent(over = {}, message: Partial<MessageRow> = {}) {
  const [row] = await addMessages(1, message);
  if (row === undefined) throw new Error("no message");
  const intent = intentRow(row, over);
  await fixture.store.transaction(at, (tx) => tx.handOffs.insertIntents([intent]));
  return intent;
}

const sent = (id: string) =>
  ({ id, state: "sent", action: "ok", code: "100", providerReference: "ref-1" }) as const;

describe("intents", () => {
  test("a message has at most one open intent, whoever tries at the same moment", async () => {
    const [message] = await addMessages(1);
    if (message === undefined) throw new Error("no message");
    const attempts = await Promise.allSettled(
      Array.from({ length: 6 }, () =>
        fixture.store.transaction(at, (tx) => tx.handOffs.insertIntents([intentRow(message)])),
      ),
    );
    expect(attempts.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
    for (const attempt of attempts) {
      if (attempt.status === "rejected") expect(attempt.reason).toMatchObject({ code: "conflict" });
    }
  });

  test("the same intent again changes nothing; one of a transaction that failed is not there", async () => {
    const [message] = await addMessages(1);
    if (message === undefined) throw new Error("no message");
    const intent = intentRow(message, { tag: 2 });
    await failing(fixture.store, at, (tx) => tx.handOffs.insertIntents([intent]));
    expect(await fixture.store.transaction(at, (tx) => tx.handOffs.openOfHolder(intent.holder))).toEqual([]);
    for (let time = 0; time < 2; time++) {
      await fixture.store.transaction(at, (tx) => tx.handOffs.insertIntents([intent]));
    }
    expect(await fixture.store.transaction(at, (tx) => tx.handOffs.openOfHolder(intent.holder))).toEqual([
      intent,
    ]);
  });

  test("an intent is closed exactly once, by whichever of several comes first", async () => {
    const messages = await addMessages(50);
    const intents = messages.map((message) => intentRow(message));
    await fixture.store.transaction(at, (tx) => tx.handOffs.insertIntents(intents));
    const close = (ids: readonly string[]) =>
      fixture.store.transaction(at, (tx) => tx.handOffs.closeIntents(ids.map(sent), moment(1)));
    const ids = intents.map((intent) => intent.id);
    const answers = await Promise.all([
      close(ids),
      close(ids.toReversed()),
      close(ids.slice(25)),
      close(ids.slice(0, 25).toReversed()),
    ]);
    expect(answers.flatMap((closed) => [...closed]).sort()).toEqual(ids.toSorted());
    expect((await close(ids)).size).toBe(0);
  });

  test("a closing that failed leaves the intent open", async () => {
    const intent = await addIntent();
    await failing(fixture.store, at, (tx) => tx.handOffs.closeIntents([sent(intent.id)], moment(1)));
    expect(await fixture.store.transaction(at, (tx) => tx.handOffs.anyOpenOfCampaign(campaign.id))).toBe(
      true,
    );
    expect(
      await fixture.store.transaction(at, (tx) => tx.handOffs.anyOpen(intent.subscriberId, null, null)),
    ).toBe(true);
  });

  test("a withdrawal waits for open intents in its scope only", async () => {
    const intent = await addIntent({ channel: "zns", purpose: "customer_care" });
    const anyOpen = (
      channels: readonly ("sms" | "zns")[] | null,
      purposes: readonly ("survey" | "customer_care")[] | null,
    ) => fixture.store.transaction(at, (tx) => tx.handOffs.anyOpen(intent.subscriberId, channels, purposes));
    expect(await anyOpen(null, null)).toBe(true);
    expect(await anyOpen(["sms"], null)).toBe(false);
    expect(await anyOpen(["sms", "zns"], ["customer_care"])).toBe(true);
    expect(await anyOpen(["zns"], ["survey"])).toBe(false);
    await fixture.store.transaction(at, (tx) => tx.handOffs.closeIntents([sent(intent.id)], moment(1)));
    expect(await anyOpen(null, null)).toBe(false);
  });

  test("recent hand-offs: advertising and registration, not refused, in the window, newest first", async () => {
    const subscriberId = nextId();
    const made = [];
    for (const [minutes, purpose, state] of [
      [1, "advertising", "sent"],
      [2, "registration", "unknown"],
      [3, "advertising", "open"],
      [4, "advertising", "rejected"],
      [5, "advertising", "suppressed"],
      [6, "customer_care", "sent"],
      [99, "advertising", "sent"],
    ] as const) {
      made.push(await addIntent({ openedAt: moment(minutes), purpose, state, tag: 3 }, { subscriberId }));
    }
    const recent = await fixture.store.transaction(at, (tx) =>
      tx.handOffs.recent([subscriberId, nextId()], moment(1), moment(50)),
    );
    expect([...recent.keys()]).toEqual([subscriberId]);
    expect(recent.get(subscriberId)).toEqual(
      [made[2], made[1], made[0]].map((intent) => ({
        at: intent?.openedAt,
        channel: "sms",
        purpose: intent?.purpose,
        sender: "QUANNHO",
        tag: 3,
      })),
    );
    const registered = await fixture.store.transaction(at, (tx) =>
      tx.handOffs.registrationsSent([subscriberId], moment(50)),
    );
    expect(registered).toEqual(new Map([[subscriberId, moment(2)]]));
  });

  test("a receipt finds its intent by our key before the provider's reference, the newest attempt first", async () => {
    const first = await addIntent({ providerKey: "k-1", state: "rejected", openedAt: moment(1) });
    const retry = await addIntent({
      providerKey: "k-1",
      state: "sent",
      openedAt: moment(2),
      providerReference: "r-9",
    });
    const other = await addIntent({ providerReference: "r-10" });
    const by = (reference: object) =>
      fixture.store.transaction("*", (tx) => tx.handOffs.byReference("sandbox-sms", reference));
    expect((await by({ providerKey: "k-1", providerReference: "r-10" }))?.id).toBe(retry.id);
    expect((await by({ providerReference: "r-10" }))?.id).toBe(other.id);
    expect((await by({ providerKey: "absent", providerReference: "r-9" }))?.id).toBe(retry.id);
    expect(await by({})).toBeNull();
    expect(first.id).not.toBe(retry.id);
  });

  test("the last hand-offs of a subscriber tell when each was closed", async () => {
    const subscriberId = nextId();
    const older = await addIntent({ openedAt: moment(1) }, { subscriberId });
    const newer = await addIntent({ openedAt: moment(2) }, { subscriberId });
    await fixture.store.transaction(at, (tx) => tx.handOffs.closeIntents([sent(older.id)], moment(5)));
    const last = await fixture.store.transaction(at, (tx) => tx.handOffs.last(subscriberId, 10));
    expect(last.map((row) => [row.id, row.state, row.closedAt])).toEqual([
      [newer.id, "open", null],
      [older.id, "sent", moment(5)],
    ]);
    expect(await fixture.store.transaction(at, (tx) => tx.handOffs.last(subscriberId, 1))).toHaveLength(1);
  });

  test("unknown ones are asked about in turn, until their message is settled", async () => {
    const unknown = [];
    for (let i = 0; i < 3; i++) unknown.push(await addIntent({ state: "unknown" }, { state: "unknown" }));
    const settled = await addIntent({ state: "unknown" }, { state: "handed_off" });
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      const rows = await fixture.store.transaction("*", (tx) => tx.handOffs.unknownToLookUp(1));
      seen.push(...rows.map((row) => row.id));
    }
    expect(seen.toSorted()).toEqual(unknown.map((intent) => intent.id).toSorted());
    expect(seen).not.toContain(settled.id);
  });
});

describe("holders", () => {
  test("are listed while they hold an open intent or page, except oneself and those that ended", async () => {
    const holders = Array.from({ length: 5 }, (_, i) => ({
      id: nextId(),
      host: `host-${i}`,
      bootId: "boot",
      pid: 100 + i,
      pidStarted: "12345",
    }));
    const [self, silent, publisher, ended, idle] = holders;
    if (!self || !silent || !publisher || !ended || !idle) throw new Error("five holders");
    await fixture.store.transaction("*", async (tx) => {
      for (const holder of holders) await tx.handOffs.registerHolder(holder, moment());
      await tx.handOffs.registerHolder(silent, moment());
      await tx.handOffs.endHolder(ended.id, moment(1));
      await tx.pages.insert(pageRow(at, { state: "open", holder: publisher.id }));
    });
    for (const holder of [self, silent, ended]) await addIntent({ holder: holder.id });
    const found = await fixture.store.transaction("*", (tx) => tx.handOffs.holdersWithOpen(self.id));
    expect(found).toEqual([silent, publisher]);
  });
});

describe("the outbox", () => {
  const row = (over = {}) => ({
    id: nextId(),
    customerId: at,
    name: "deliver",
    data: { batchId: nextId(), n: 1, last: false },
    lane: "sandbox-sms",
    dueAt: moment(30),
    ...over,
  });

  test("two relays at once never take the same row, and none is left", async () => {
    const rows = Array.from({ length: 200 }, () => row());
    await failing(fixture.store, at, (tx) => tx.outbox.add([row()], moment()));
    await fixture.store.transaction(at, (tx) => tx.outbox.add(rows, moment()));
    await fixture.store.transaction(at, (tx) => tx.outbox.add(rows, moment()));
    const relay = async () => {
      const taken: string[] = [];
      for (;;) {
        const some = await fixture.store.transaction("*", (tx) => tx.outbox.takeUntold(17, moment(1)));
        if (some.length === 0) return taken;
        taken.push(...some.map((one) => one.id));
      }
    };
    const taken = (await Promise.all([relay(), relay(), relay()])).flat();
    expect(taken.toSorted()).toEqual(rows.map((one) => one.id).toSorted());
  });

  test("what a relay took and did not commit can be taken again, as it was", async () => {
    const given = row();
    await fixture.store.transaction(at, (tx) => tx.outbox.add([given], moment()));
    await failing(fixture.store, "*", (tx) => tx.outbox.takeUntold(10, moment()));
    expect(await fixture.store.transaction("*", (tx) => tx.outbox.takeUntold(10, moment()))).toEqual([given]);
  });

  test("a row that was told, is due and not done is found again until it is done", async () => {
    const rows = [row(), row(), row({ dueAt: moment(500) })];
    const ids = rows.map((one) => one.id);
    await fixture.store.transaction(at, async (tx) => {
      await tx.outbox.add(rows, moment());
      await tx.outbox.markTold(ids, moment(5));
    });
    const undone = async (toldBefore: number, after: string | null = null) =>
      (
        await fixture.store.transaction("*", (tx) =>
          tx.outbox.undone(moment(toldBefore), moment(100), 1_000, after),
        )
      )
        .map((one) => one.id)
        .filter((id) => ids.includes(id));
    expect(await undone(5)).toEqual([]);
    expect(await undone(6)).toEqual(ids.slice(0, 2));
    expect(await undone(6, ids[0])).toEqual(ids.slice(1, 2));
    await fixture.store.transaction("*", (tx) => tx.outbox.done(ids.slice(0, 1), moment(7)));
    await fixture.store.transaction("*", (tx) => tx.outbox.done(ids.slice(0, 1), moment(8)));
    expect(await undone(6)).toEqual(ids.slice(1, 2));
  });
});
