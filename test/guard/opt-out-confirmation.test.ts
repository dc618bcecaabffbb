import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../src/guard/guard.ts";
import { actOnEvent } from "../../src/guard/receive.ts";
import { runSequencer } from "../../src/guard/sequence.ts";
import { smsParts } from "../../src/phone/sms-length.ts";
import {
  addContacts,
  consentFor,
  dayMs,
  loadList,
  morning,
  openTestHouse,
  processorTerms,
  send,
  type TestHouse,
} from "../support/guard-world.ts";

let house: TestHouse;
let day = 0;
let used = 0;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
  house.clock.set(new Date(morning.getTime() + ++day * dayMs));
  await loadList(house.world, []);
});

const freshNumber = (): string => `+8490${String(7_000_000 + used++).padStart(7, "0")}`;

/** What the provider was handed for this number, oldest first. */
const textsTo = (phone: string): readonly string[] =>
  house.sandbox.records
    .calls("esms")
    .filter((call) => call.outcome === "accepted" && call.phone.endsWith(phone.slice(-9)))
    .map((call) => call.text);
const confirmationsTo = (phone: string): readonly string[] =>
  textsTo(phone).filter((text) => text.startsWith("SACHVIET: Da nhan yeu cau tu choi"));

const word = (phone: string, text: string, processor = "p-sms") =>
  actOnEvent(house.world, processor, { type: "message", phone, text, to: "8079" });

/** A customer that has sent one advertisement to a new number. */
async function advertised(phone = freshNumber()): Promise<{ caller: Caller; phone: string }> {
  const caller = await house.newCustomer();
  await addContacts(house, caller, [phone], consentFor(["sms", "zns"], ["advertising", "customer_care"]));
  await send(house, caller, [phone]);
  await house.work();
  expect(textsTo(phone).length).toBeGreaterThan(0);
  return { caller, phone };
}

async function ledgerOf(caller: Caller, phone: string) {
  const stop = new AbortController();
  const sequencing = runSequencer(house.world, stop.signal);
  try {
    const by = { ...caller, scopes: ["ledger" as const] };
    return (await house.guard.searchSharingLog(by, { phone, limit: 100 }, "to look at it")).items;
  } finally {
    stop.abort();
    await sequencing;
  }
}

describe("a person who refuses advertising by SMS", () => {
  test("gets one confirmation that says what was received, when, and from when on nothing is sent", async () => {
    const { caller, phone } = await advertised();
    house.clock.set(new Date("2026-11-26T23:30:15+07:00"));
    await word(phone, "TC");
    await house.work();
    // At night too: the law says at once, and it is no advertising.
    expect(confirmationsTo(phone)).toEqual([
      "SACHVIET: Da nhan yeu cau tu choi quang cao cua Quy khach luc 23:30:15 26/11/2026. Ngung gui tu 23:30:15 26/11/2026.",
    ]);
    expect(smsParts(confirmationsTo(phone)[0] ?? "")).toMatchObject({ parts: 1, encoding: "GSM-7" });
    const records = await ledgerOf(caller, phone);
    expect(records.map(({ kind, purpose, basis, outcome }) => ({ kind, purpose, basis, outcome }))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "hand_off", purpose: "customer_care", basis: "legal_obligation" }),
        expect.objectContaining({ kind: "outcome", purpose: "customer_care", outcome: "sent" }),
      ]),
    );
  });

  test("stays refused: neither advertising nor anything else that the words took in goes out", async () => {
    const { caller, phone } = await advertised();
    await word(phone, "dung gui tin nhan cho toi nua");
    await house.work();
    const before = textsTo(phone).length;
    const preview = await house.guard.previewCampaign(
      caller,
      {
        name: "x",
        channel: "sms",
        purpose: "advertising",
        processor: "p-sms",
        sender: "SACHVIET",
        content: { text: "[QC] Sach Viet: Giam 30% den 30/11. Tu choi: soan TC gui 8079" },
        recipients: { list: [{ phone }] },
      },
      { at: null, explain: false },
    );
    expect(preview.recipients[0]).toMatchObject({ verdict: "deny", code: "opted_out", decidedBy: "subject" });
    await house.work();
    expect(textsTo(phone)).toHaveLength(before);
  });

  test("gets no second one for the same word said, or delivered, again", async () => {
    const { phone } = await advertised();
    await Promise.all([word(phone, "TC"), word(phone, "TC"), word(phone, "STOP")]);
    await word(phone, "Từ chối");
    await house.work();
    house.clock.advance(3 * dayMs);
    await word(phone, "TC");
    await house.work();
    expect(confirmationsTo(phone)).toHaveLength(1);
  });

  test("gets another one only for refusing what was consented to anew", async () => {
    const { caller, phone } = await advertised();
    await word(phone, "TC");
    await house.work();
    house.clock.advance(dayMs);
    await loadList(house.world, []);
    const { consent } = consentFor(["sms"]);
    await house.guard.recordConsents(caller, {
      items: [
        {
          phone,
          channel: "sms",
          purpose: "advertising",
          status: "granted",
          ...consent,
          collectedAt: house.clock.now().toISOString(),
        },
      ],
    });
    await word(phone, "TC");
    await house.work();
    expect(confirmationsTo(phone)).toHaveLength(2);
  });

  test("gets one, from who wrote last, where several customers have written", async () => {
    const { phone } = await advertised();
    house.clock.advance(60_000);
    await advertised(phone);
    await word(phone, "TC");
    await house.work();
    expect(confirmationsTo(phone)).toHaveLength(1);
  });

  test("gets none from customers that never wrote through this processor", async () => {
    const phone = freshNumber();
    const caller = await house.newCustomer();
    await addContacts(house, caller, [phone]);
    await word(phone, "TC");
    await house.work();
    expect(textsTo(phone)).toEqual([]);
  });

  test("gets none for a refusal that only the provider reports", async () => {
    const { phone } = await advertised();
    await actOnEvent(house.world, "p-sms", {
      type: "opt_out",
      phone,
      refusalScope: "channel",
      code: "99",
    });
    await house.work();
    expect(confirmationsTo(phone)).toEqual([]);
  });
});

describe("a confirmation that waits in the queue", () => {
  test("is stopped by what the person refuses after it elsewhere", async () => {
    const { caller, phone } = await advertised();
    await word(phone, "TC");
    await house.guard.withdraw(caller, { phone, source: "hotline" });
    await house.work();
    expect(confirmationsTo(phone)).toEqual([]);
  });

  test("is not stopped by the same person saying it twice, however much the words take in", async () => {
    const { phone } = await advertised();
    await word(phone, "TC");
    await word(phone, "STOP ALL");
    await house.work();
    expect(confirmationsTo(phone)).toHaveLength(1);
  });

  test("stays away, and is shown with its reason, where the processor may not carry it", async () => {
    const { caller, phone } = await advertised();
    const { connector } = (
      await house.world.store.transaction("*", (tx) => tx.processors.list(house.clock.now()))
    ).find(({ id }) => id === "p-sms")?.body ?? { connector: {} };
    const { apiKey, secretKey } = { apiKey: "k", secretKey: "s" };
    await house.guard.putProcessor(house.admin, "p-sms", {
      ...processorTerms("sms"),
      purposes: ["advertising"],
      connector: { kind: "esms", ...connector, apiKey, secretKey },
    });
    await word(phone, "TC");
    await house.work();
    expect(confirmationsTo(phone)).toEqual([]);
    const shown = await house.world.store.transaction("*", (tx) =>
      tx.campaigns.list(caller.customerId ?? "", 5, null),
    );
    expect(shown.find(({ name }) => name === "Xac nhan tu choi quang cao")).toMatchObject({
      status: "completed",
      decision: { verdict: "deny", reasons: [{ code: "processor_purpose_not_allowed" }] },
    });
  });
});
