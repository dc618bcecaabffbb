import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkLedger, checkLedgerWhenDue } from "../../src/guard/check-ledger.ts";
import { eraseSubscriber } from "../../src/guard/erase-subscriber.ts";
import { readiness } from "../../src/guard/readiness.ts";
import { runSequencer } from "../../src/guard/sequence.ts";
import { createMetrics } from "../../src/metrics.ts";
import { addContacts, hourMs, openTestHouse, send, type TestHouse } from "../support/guard-world.ts";
import { query } from "../support/test-service.ts";
import { until } from "../support/until.ts";

const phones = ["+84901234501", "+84901234502", "+84901234503", "+84901234504"];
const never = new AbortController().signal;
let house: TestHouse;
const ending = new AbortController();
let sequencer: Promise<void>;
beforeAll(async () => {
  house = await openTestHouse();
  sequencer = runSequencer(house.world, ending.signal);
  const caller = await house.newCustomer();
  await addContacts(house, caller, phones);
  await send(house, caller, phones);
  await house.work();
  const { subscriberId } = await house.guard.lookUpSubscriber(caller, { phone: phones[3] ?? "" });
  await eraseSubscriber(house.world, caller.customerId ?? "", subscriberId, house.clock.now());
}, 120_000);
afterAll(async () => {
  ending.abort();
  await sequencer;
  await house.close();
});

/** Changes the database as its owner could, past every trigger. */
async function tamper(text: string): Promise<void> {
  await query(house.url, async (client: pg.Client) => {
    await client.query("set session_replication_role = replica");
    await client.query(text);
  });
}

async function settled(): Promise<void> {
  await until("everything is signed", () =>
    house.world.store.transaction("*", async (tx) => {
      const size = await tx.tree.size();
      return (await tx.tree.pendingCount()) === 0 && (await tx.tree.checkpoint())?.size === size;
    }),
  );
}

/** Whether the check, /readyz and the metric say that the ledger is whole, and what is wrong with it. */
async function told(): Promise<readonly [boolean, unknown, string | undefined, readonly string[]]> {
  await settled();
  house.clock.advance(1_000);
  const check = await checkLedger(house.world, never);
  const { checks } = await readiness({ ...house.world });
  const { text } = await createMetrics(house.world).read();
  return [
    check.ok,
    checks["ledger"],
    /^subscriber_guard_ledger_check_ok (\S+)$/m.exec(text)?.[1],
    check.findings,
  ];
}

const whole = [true, "ok", "1", []];

describe("the ledger's check of itself", () => {
  test("finds an untouched ledger whole, erased records included, and records that", async () => {
    expect(await told()).toEqual(whole);
    const records = await query(
      house.url,
      async (client) =>
        (await client.query("select kind from guard.ledger_record where kind = 'self_check'")).rows,
    );
    expect(records).toEqual([{ kind: "self_check" }]);
    expect(await told()).toEqual(whole);
  });

  const hand = "(select min(id) from guard.ledger_record where kind = 'hand_off' and opening is not null)";
  const flip = (column: string): string => `${column} = set_byte(${column}, 3, 255 - get_byte(${column}, 3))`;
  test.each([
    [
      "a record",
      `update guard.ledger_record set ${flip("body_cipher")} where id = ${hand}`,
      "altered records",
    ],
    ["an opening", `update guard.ledger_record set ${flip("opening")} where id = ${hand}`, "altered records"],
    ["a leaf", `update guard.ledger_leaf set ${flip("leaf")} where index = 2`, "altered"],
    ["a tile", `update guard.ledger_tile set ${flip("data")} where level = 0 and n = 0`, "altered tiles"],
  ])(
    "notices %s that was altered, turns /readyz and the metric, and turns back",
    async (_, change, finding) => {
      await settled(); // a record that still waits for its place would have the tile written anew
      await tamper(change);
      const [ok, ledger, metric, findings] = await told();
      expect([ok, ledger, metric]).toEqual([false, "damaged", "0"]);
      expect(findings.some((text) => text.startsWith(finding))).toBe(true);
      expect((await readiness(house.world)).ready).toBe(false);
      // The tile that still grows is written anew by the sequencer from what it knows itself.
      if (!change.includes("ledger_tile")) await tamper(change);
      expect(await told()).toEqual(whole);
    },
  );

  test("notices a record that was deleted beside its leaf", async () => {
    await settled();
    await tamper(`create table guard.kept as select * from guard.ledger_record where id = ${hand}`);
    await tamper(`delete from guard.ledger_record where id = ${hand}`);
    expect((await told()).slice(0, 3)).toEqual([false, "damaged", "0"]);
    await tamper("insert into guard.ledger_record overriding system value select * from guard.kept");
    await tamper("drop table guard.kept");
    expect(await told()).toEqual(whole);
  });

  test("runs when it is due and not before, in one process at a time", async () => {
    await settled();
    expect(await checkLedgerWhenDue(house.world, hourMs, never)).toBe(false);
    house.clock.advance(hourMs);
    const both = await Promise.all([
      checkLedgerWhenDue(house.world, hourMs, never),
      checkLedgerWhenDue(house.world, hourMs, never),
    ]);
    expect(both.filter(Boolean)).toHaveLength(1);
  });

  test("ends when it is told to, and records nothing then", async () => {
    const before = await house.world.store.transaction("*", (tx) => tx.tree.lastCheck());
    await expect(checkLedger(house.world, AbortSignal.abort())).rejects.toThrow();
    expect(await house.world.store.transaction("*", (tx) => tx.tree.lastCheck())).toEqual(before);
  });
});
