import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileErasureList } from "../../src/anchor/file-erasure-list.ts";
import { blockSubscriber, eraseSubscriber } from "../../src/guard/erase-subscriber.ts";
import { eraseSubscribers, settleErasures } from "../../src/guard/erasures.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { erasureListKeeper, replayErasures } from "../../src/guard/replay-erasures.ts";
import { runSequencer } from "../../src/guard/sequence.ts";
import { addContacts, campaignOf, openTestHouse, type TestHouse } from "../support/guard-world.ts";
import { query } from "../support/test-service.ts";

const phone = "+84901234521";
const reason = "asked by the subscriber";
let house: TestHouse;
const ending = new AbortController();
let sequencer: Promise<void>;
beforeAll(async () => {
  house = await openTestHouse();
  sequencer = runSequencer(house.world, ending.signal);
});
afterAll(async () => {
  ending.abort();
  await sequencer;
  await house.close();
});

async function contact(number = phone): Promise<{ readonly caller: Caller; readonly id: string }> {
  const caller = await house.newCustomer();
  await addContacts(house, caller, [number]);
  return { caller, id: (await house.guard.lookUpSubscriber(caller, { phone: number })).subscriberId };
}

const sql = (text: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> =>
  query(house.url, async (client) => (await client.query<Record<string, unknown>>(text, [...values])).rows);

/** Rows of one person as a backup has them. */
async function backup(id: string): Promise<() => Promise<void>> {
  const [row] = await sql(
    "select phone_index, salt, profile_cipher, profile_digest from guard.subscriber where id = $1",
    [id],
  );
  return async () => {
    await sql(
      `update guard.subscriber set phone_index = $2, salt = $3, profile_cipher = $4, profile_digest = $5, known = true,
         erased_at = null where id = $1`,
      [id, row?.["phone_index"], row?.["salt"], row?.["profile_cipher"], row?.["profile_digest"]],
    );
    await sql("delete from guard.suppression", []);
  };
}

const ask = async (caller: Caller): Promise<unknown> =>
  (await house.guard.previewCampaign(caller, campaignOf([phone]), { at: null, explain: false }))
    .recipients[0];

describe("the list of erasures outside the database", () => {
  test("erases again what a restored older database brings back, and suppresses the number again", async () => {
    const { caller, id } = await contact();
    const restore = await backup(id);
    await eraseSubscriber(house.world, caller.customerId ?? "", id, house.clock.now());
    await restore();
    // The older database would let the message go.
    expect(await ask(caller)).toMatchObject({ verdict: "allow" });

    expect(await replayErasures(house.world)).toBe(1);

    expect(await ask(caller)).toMatchObject({ verdict: "deny" });
    const [row] = await sql("select salt, profile_cipher, erased_at from guard.subscriber where id = $1", [
      id,
    ]);
    expect(row).toEqual({ salt: null, profile_cipher: null, erased_at: house.clock.now() });
    const [suppressed] = await sql(
      "select count(*)::int as n from guard.suppression where customer_id = $1",
      [caller.customerId],
    );
    expect(suppressed).toEqual({ n: 1 });
    expect(await replayErasures(house.world)).toBe(0);
  });

  test("keeps a number suppressed whose owner the older database has never known", async () => {
    const { caller, id } = await contact();
    await eraseSubscriber(house.world, caller.customerId ?? "", id, house.clock.now());
    await sql("delete from guard.permission where subscriber_id = $1", [id]);
    await sql("delete from guard.subscriber where id = $1", [id]);
    await sql("delete from guard.suppression where customer_id = $1", [caller.customerId]);
    await replayErasures(house.world);
    await addContacts(house, caller, [phone]);
    expect(await ask(caller)).toMatchObject({ verdict: "deny", code: "erased" });
  });

  test("leaves a number alone whose owner has consented anew since the erasure", async () => {
    const { caller, id } = await contact();
    await eraseSubscriber(house.world, caller.customerId ?? "", id, house.clock.now());
    await sql("delete from guard.suppression where customer_id = $1", [caller.customerId]);
    await replayErasures(house.world);
    const [suppressed] = await sql(
      "select count(*)::int as n from guard.suppression where customer_id = $1",
      [caller.customerId],
    );
    expect(suppressed).toEqual({ n: 0 });
  });

  test("hides a person as soon as the erasure has begun, and a later round completes it", async () => {
    const { caller, id } = await contact();
    await blockSubscriber(house.world, caller.customerId ?? "", id, house.clock.now());
    const log = { ...caller, scopes: ["ledger"] as const };
    const seen = await house.guard.searchSharingLog(log, { phone }, reason);
    expect(seen.items.every((item) => item.subscriber?.phone === null)).toBe(true);
    expect(seen.erased).toMatchObject([{ customer: caller.customerId }]);
    expect(await settleErasures(house.world)).toBe(1);
    expect(await settleErasures(house.world)).toBe(0);
    const [row] = await sql("select salt from guard.subscriber where id = $1", [id]);
    expect(row).toEqual({ salt: null });
  });

  test("learns of erasures that other processes have carried out beside another list", async () => {
    const { caller, id } = await contact();
    const folder = mkdtempSync(join(tmpdir(), "sg-list-"));
    const own = { ...house.world, erasures: fileErasureList(join(folder, "erasures.list")) };
    await eraseSubscriber(house.world, caller.customerId ?? "", id, house.clock.now());
    const keep = erasureListKeeper(own);
    await keep();
    const listed = async () => (await own.erasures.read()).filter((entry) => entry.subscriberId === id);
    expect(await listed()).toMatchObject([{ customerId: caller.customerId, numberIndex: null }]);
    await keep();
    expect(await listed()).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });

  test("survives a line that a crash has cut off, and holds nothing of a person", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sg-list-"));
    const path = join(folder, "erasures.list");
    const list = fileErasureList(path);
    const entry = {
      customerId: "01980000-0000-7000-8000-000000000001",
      subscriberId: "01980000-0000-7000-8000-000000000002",
      numberIndex: Buffer.alloc(16, 7),
      erasedAt: new Date("2026-11-25T03:00:00.000Z"),
    };
    expect(await list.read()).toEqual([]);
    await list.add([entry]);
    writeFileSync(path, readFileSync(path, "utf8").slice(0, -20));
    await list.add([{ ...entry, numberIndex: null }]);
    expect(await list.read()).toEqual([{ ...entry, numberIndex: null }]);
    rmSync(folder, { recursive: true });
  });
});

describe("erasing by number", () => {
  test("the platform erases at every customer that knows the number, a customer only at its own", async () => {
    const first = await contact("+84901234599");
    const second = await contact("+84901234599");
    const own = await eraseSubscribers(house.world, first.caller, { phone: "0901 234 599" });
    expect(own.erasures).toMatchObject([{ customer: first.caller.customerId, status: "erased" }]);
    await expect(
      eraseSubscribers(house.world, first.caller, { subscriberId: second.id }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      eraseSubscribers(house.world, first.caller, {
        phone: "0901234599",
        customerId: second.caller.customerId ?? "",
      }),
    ).rejects.toMatchObject({ code: "not_found" });
    const all = await eraseSubscribers(house.world, house.admin, { phone: "+84901234599" });
    expect(all.erasures.map(({ customer }) => customer).sort()).toEqual(
      [first.caller.customerId, second.caller.customerId].sort(),
    );
    const log = { ...house.admin, scopes: ["ledger"] as const };
    const seen = await house.guard.searchSharingLog(log, { phone: "0901234599" }, reason);
    expect(seen.items).toEqual([]);
    expect(seen.erased).toHaveLength(2);
    expect(seen.erased?.every(({ erasedAt }) => erasedAt === house.clock.now().toISOString())).toBe(true);
  });

  test("names nobody, both or an unknown person: refused", async () => {
    const ask = (input: object) => eraseSubscribers(house.world, house.admin, input);
    await expect(ask({})).rejects.toMatchObject({ code: "invalid_request" });
    await expect(ask({ phone, subscriberId: "01980000-0000-7000-8000-000000000001" })).rejects.toMatchObject({
      code: "invalid_request",
    });
    await expect(ask({ phone: "0912345678" })).rejects.toMatchObject({ code: "not_found" });
    await expect(ask({ phone: "12" })).rejects.toMatchObject({ code: "number_invalid" });
  });
});
