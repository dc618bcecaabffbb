import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ZnsCampaign } from "../../src/domain/contract.gen.ts";
import type { Caller } from "../../src/guard/guard.ts";
import {
  acceptedNumbers,
  consentFor,
  dayMs,
  hourMs,
  loadList,
  morning,
  openTestHouse,
  type TestHouse,
} from "../support/guard-world.ts";

let house: TestHouse;
let day = 0;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house.close());

/** The simulator of ZNS answers that this number has no Zalo. */
const unreachable = "+84999000022";
/** It answers that this number has refused messages of the account. */
const refusedThere = "+84999000020";

const campaign = (phone: string): ZnsCampaign => ({
  name: "Don hang",
  channel: "zns",
  purpose: "transaction",
  processor: "p-zns",
  sender: "oa-100",
  content: {
    templateId: "8079",
    tag: 1,
    templateText: "Don hang <code> dang duoc giao",
    data: { code: "8841" },
  },
  recipients: { list: [{ phone }] },
  fallback: [
    {
      channel: "sms",
      processor: "p-sms",
      sender: "SACHVIET",
      content: { text: "Sach Viet: don hang 8841 dang duoc giao." },
    },
  ],
});

async function sendTo(
  phone: string,
  channels: readonly ("sms" | "zns")[],
  prepare?: (caller: Caller) => Promise<unknown>,
) {
  house.clock.set(new Date(morning.getTime() + ++day * dayMs));
  await loadList(house.world, []);
  const caller = await house.newCustomer();
  await house.guard.recordContacts(caller, {
    declaration: consentFor(channels, ["transaction"]),
    contacts: [{ phone }],
  });
  await prepare?.(caller);
  const before = house.sandbox.records.calls("esms").length;
  const { id } = await house.guard.submitCampaign(caller, campaign(phone));
  await house.work();
  const page = await house.guard.campaignRecipients(caller, id, {}, { limit: 10, cursor: null });
  return {
    caller,
    rows: page.items.map(({ index, verdict, code, delivery }) => ({ index, verdict, code, delivery })),
    view: await house.guard.getCampaign(caller, id),
    texts: house.sandbox.records
      .calls("esms")
      .slice(before)
      .map((call) => call.phone.slice(-9)),
  };
}

describe("who cannot be reached by ZNS", () => {
  test("is written to by SMS under a consent to SMS of its own", async () => {
    const { rows, view, texts } = await sendTo(unreachable, ["sms", "zns"]);
    expect(rows).toEqual([
      { index: 0, verdict: "allow", code: null, delivery: "failed" },
      { index: 0, verdict: "allow", code: null, delivery: expect.stringMatching(/handedOff|failed/) },
    ]);
    expect(texts).toEqual(["999000022"]);
    expect(view.status).toBe("completed");
  });

  test("is not written to by SMS without a consent to SMS", async () => {
    const { rows, view, texts } = await sendTo(unreachable, ["zns"]);
    expect(rows[1]).toEqual({ index: 0, verdict: "deny", code: "consent_not_for_channel", delivery: null });
    expect(texts).toEqual([]);
    expect(view.status).toBe("completed");
  });

  test("is not written to by SMS after refusing SMS", async () => {
    const { rows, texts } = await sendTo(unreachable, ["sms", "zns"], (caller) =>
      house.guard.withdraw(caller, { phone: unreachable, channels: ["sms"], source: "hotline" }),
    );
    expect(rows[1]).toMatchObject({ verdict: "deny", code: "opted_out" });
    expect(texts).toEqual([]);
  });
});

test("a refusal on one channel never becomes a message on another, and stands from then on", async () => {
  const { caller, rows, texts } = await sendTo(refusedThere, ["sms", "zns"]);
  expect(rows).toMatchObject([{ delivery: "failed" }]);
  expect(texts).toEqual([]);
  const preview = await house.guard.previewCampaign(caller, campaign(refusedThere), {
    at: null,
    explain: false,
  });
  expect(preview.recipients[0]).toMatchObject({ verdict: "deny", code: "opted_out" });
  expect(acceptedNumbers(house)).not.toContain(refusedThere);
  house.clock.advance(hourMs);
});
