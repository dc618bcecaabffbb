import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SmsCampaign } from "../../src/domain/contract.gen.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { sandboxConnectors } from "../../src/sandbox/sandbox-connectors.ts";
import {
  addContacts,
  campaignOf,
  consentFor,
  dayMs,
  hourMs,
  loadList,
  morning,
  openTestHouse,
  processorTerms,
  type TestHouse,
} from "../support/guard-world.ts";

let house: TestHouse;
let caller: Caller;
let used = 0;
let phone: string;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house.close());

beforeEach(async () => {
  house.clock.advance(2 * dayMs);
  house.clock.set(new Date(Math.ceil(house.clock.now().getTime() / dayMs) * dayMs + 3 * hourMs));
  await loadList(house.world, []);
  caller = await house.newCustomer();
  // Whatever version an earlier test has published.
  const { version } = await house.guard.currentPolicy();
  await house.guard.acceptPolicy(caller, { version, acceptedBy: "An" });
  phone = `+8490${4_000_000 + used++}`;
  await addContacts(house, caller, [phone]);
});

async function answer(at: Date | null, change: Partial<SmsCampaign> = {}): Promise<string> {
  const preview = await house.guard.previewCampaign(caller, campaignOf([phone], change), {
    at,
    explain: false,
  });
  const [row] = preview.recipients;
  return row === undefined ? "nobody" : `${row.verdict} ${row.code ?? ""}`.trim();
}

const ago = (ms: number): Date => new Date(house.clock.now().getTime() - ms);

describe("of the past", () => {
  test("consent answers as it was before and after the withdrawal", async () => {
    const granted = house.clock.now();
    house.clock.advance(hourMs);
    await house.guard.withdraw(caller, { phone, source: "hotline" });
    const withdrawn = house.clock.now();
    house.clock.advance(hourMs);
    expect(await answer(null)).toBe("deny opted_out");
    expect(await answer(withdrawn)).toBe("deny opted_out");
    expect(await answer(new Date(withdrawn.getTime() - 1))).toBe("allow");
    expect(await answer(granted)).toBe("allow");
    expect(await answer(new Date(granted.getTime() - 1))).toMatch(/^deny/);
  });

  test("a lifted refusal still stands for the time in which it stood", async () => {
    await house.guard.withdraw(caller, { phone, source: "hotline" });
    house.clock.advance(hourMs);
    const { consent } = consentFor(["sms"]);
    const collectedAt = house.clock.now().toISOString();
    await house.guard.recordConsents(caller, {
      items: [{ ...consent, phone, channel: "sms", purpose: "advertising", status: "granted", collectedAt }],
    });
    house.clock.advance(hourMs);
    expect([await answer(null), await answer(ago(hourMs)), await answer(ago(hourMs + 1))]).toEqual([
      "allow",
      "allow",
      "deny opted_out",
    ]);
  });

  test("a processor answers by the contract that it had", async () => {
    const connector = sandboxConnectors(house.sandbox.urls).sms;
    const terms = processorTerms("sms");
    const processor = `p-${used}`;
    const put = (purposes: typeof terms.purposes) =>
      house.guard.putProcessor(house.admin, processor, { ...terms, purposes, connector });
    house.clock.advance(hourMs);
    await put(terms.purposes);
    house.clock.advance(hourMs);
    await put(["transaction"]);
    house.clock.advance(hourMs);
    expect([
      await answer(null, { processor }),
      await answer(ago(hourMs), { processor }),
      await answer(ago(hourMs + 1), { processor }),
      await answer(ago(2 * hourMs + 1), { processor }),
    ]).toEqual([
      "deny processor_purpose_not_allowed",
      "deny processor_purpose_not_allowed",
      "allow",
      "deny processor_unknown",
    ]);
  });

  test("the do-not-call list answers as it was then", async () => {
    house.clock.advance(hourMs);
    await loadList(house.world, [phone]);
    house.clock.advance(hourMs);
    expect([await answer(null), await answer(ago(hourMs)), await answer(ago(hourMs + 1))]).toEqual([
      "deny do_not_call",
      "deny do_not_call",
      "allow",
    ]);
  });

  test("the sender answers by what was registered then", async () => {
    house.clock.advance(hourMs);
    await house.guard.changeCustomer(house.admin, caller.customerId ?? "", {
      senders: [{ channel: "sms", id: "KHACVIET" }],
    });
    house.clock.advance(hourMs);
    expect([await answer(null), await answer(ago(hourMs + 1))]).toEqual([
      "deny sender_not_registered",
      "allow",
    ]);
  });

  test("the policy answers by the version that was in force and accepted then", async () => {
    house.clock.advance(hourMs);
    const version = `2.${used}`;
    await house.guard.publishPolicy(house.admin, { version, text: "New terms.", material: true });
    house.clock.advance(hourMs);
    await house.guard.acceptPolicy(caller, { version, acceptedBy: "An" });
    house.clock.advance(hourMs);
    expect([
      await answer(null),
      await answer(ago(hourMs)),
      await answer(ago(hourMs + 1)),
      await answer(ago(2 * hourMs)),
      await answer(ago(2 * hourMs + 1)),
    ]).toEqual(["allow", "allow", "deny policy_not_accepted", "deny policy_not_accepted", "allow"]);
  });
});

describe("of the future", () => {
  test("the night holds until the morning", async () => {
    // 15 hours after 10:00 in Viet Nam it is 01:00.
    const at = new Date(house.clock.now().getTime() + 15 * hourMs);
    const preview = await house.guard.previewCampaign(caller, campaignOf([phone]), { at, explain: false });
    expect(preview.recipients[0]).toMatchObject({
      verdict: "hold",
      code: "quiet_hours",
      notBefore: new Date(house.clock.now().getTime() + 21 * hourMs).toISOString(),
    });
  });

  test("a contract that will have ended denies", async () => {
    const { validUntil } = processorTerms("sms").contract;
    const end = new Date(validUntil).getTime();
    const noon = Math.floor(end / dayMs) * dayMs + dayMs + 5 * hourMs;
    expect(await answer(new Date(noon))).toBe("deny processor_contract_expired");
    expect(await answer(new Date(noon - 3 * dayMs))).toBe("allow");
  });

  test("asking has no effect", async () => {
    const before = house.sandbox.records.calls().length;
    for (const at of [null, ago(hourMs), new Date(house.clock.now().getTime() + dayMs)]) await answer(at);
    await house.work();
    expect(house.sandbox.records.calls()).toHaveLength(before);
    expect(await answer(null)).toBe("allow");
  });
});

test("the days of these tests lie within the contract", () => {
  const { validFrom, validUntil } = processorTerms("sms").contract;
  expect(morning.getTime()).toBeGreaterThan(new Date(validFrom).getTime());
  expect(house.clock.now().getTime()).toBeLessThan(new Date(validUntil).getTime());
});
