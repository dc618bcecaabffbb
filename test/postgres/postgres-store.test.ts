import pg from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openStore } from "../../src/postgres/postgres-store.ts";
import {
  customerRow,
  gate,
  migrationsDir,
  moment,
  openTestStore,
  type StoreFixture,
  subscriberRow,
} from "./store-fixture.ts";

let fixture: StoreFixture;

beforeEach(async () => {
  fixture = await openTestStore(4);
});
afterEach(() => fixture.close());

/** Ends the connections of this database that run or ran a statement like that. */
async function breakConnections(like: string): Promise<void> {
  const client = new pg.Client(fixture.url);
  await client.connect();
  try {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and query like $1`,
      [like],
    );
  } finally {
    await client.end();
  }
}

describe("a transaction", () => {
  test("after a deadlock runs again, and both stand", async () => {
    const customer = customerRow();
    const [a, b] = [subscriberRow(), subscriberRow()];
    await fixture.store.transaction("*", (tx) => tx.customers.insert(customer));
    await fixture.store.transaction(customer.id, (tx) =>
      tx.subscribers.addOrLock(customer.id, [a, b], moment()),
    );
    const both = gate();
    let arrived = 0;
    const lockBoth = (first: string, second: string) =>
      fixture.store.transaction(customer.id, async (tx) => {
        await tx.subscribers.lock(customer.id, [first], "exclusive");
        arrived++;
        if (arrived >= 2) both.open();
        await both.opened;
        await tx.subscribers.lock(customer.id, [second], "exclusive");
        return true;
      });
    expect(await Promise.all([lockBoth(a.id, b.id), lockBoth(b.id, a.id)])).toEqual([true, true]);
    expect(arrived).toBeGreaterThan(2);
  });

  test("whose connection breaks ends as ledger_unavailable, and the store goes on", async () => {
    const broken = fixture.store.transaction("*", async (tx) => {
      await tx.notify("marked_to_break", "");
      await breakConnections("%pg_notify%");
      await tx.customers.list(1, null);
    });
    await expect(broken).rejects.toMatchObject({ code: "ledger_unavailable", retriable: true });
    expect(await fixture.store.isReady()).toBe(true);
  });

  test("names a customer or the service, nothing else", async () => {
    for (const name of ["", "'; drop table guard.customer; --", "00000000-0000-0000-0000-00000000000G"]) {
      await expect(fixture.store.transaction(name, () => Promise.resolve())).rejects.toThrow(
        "needs a customer",
      );
    }
  });

  test("hostile ids and texts are refused with a code of their own", async () => {
    await expect(fixture.store.transaction("*", (tx) => tx.customers.get("not-an-id"))).rejects.toMatchObject(
      {
        code: "not_found",
      },
    );
    await expect(
      fixture.store.transaction("*", (tx) => tx.customers.insert(customerRow({ name: "a\u0000b" }))),
    ).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("leading", () => {
  test("one at a time; when it ends another may", async () => {
    const started = gate();
    const end = gate();
    const first = fixture.store.lead("sequencer", async () => {
      started.open();
      await end.opened;
    });
    await started.opened;
    const other = await openStore({ url: fixture.url, migrationsDir, poolMax: 1 });
    try {
      expect(await other.lead("sequencer", () => Promise.resolve())).toBe(false);
      expect(await other.lead("something else", () => Promise.resolve())).toBe(true);
      end.open();
      expect(await first).toBe(true);
      await vi.waitFor(async () => expect(await other.lead("sequencer", () => Promise.resolve())).toBe(true));
    } finally {
      await other.close();
    }
  });

  test("a leader whose connection breaks is told at once", async () => {
    const leading = gate();
    const led = fixture.store.lead("sequencer", async (signal) => {
      const lost = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      leading.open();
      await lost;
    });
    await leading.opened;
    await breakConnections("%pg_try_advisory_lock%");
    await breakConnections("select 1");
    expect(await led).toBe(true);
  });
});

describe("listening", () => {
  test("hears what is committed and not what is rolled back, after its connection broke too", async () => {
    const heard: string[] = [];
    const end = await fixture.store.listen("outbox", (payload) => heard.push(payload));
    const say = (payload: string) => fixture.store.transaction("*", (tx) => tx.notify("outbox", payload));
    await fixture.store
      .transaction("*", async (tx) => {
        await tx.notify("outbox", "rolled back");
        throw new Error("no");
      })
      .catch(() => undefined);
    await say("one");
    await vi.waitFor(() => expect(heard).toEqual(["one"]));
    await breakConnections("listen %");
    await vi.waitFor(() => expect(heard).toEqual(["one", ""]));
    await say("two");
    await vi.waitFor(() => expect(heard).toEqual(["one", "", "two"]));
    await end();
    await say("three");
    const again: string[] = [];
    await fixture.store.listen("outbox", (payload) => again.push(payload));
    await say("four");
    await vi.waitFor(() => expect(again).toEqual(["four"]));
    expect(heard).toEqual(["one", "", "two"]);
  });
});

describe("readiness", () => {
  test("is no when the database cannot be written, and when it is gone", async () => {
    const client = new pg.Client(fixture.url);
    await client.connect();
    const name = client.database;
    await client.query(`alter database ${name} set default_transaction_read_only = on`);
    await client.end();
    const other = await openStore({ url: fixture.url, migrationsDir, poolMax: 1 }).catch(
      (err: unknown) => err,
    );
    // Nothing can be migrated there either.
    expect(other).toBeInstanceOf(Error);
    await breakConnections("%");
    await vi.waitFor(async () => expect(await fixture.store.isReady()).toBe(false));
  });
});
