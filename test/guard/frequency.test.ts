import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  acceptedNumbers,
  addContacts,
  campaignOf,
  consentFor,
  dayMs,
  hourMs,
  loadList,
  morning,
  openTestHouse,
  send,
  type TestHouse,
} from "../support/guard-world.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house.close());

const campaigns = Number(process.env["CAMPAIGNS"] ?? 60);
/** Another day for each test, with a list that is fresh on it. */
async function startOn(day: number): Promise<void> {
  house.clock.set(new Date(morning.getTime() + day * dayMs));
  await loadList(house.world, []);
  await house.work();
}

/** Time passes, and the list is renewed as it must be every day. */
async function later(ms: number): Promise<void> {
  house.clock.advance(ms);
  await loadList(house.world, []);
}

const timesSent = (phone: string): number =>
  acceptedNumbers(house).filter((number) => number === phone).length;

describe("three advertising messages in any 24 hours", () => {
  test(`${campaigns} campaigns at once to one person: exactly three reach the provider`, async () => {
    await startOn(0);
    const phone = "+84901000001";
    const caller = await house.newCustomer();
    await addContacts(house, caller, [phone]);
    const created: string[] = [];
    const left = Array.from({ length: campaigns }, (_, at) => at);
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (left.pop() !== undefined) created.push((await send(house, caller, [phone])).id);
      }),
    );
    await house.work(12);
    expect(timesSent(phone)).toBe(3);

    const views = await Promise.all(created.map((id) => house.guard.getCampaign(caller, id)));
    const total = (of: "handedOff" | "queued"): number =>
      views.reduce((sum, view) => sum + view.delivery[of], 0);
    expect([total("handedOff"), total("queued")]).toEqual([3, campaigns - 3]);

    // Rolling, not by calendar day: no place is free a moment before 24 hours are over, then three are.
    await later(dayMs - 1);
    await house.work(12);
    expect(timesSent(phone)).toBe(3);
    await later(1);
    await house.work(12);
    expect(timesSent(phone)).toBe(6);
    await later(dayMs);
    await house.work(12);
    expect(timesSent(phone)).toBe(9);
  }, 600_000);

  test("a hand-off dated after the moment of the permit counts: another held the lock when that moment was read", async () => {
    await startOn(5);
    const phone = "+84901000009";
    const caller = await house.newCustomer();
    await addContacts(house, caller, [phone]);
    await later(1_000);
    for (let at = 0; at < 3; at++) await send(house, caller, [phone]);
    await house.work();
    house.clock.advance(-1_000);
    await send(house, caller, [phone]);
    await house.work();
    expect(timesSent(phone)).toBe(3);
    house.clock.advance(1_000);
  });

  test("places become free one by one, each 24 hours after it was taken", async () => {
    await startOn(10);
    const phone = "+84901000002";
    const caller = await house.newCustomer();
    await addContacts(house, caller, [phone]);
    for (let at = 0; at < 3; at++) {
      await send(house, caller, [phone]);
      await house.work();
      await later(hourMs);
    }
    const fourth = await send(house, caller, [phone]);
    const fifth = await send(house, caller, [phone]);
    expect([fourth.decision?.verdict, fifth.decision?.reasons[0]?.code]).toEqual(["hold", "frequency_cap"]);
    await house.work();
    expect(timesSent(phone)).toBe(3);
    await later(21 * hourMs);
    await house.work();
    expect(timesSent(phone)).toBe(4);
    await later(hourMs);
    await house.work();
    expect(timesSent(phone)).toBe(5);
  });

  test("a hand-off that the provider refused takes no place", async () => {
    await startOn(20);
    const phone = "+84901000003";
    const caller = await house.newCustomer();
    await addContacts(house, caller, [phone]);
    // eSMS 118: the kind of message is not valid; nothing was sent and nothing is tried again.
    house.sandbox.answerNext("esms", {
      kind: "reply",
      status: 200,
      body: JSON.stringify({ CodeResult: "118", ErrorMessage: "refused" }),
    });
    const created: string[] = [];
    for (let at = 0; at < 5; at++) {
      created.push((await send(house, caller, [phone])).id);
      await house.work(1);
    }
    const views = await Promise.all(created.map((id) => house.guard.getCampaign(caller, id)));
    expect(
      views.map(({ delivery }) =>
        delivery.failed > 0 ? "failed" : delivery.handedOff > 0 ? "sent" : "waits",
      ),
    ).toEqual(["failed", "sent", "sent", "sent", "waits"]);
    expect(timesSent(phone)).toBe(3);
  });

  test("one number many times in one list counts each time, however it is written", async () => {
    await startOn(30);
    const phone = "+84901000004";
    const caller = await house.newCustomer();
    await addContacts(house, caller, [phone]);
    await send(house, caller, [phone, "0901000004", "84 901 000 004", "+84-901-000-004", "0901.000.004"]);
    await house.work();
    expect(timesSent(phone)).toBe(3);
  });

  test("messages that are no advertising neither count nor are counted", async () => {
    await startOn(40);
    const phone = "+84901000005";
    const caller = await house.newCustomer();
    await addContacts(house, caller, [phone], consentFor(["sms"], ["advertising", "transaction"]));
    const care = {
      purpose: "transaction" as const,
      content: { text: "Sach Viet: don hang 8841 dang duoc giao." },
    };
    for (let at = 0; at < 4; at++) await send(house, caller, [phone], care);
    for (let at = 0; at < 4; at++) await send(house, caller, [phone]);
    await house.work();
    expect(timesSent(phone)).toBe(7);
  });
});

describe("customers of one legal entity", () => {
  test("share the cap for a number, in preview, submission and under concurrent permits", async () => {
    await startOn(50);
    const phone = "+84901000006";
    const legal = { legalName: "Cong ty Mot", taxCode: "0100109106" };
    const callers = [
      await house.newCustomer(legal),
      await house.newCustomer(legal),
      await house.newCustomer(legal),
    ];
    for (const caller of callers) await addContacts(house, caller, [phone]);
    await Promise.all(
      callers.flatMap((caller) => Array.from({ length: 5 }, () => send(house, caller, [phone]))),
    );
    await house.work(12);
    expect(timesSent(phone)).toBe(3);
    for (const caller of callers) {
      const preview = await house.guard.previewCampaign(caller, campaignOf([phone]), {
        at: null,
        explain: false,
      });
      expect(preview.recipients[0]).toMatchObject({ verdict: "hold", code: "frequency_cap" });
      expect((await send(house, caller, [phone])).decision).toMatchObject({ verdict: "hold" });
    }
    await later(dayMs);
    await house.work(12);
    expect(timesSent(phone)).toBe(6);
  }, 120_000);

  test("of two legal entities neither counts for the other", async () => {
    await startOn(60);
    const phone = "+84901000007";
    const callers = [
      await house.newCustomer({ legalName: "Cong ty Hai", taxCode: "0312345678" }),
      await house.newCustomer({ legalName: "Cong ty Hai", taxCode: "0312345679" }),
    ];
    for (const caller of callers) {
      await addContacts(house, caller, [phone]);
      for (let at = 0; at < 4; at++) await send(house, caller, [phone]);
    }
    await house.work();
    expect(timesSent(phone)).toBe(6);
  });
});
