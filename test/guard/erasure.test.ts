import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCustomer } from "../../src/guard/customer-access.ts";
import { eraseSubscriber } from "../../src/guard/erase-subscriber.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { runSequencer } from "../../src/guard/sequence.ts";
import { verifyProof } from "../../src/ledger/proof.ts";
import {
  acceptedNumbers,
  addContacts,
  campaignOf,
  consentFor,
  dayMs,
  loadList,
  openTestHouse,
  send,
  type TestHouse,
} from "../support/guard-world.ts";
import { query } from "../support/test-service.ts";
import { until } from "../support/until.ts";

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

const phone = "+84901234521";
const reason = "asked by the subscriber";

async function subscriberOf(caller: Caller, number: string): Promise<string> {
  return (await house.guard.lookUpSubscriber(caller, { phone: number })).subscriberId;
}

async function tables(): Promise<string> {
  return query(house.url, async (client) => {
    const names = await client.query<{ name: string }>(
      "select quote_ident(tablename) as name from pg_tables where schemaname = 'guard' and tablename <> 'suppression'",
    );
    const texts: string[] = [];
    for (const { name } of names.rows) {
      const rows = await client.query<{ row: string }>(`select t::text as row from guard.${name} t`);
      texts.push(...rows.rows.map(({ row }) => row));
    }
    return texts.join("\n");
  });
}

async function anotherDay(): Promise<void> {
  house.clock.advance(2 * dayMs);
  await loadList(house.world, []);
  await house.work();
}

/** A customer that has written to the person, was answered, and holds more messages for later. */
async function withHistory(): Promise<{ readonly caller: Caller; readonly subscriberId: string }> {
  await anotherDay();
  const caller = await house.newCustomer();
  await house.guard.recordContacts(caller, {
    declaration: consentFor(["sms", "zns"]),
    contacts: [{ phone, name: "Nguyen Thi Hoa", attributes: { city: "Hue" } }],
  });
  const list = { list: [{ phone, data: { code: "BI-MAT-77" }, correlationId: "crm-0901234521" }] };
  for (let at = 0; at < 5; at++) await send(house, caller, [phone], { recipients: list });
  await house.work();
  const subscriberId = await subscriberOf(caller, phone);
  await house.guard.withdraw(caller, {
    phone,
    channels: ["zns"],
    source: `call from ${phone}`,
    text: "đừng nhắn nữa",
  });
  return { caller, subscriberId };
}

describe("erasing a subscriber", () => {
  test("leaves nothing by which a number can be told, even with every key at hand", async () => {
    const { caller, subscriberId } = await withHistory();
    const candidates = [
      phone,
      ...Array.from({ length: 2_000 }, (_, at) => `+8490123${String(at).padStart(4, "0")}`),
    ];
    const vault = await house.world.store.transaction(
      "*",
      async (tx) => (await openCustomer(house.world, tx, caller.customerId ?? "")).vault,
    );
    const tellable = async (): Promise<string[]> => {
      const dump = await tables();
      return candidates.filter(
        (number) =>
          dump.includes(vault.phoneIndex(number).toString("hex")) ||
          dump.includes(house.world.vault.doNotCallIndex(number).toString("hex")) ||
          dump.includes(number.slice(3)),
      );
    };
    expect(await tellable()).toEqual([phone]);
    const erasure = await eraseSubscriber(
      house.world,
      caller.customerId ?? "",
      subscriberId,
      house.clock.now(),
    );
    expect(erasure.recordsKept).toBeGreaterThanOrEqual(7);
    expect(await tellable()).toEqual([]);
    const dump = await tables();
    for (const mark of ["+84 90 *** ** 21", "BI-MAT-77", "crm-0901234521", "Hoa"])
      expect(dump).not.toContain(mark);

    const left = await query(house.url, async (client) => {
      const { rows } = await client.query(
        `select s.salt, s.profile_cipher, s.profile_digest, s.erased_at,
           (select count(*)::int from guard.ledger_record r where r.subscriber_id = s.id and r.kind <> 'erasure'
             and (r.opening is not null or r.body_cipher is not null)) as open_records,
           (select count(*)::int from guard.refusal r where r.subscriber_id = s.id and r.text_cipher is not null) as words,
           (select count(*)::int from guard.message m where m.subscriber_id = s.id and m.data_cipher is not null) as data
         from guard.subscriber s where s.id = $1`,
        [subscriberId],
      );
      return rows;
    });
    expect(left).toEqual([
      {
        salt: null,
        profile_cipher: null,
        profile_digest: null,
        erased_at: house.clock.now(),
        open_records: 0,
        words: 0,
        data: 0,
      },
    ]);
  });

  test("keeps every leaf: proofs given before still verify, and new ones do", async () => {
    const { caller, subscriberId } = await withHistory();
    const log = { ...caller, scopes: ["ledger"] as const };
    const before = await house.guard.searchSharingLog(log, { subscriberId, kind: "hand_off" }, reason);
    expect(before.items).toHaveLength(3);
    expect(before.items.every((item) => item.subscriber?.phone === "+84 90 *** ** 21")).toBe(true);
    const proofs = await Promise.all(
      before.items.map(({ index }) => house.guard.sharingLogProof(log, BigInt(index))),
    );
    await eraseSubscriber(house.world, caller.customerId ?? "", subscriberId, house.clock.now());

    const after = await house.guard.searchSharingLog(log, { subscriberId }, reason);
    expect(after.items.map((item) => item.subscriber)).toEqual(
      after.items.map(() => ({ id: subscriberId, phone: null })),
    );
    expect(after.items.filter((item) => item.kind === "hand_off")).toHaveLength(3);
    expect(after.items.filter((item) => item.kind === "erasure")).toMatchObject([
      { recordedAt: house.clock.now().toISOString() },
    ]);
    const again = await Promise.all(
      before.items.map(({ index }) => house.guard.sharingLogProof(log, BigInt(index))),
    );
    for (const [at, text] of [...proofs.entries(), ...again.entries()]) {
      const index = before.items[at]?.index ?? -1;
      const leaf = await house.world.store.transaction("*", (tx) => tx.tree.leaves(BigInt(index), 1));
      const { signer, origin } = house.world.ledger;
      expect(verifyProof(text, leaf[0] ?? Buffer.alloc(0), signer.verifier, origin)).toMatchObject({
        ok: true,
      });
    }
  });

  test("what waited for the person is suppressed, and the campaign ends", async () => {
    const { caller, subscriberId } = await withHistory();
    const sent = acceptedNumbers(house).filter((number) => number === phone).length;
    const { id } = await send(house, caller, [phone]);
    await eraseSubscriber(house.world, caller.customerId ?? "", subscriberId, house.clock.now());
    house.clock.advance(dayMs);
    await loadList(house.world, []);
    await house.work();
    expect(acceptedNumbers(house).filter((number) => number === phone)).toHaveLength(sent);
    const view = await house.guard.getCampaign(caller, id);
    expect(view).toMatchObject({ status: "completed", delivery: { suppressed: 1 } });
    const page = await house.guard.campaignRecipients(caller, id, {}, { limit: 10, cursor: null });
    expect(page.items).toMatchObject([{ phone: "***", code: "erased", decidedBy: "subject" }]);
  });

  test("an upload of the number later is not to be used; the person's own new consent is", async () => {
    const { caller, subscriberId } = await withHistory();
    await eraseSubscriber(house.world, caller.customerId ?? "", subscriberId, house.clock.now());
    house.clock.advance(dayMs);
    await loadList(house.world, []);
    await addContacts(house, caller, [phone], consentFor(["sms", "zns"]));
    const ask = async (): Promise<unknown> =>
      (await house.guard.previewCampaign(caller, campaignOf([phone]), { at: null, explain: false }))
        .recipients[0];
    expect(await ask()).toMatchObject({ verdict: "deny", code: "erased", decidedBy: "subject" });

    const { consent } = consentFor(["sms"]);
    const grant = (collectedAt: Date) =>
      house.guard.recordConsents(caller, {
        items: [
          {
            ...consent,
            phone,
            channel: "sms",
            purpose: "advertising",
            status: "granted",
            collectedAt: collectedAt.toISOString(),
          },
        ],
      });
    const old = await grant(new Date(house.clock.now().getTime() - dayMs - 1));
    expect(old.results[0]?.codes.map(({ code }) => code)).toEqual(["opted_out_kept"]);
    expect(await ask()).toMatchObject({ code: "erased" });

    await grant(house.clock.now());
    expect(await ask()).toMatchObject({ verdict: "allow" });
    const zns = await house.guard.lookUpSubscriber(caller, { phone });
    expect(
      zns.permissions.filter(({ channel }) => channel === "zns").map(({ state }) => state),
    ).not.toContain("granted");
  });

  test("another customer's subscriber is not found, and erasing twice is erasing once", async () => {
    const { caller, subscriberId } = await withHistory();
    const other = await house.newCustomer();
    const now = house.clock.now();
    await expect(
      eraseSubscriber(house.world, other.customerId ?? "", subscriberId, now),
    ).rejects.toMatchObject({
      code: "not_found",
    });
    const first = await eraseSubscriber(house.world, caller.customerId ?? "", subscriberId, now);
    const second = await eraseSubscriber(house.world, caller.customerId ?? "", subscriberId, now);
    expect([first.erasedAt, second.erasedAt]).toEqual([now, now]);
    expect(second.recordsKept).toBe(0);
  });

  test("waits for a hand-off under way, and its outcome is erased too", async () => {
    await anotherDay();
    const caller = await house.newCustomer();
    const slow = `+84901${(randomBytes(3).readUIntBE(0, 3) % 900_000) + 100_000}`;
    await addContacts(house, caller, [slow]);
    house.sandbox.answerNext("esms", {
      kind: "reply",
      status: 200,
      body: JSON.stringify({ CodeResult: "100", SMSID: "s-1" }),
      afterMs: 400,
    });
    const subscriberId = await subscriberOf(caller, slow);
    await send(house, caller, [slow]);
    const working = house.work();
    await until("the hand-off is under way", () =>
      house.world.store.transaction("*", (tx) => tx.handOffs.anyOpen(subscriberId, null, null)),
    );
    await eraseSubscriber(house.world, caller.customerId ?? "", subscriberId, house.clock.now());
    await working;
    const open = await query(
      house.url,
      async (client) =>
        (
          await client.query(
            `select kind from guard.ledger_record where subscriber_id = $1 and opening is not null`,
            [subscriberId],
          )
        ).rows,
    );
    expect(open).toEqual([{ kind: "erasure" }]);
  });
});
