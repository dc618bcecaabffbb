import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { LedgerSearch } from "../../src/guard/ports/ledger-records.ts";
import {
  customerRow,
  failing,
  ledgerAppend,
  moment,
  nextId,
  openTestStore,
  type StoreFixture,
} from "./store-fixture.ts";

let fixture: StoreFixture;
let at: string;

beforeEach(async () => {
  await fixture?.close();
  fixture = await openTestStore(6);
  const customer = customerRow();
  at = customer.id;
  await fixture.store.transaction("*", (tx) => tx.customers.insert(customer));
});
afterAll(() => fixture.close());

const all = (over: Partial<LedgerSearch> = {}): LedgerSearch => ({
  customerId: at,
  subscriberIds: null,
  campaignId: null,
  processorId: null,
  kinds: ["hand_off", "lookup"],
  from: null,
  to: null,
  before: null,
  limit: 100,
  ...over,
});

/** One round of the sequencer. */
async function sequence(): Promise<number> {
  return fixture.store.transaction("*", async (tx) => {
    const rows = await tx.tree.pending(1_000);
    await tx.tree.place(await tx.tree.size(), rows);
    return rows.length;
  });
}

describe("records", () => {
  test("wait with their leaf until they are placed, in the order given; those rolled back never do", async () => {
    const rows = Array.from({ length: 5 }, () => ledgerAppend(at));
    await failing(fixture.store, at, (tx) => tx.ledger.append([ledgerAppend(at)]));
    await fixture.store.transaction(at, (tx) => tx.ledger.append(rows));
    await fixture.store.transaction("*", async (tx) => {
      expect(await tx.tree.pendingCount()).toBe(5);
      expect(await tx.tree.pendingSince()).toEqual(rows[0]?.recordedAt);
      expect((await tx.tree.pending(3)).map((row) => row.leaf)).toEqual(
        rows.slice(0, 3).map((row) => row.leaf),
      );
    });
    expect(await sequence()).toBe(5);
    await fixture.store.transaction(at, async (tx) => {
      expect(await tx.tree.pendingCount()).toBe(0);
      expect(await tx.tree.pendingSince()).toBeNull();
      expect(await tx.tree.size()).toBe(5n);
      expect(await tx.tree.leaves(1n, 3)).toEqual(rows.slice(1, 4).map((row) => row.leaf));
      const record = await tx.ledger.byIndex(4n);
      expect(record).toEqual({ ...rows[4], id: record?.id, index: 4n });
    });
  });

  test("are found by subscriber, campaign, processor, kind and time, newest first, page by page", async () => {
    const subscriberId = nextId();
    const campaignId = nextId();
    await fixture.store.transaction(at, (tx) =>
      tx.ledger.append([
        ledgerAppend(at, { subscriberId, recordedAt: moment(1) }),
        ledgerAppend(at, { subscriberId, campaignId, recordedAt: moment(2), processorId: "other" }),
        ledgerAppend(at, { kind: "lookup", subscriberId, recordedAt: moment(3) }),
        ledgerAppend(at, { kind: "decision", campaignId, recordedAt: moment(4) }),
      ]),
    );
    const found = async (over: Partial<LedgerSearch>) =>
      (await fixture.store.transaction(at, (tx) => tx.ledger.search(all(over)))).map(
        (row) => (row.recordedAt.getTime() - moment().getTime()) / 60_000,
      );
    expect(await found({})).toEqual([3, 2, 1]);
    expect(await found({ subscriberIds: [subscriberId, nextId()] })).toEqual([3, 2, 1]);
    expect(await found({ subscriberIds: [] })).toEqual([]);
    expect(await found({ campaignId })).toEqual([2]);
    expect(await found({ processorId: "other" })).toEqual([2]);
    expect(await found({ kinds: ["lookup"] })).toEqual([3]);
    expect(await found({ kinds: [] })).toEqual([]);
    expect(await found({ from: moment(2), to: moment(3) })).toEqual([3, 2]);
    const [newest] = await fixture.store.transaction(at, (tx) => tx.ledger.search(all({ limit: 1 })));
    expect(newest?.index).toBeNull();
    expect(await found({ before: newest?.id ?? 0n })).toEqual([2, 1]);
  });

  test("of an erased subscriber keep their leaf and lose what it opens", async () => {
    const subscriberId = nextId();
    const row = ledgerAppend(at, { subscriberId });
    await fixture.store.transaction(at, (tx) => tx.ledger.append([row, ledgerAppend(at)]));
    const erase = () => fixture.store.transaction(at, (tx) => tx.ledger.eraseSubscriber(subscriberId));
    expect(await erase()).toBe(1);
    expect(await erase()).toBe(0);
    const [found] = await fixture.store.transaction(at, (tx) =>
      tx.ledger.search(all({ subscriberIds: [subscriberId] })),
    );
    expect(found).toMatchObject({ opening: null, bodyCipher: null, leaf: row.leaf });
  });
});

describe("the tree", () => {
  test("two sequencers at once give each record one place and leave no gap", async () => {
    for (let i = 0; i < 10; i++) {
      await fixture.store.transaction(at, (tx) =>
        tx.ledger.append(Array.from({ length: 20 }, () => ledgerAppend(at))),
      );
    }
    const rounds = await Promise.allSettled([sequence(), sequence(), sequence()]);
    expect(rounds.filter((round) => round.status === "fulfilled").length).toBeGreaterThan(0);
    await sequence();
    await fixture.store.transaction("*", async (tx) => {
      expect(await tx.tree.size()).toBe(200n);
      expect(await tx.tree.leaves(0n, 500)).toHaveLength(200);
      expect(await tx.tree.pendingCount()).toBe(0);
    });
  });

  test("refuses a place that is not the next, and a record that does not wait", async () => {
    await fixture.store.transaction(at, (tx) => tx.ledger.append([ledgerAppend(at)]));
    await expect(
      fixture.store.transaction("*", async (tx) => tx.tree.place(1n, await tx.tree.pending(1))),
    ).rejects.toThrow("0 leaves, not 1");
    await expect(
      fixture.store.transaction("*", (tx) => tx.tree.place(0n, [{ recordId: 999n, leaf: randomBytes(32) }])),
    ).rejects.toThrow("not waiting");
    expect(await sequence()).toBe(1);
  });

  test("a tile only grows", async () => {
    const put = (width: number, data: Buffer) =>
      fixture.store.transaction("*", (tx) => tx.tree.putTiles([{ level: 0, n: 3n, width, data }]));
    const wide = randomBytes(64);
    await put(1, randomBytes(32));
    await put(2, wide);
    await put(1, randomBytes(32));
    await fixture.store.transaction("*", async (tx) => {
      expect(await tx.tree.tile(0, 3n)).toEqual({ width: 2, data: wide });
      expect(await tx.tree.tile(1, 3n)).toBeNull();
    });
  });

  test("a checkpoint is kept; a second root for its size, a smaller one and one beyond the leaves are refused", async () => {
    await fixture.store.transaction(at, (tx) => tx.ledger.append([ledgerAppend(at), ledgerAppend(at)]));
    await sequence();
    const root = randomBytes(32);
    const put = (size: bigint, hash: Buffer) =>
      fixture.store.transaction("*", (tx) =>
        tx.tree.putCheckpoint({ size, root: hash, note: "note" }, moment()),
      );
    await put(2n, root);
    await put(2n, root);
    await expect(put(2n, randomBytes(32))).rejects.toThrow("two roots");
    await expect(put(1n, root)).rejects.toThrow("smaller");
    await expect(put(3n, root)).rejects.toThrow("not there");
    expect(await fixture.store.transaction("*", (tx) => tx.tree.checkpoint())).toEqual({
      size: 2n,
      root,
      note: "note",
      signedAt: moment(),
    });
  });

  test("leaves and checkpoints cannot be changed or deleted, even by the tables' owner", async () => {
    await fixture.store.transaction(at, (tx) => tx.ledger.append([ledgerAppend(at)]));
    await sequence();
    const owner = new pg.Client(fixture.url);
    await owner.connect();
    try {
      for (const table of ["ledger_leaf", "ledger_checkpoint"]) {
        for (const act of [`delete from guard.${table}`, `truncate guard.${table}`]) {
          await expect(owner.query(act)).rejects.toMatchObject({ code: "23001" });
        }
      }
      await expect(owner.query("update guard.ledger_leaf set leaf = ''")).rejects.toMatchObject({
        code: "23001",
      });
    } finally {
      await owner.end();
    }
  });
});
