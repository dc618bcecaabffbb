import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SmsCampaign } from "../../src/domain/contract.gen.ts";
import type { Caller } from "../../src/guard/guard.ts";
import {
  acceptedNumbers,
  campaignOf,
  consentFor,
  dayMs,
  hourMs,
  loadList,
  openTestHouse,
  send,
  type TestHouse,
} from "../support/guard-world.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house.close());

/** How a person stands to the customer. Each is brought about by the guard's own use cases. */
const standings = [
  "consents",
  "consents_to_zns_only",
  "consents_to_transactions_only",
  "unknown",
  "withdrew",
  "withdrew_zns",
  "withdrew_and_consented_again",
  "is_listed",
  "is_a_minor",
  "had_three_today",
] as const;
type Standing = (typeof standings)[number];

let used = 0;
const freshNumber = (): string => `+8490${String(2_000_000 + used++).padStart(7, "0")}`;

async function personWho(caller: Caller, standing: Standing): Promise<string> {
  const phone = freshNumber();
  const { guard } = house;
  const add = (declaration = consentFor(["sms", "zns"]), more = {}) =>
    guard.recordContacts(caller, { declaration, contacts: [{ phone, ...more }] });
  switch (standing) {
    case "unknown":
    case "is_listed":
      if (standing === "is_listed") await add();
      return phone;
    case "consents":
      await add();
      return phone;
    case "consents_to_zns_only":
      await add(consentFor(["zns"]));
      return phone;
    case "consents_to_transactions_only":
      await add(consentFor(["sms"], ["transaction"]));
      return phone;
    case "is_a_minor":
      await add(consentFor(["sms"]), { birthDate: "2015-03-01" });
      return phone;
    case "withdrew":
      await add();
      await guard.withdraw(caller, { phone, source: "hotline" });
      return phone;
    case "withdrew_zns":
      await add();
      await guard.withdraw(caller, { phone, channels: ["zns"], source: "hotline" });
      return phone;
    case "withdrew_and_consented_again": {
      await add();
      await guard.withdraw(caller, { phone, source: "hotline" });
      house.clock.advance(1_000);
      const { consent } = consentFor(["sms"]);
      await guard.recordConsents(caller, {
        items: [
          {
            ...consent,
            phone,
            channel: "sms",
            purpose: "advertising",
            status: "granted",
            collectedAt: house.clock.now().toISOString(),
          },
        ],
      });
      return phone;
    }
    case "had_three_today":
      await add();
      for (let at = 0; at < 3; at++) await send(house, caller, [phone]);
      await house.work();
      return phone;
  }
}

const contents: Readonly<Record<string, Partial<SmsCampaign>>> = {
  lawful: {},
  unlabelled: { content: { text: "Sach Viet: Giam 30% sach thieu nhi. Tu choi: soan TC gui 8079" } },
  without_opt_out: { content: { text: "[QC] Sach Viet: Giam 30% sach thieu nhi den 30/11" } },
  sensitive: {
    content: { text: "[QC] Sach Viet: danh cho nguoi nhiem HIV. Tu choi: soan TC gui 8079" },
  },
  by_another_sender: { sender: "KHACVIET" },
  through_nobody: { processor: "p-none" },
  transaction: { purpose: "transaction", content: { text: "Sach Viet: don hang 8841 dang duoc giao." } },
};

type Answer = { readonly verdict: string; readonly code: string | null };

describe("for the same facts", () => {
  test("preview, submission and hand-off give the same answer, whoever the person and whatever the message", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...standings), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...Object.keys(contents)),
        fc.constantFrom(0, 5, 11, 14, 20),
        async (people, written, hours) => {
          // A day of its own, with people brought about in its morning and asked about at some hour of it.
          house.clock.set(
            new Date(Math.ceil(house.clock.now().getTime() / dayMs) * dayMs + dayMs + 3 * hourMs),
          );
          await loadList(house.world, []);
          await house.work();
          const caller = await house.newCustomer();
          const phones: string[] = [];
          for (const standing of people) phones.push(await personWho(caller, standing));
          house.clock.advance(hours * hourMs);
          await loadList(
            house.world,
            phones.filter((_, at) => people[at] === "is_listed"),
          );
          const campaign = campaignOf(phones, contents[written]);
          const preview = await house.guard.previewCampaign(caller, campaign, { at: null, explain: false });
          const answers = preview.recipients.map(({ verdict, code }): Answer => ({ verdict, code }));

          const before = acceptedNumbers(house).length;
          const submitted = await house.guard.submitCampaign(caller, campaign).catch((err: unknown) => err);
          if (preview.verdict === "deny") {
            expect(submitted).toMatchObject({
              code: "campaign_denied",
              extensions: { reasons: preview.reasons },
            });
            return;
          }
          if (preview.verdict === "review") {
            expect(submitted).toMatchObject({
              code: "review_needed",
              extensions: { reasons: preview.reasons },
            });
            return;
          }
          const { counts, reasons } = preview;
          expect(submitted).toMatchObject({ decision: { verdict: preview.verdict, counts, reasons } });
          const id = (submitted as { readonly id: string }).id;
          const stored = async (): Promise<Answer[]> =>
            (await house.guard.campaignRecipients(caller, id, {}, { limit: 100, cursor: null })).items.map(
              ({ verdict, code }) => ({ verdict, code }),
            );
          expect(await stored()).toEqual(answers);

          await house.work();
          const handedOff = acceptedNumbers(house).slice(before);
          const allowed = phones.filter((_, at) => answers[at]?.verdict === "allow");
          expect([...handedOff].sort()).toEqual([...allowed].sort());
          expect(await stored()).toEqual(answers);
        },
      ),
      { numRuns: Number(process.env["RUNS"] ?? 25), interruptAfterTimeLimit: 90_000 },
    );
  }, 240_000);

  test("what the explanation says of the rules agrees with the answer", async () => {
    house.clock.set(new Date(house.clock.now().getTime() + 3 * dayMs));
    await loadList(house.world, []);
    const caller = await house.newCustomer();
    const phone = await personWho(caller, "withdrew");
    const preview = await house.guard.previewCampaign(caller, campaignOf([phone]), {
      at: null,
      explain: true,
    });
    const [row] = preview.recipients;
    expect(row?.rules?.length).toBeGreaterThan(30);
    expect(row?.rules?.filter(({ code }) => code === "opted_out")).toHaveLength(1);
    expect(row?.code).toBe("opted_out");
  });
});

describe("held messages", () => {
  async function heldOverNight(): Promise<{ caller: Caller; phones: string[]; id: string }> {
    // 23:00 in Viet Nam.
    house.clock.set(new Date(Math.ceil(house.clock.now().getTime() / dayMs) * dayMs + dayMs + 16 * hourMs));
    await loadList(house.world, []);
    await house.work();
    const caller = await house.newCustomer();
    const phones = [await personWho(caller, "consents"), await personWho(caller, "consents")];
    const created = await send(house, caller, phones);
    expect(created).toMatchObject({ status: "held", decision: { verdict: "hold" } });
    expect(created.decision?.reasons).toMatchObject([{ code: "quiet_hours", verdict: "hold", count: 2 }]);
    return { caller, phones, id: created.id };
  }
  const sentTo = (phones: readonly string[]): string[] =>
    acceptedNumbers(house).filter((number) => phones.includes(number));

  test("go when the night is over and not a moment before", async () => {
    const { caller, phones, id } = await heldOverNight();
    await house.work();
    // The law's window opens at 07:00: eight hours later.
    house.clock.advance(8 * hourMs - 1);
    await loadList(house.world, []);
    await house.work();
    expect(sentTo(phones)).toEqual([]);
    house.clock.advance(1);
    await house.work();
    expect(sentTo(phones).sort()).toEqual([...phones].sort());
    expect(await house.guard.getCampaign(caller, id)).toMatchObject({ status: "completed" });
  });

  test("are decided again then: who withdrew in the night gets nothing", async () => {
    const { caller, phones, id } = await heldOverNight();
    await house.guard.withdraw(caller, { phone: phones[0] ?? "", source: "hotline" });
    house.clock.advance(8 * hourMs);
    await loadList(house.world, []);
    await house.work();
    expect(sentTo(phones)).toEqual([phones[1]]);
    const page = await house.guard.campaignRecipients(caller, id, {}, { limit: 10, cursor: null });
    expect(page.items).toMatchObject([
      { code: "opted_out", delivery: "suppressed" },
      { delivery: "handedOff" },
    ]);
  });

  test("who withdrew and consented again in the night is asked by a new campaign, not by the old approval", async () => {
    const { caller, phones } = await heldOverNight();
    const phone = phones[0] ?? "";
    await house.guard.withdraw(caller, { phone, source: "hotline" });
    house.clock.advance(hourMs);
    const { consent } = consentFor(["sms"]);
    const collectedAt = house.clock.now().toISOString();
    await house.guard.recordConsents(caller, {
      items: [{ ...consent, phone, channel: "sms", purpose: "advertising", status: "granted", collectedAt }],
    });
    house.clock.advance(7 * hourMs);
    await loadList(house.world, []);
    await house.work();
    expect(sentTo(phones)).toEqual([phones[1]]);
    await send(house, caller, [phone]);
    await house.work();
    expect(sentTo([phone])).toEqual([phone]);
  });
});

describe("stopping", () => {
  test("no hand-off follows a cancellation once it is answered, at whatever moment it comes", async () => {
    house.clock.set(new Date(Math.ceil(house.clock.now().getTime() / dayMs) * dayMs + dayMs + 3 * hourMs));
    await loadList(house.world, []);
    await house.work();
    const caller = await house.newCustomer();
    for (const waitMs of [0, 15, 40, 90]) {
      const phones = Array.from({ length: 600 }, freshNumber);
      await house.guard.recordContacts(caller, {
        declaration: consentFor(["sms"]),
        contacts: phones.map((phone) => ({ phone })),
      });
      const { id } = await send(house, caller, phones);
      const working = house.work();
      await house.clock.sleep(waitMs);
      const cancelled = await house.guard.cancelCampaign(caller, id);
      const sent = acceptedNumbers(house).length;
      await working;
      expect(acceptedNumbers(house).length).toBe(sent);
      expect(["cancelled", "completed"]).toContain(cancelled.status);
      const { delivery } = await house.guard.getCampaign(caller, id);
      expect(delivery.queued).toBe(0);
      expect(delivery.handedOff + delivery.suppressed).toBe(600);
    }
  }, 120_000);

  test("no hand-off follows a withdrawal once it is answered", async () => {
    house.clock.set(new Date(Math.ceil(house.clock.now().getTime() / dayMs) * dayMs + dayMs + 3 * hourMs));
    await loadList(house.world, []);
    await house.work();
    const caller = await house.newCustomer();
    const phones = Array.from({ length: 120 }, freshNumber);
    await house.guard.recordContacts(caller, {
      declaration: consentFor(["sms"]),
      contacts: phones.map((phone) => ({ phone })),
    });
    for (const phone of phones) await send(house, caller, [phone]);
    // Whether the provider had the person's message when the withdrawal was answered.
    const answered = new Map<string, boolean>();
    const late: string[] = [];
    const working = house.work(4);
    for (const phone of [...phones].reverse()) {
      const { effectiveAt } = await house.guard.withdraw(caller, { phone, source: "hotline" });
      expect(effectiveAt).toBeDefined();
      answered.set(phone, acceptedNumbers(house).includes(phone));
    }
    await working;
    for (const phone of phones) {
      if (answered.get(phone) === false && acceptedNumbers(house).includes(phone)) late.push(phone);
    }
    expect(late).toEqual([]);
    expect([...answered.values()].filter(Boolean).length).toBeLessThan(phones.length);
  }, 120_000);
});
