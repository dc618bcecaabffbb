import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";
import { phone } from "./import-fixture.ts";

let house: TestWorld;
beforeAll(async () => {
  house = await openTestWorld();
});
afterAll(() => house.close());

test("a consent to one channel and purpose lifts a refusal of everything for these alone", async () => {
  const caller = await house.newCustomer();
  const now = house.world.clock.now().getTime();
  await house.guard.withdraw(caller, {
    phone: phone(1),
    source: "hotline",
    receivedAt: new Date(now - 60_000).toISOString(),
  });
  const { results } = await house.guard.recordConsents(caller, {
    items: [
      {
        phone: phone(1),
        channel: "zns",
        purpose: "advertising",
        status: "granted",
        method: "web_form",
        collectedAt: new Date(now - 1_000).toISOString(),
        noticeVersion: "2026-11",
        source: "https://example.com/dang-ky",
        contentClass: "books",
        frequency: { max: 1, per: "week" },
        evidence: [{ kind: "url", uri: "https://example.com/dang-ky" }],
      },
    ],
  });
  expect(results[0]).toMatchObject({ status: "accepted", codes: [] });
  const { refusals } = await house.guard.lookUpSubscriber(caller, { phone: phone(1) });
  const refused = (channel: string, purpose: string): boolean =>
    refusals.some(
      (refusal) =>
        (refusal.channel === null || refusal.channel === channel) &&
        (refusal.purpose === null || refusal.purpose === purpose),
    );
  expect(refused("zns", "advertising")).toBe(false);
  expect(refused("zns", "survey")).toBe(true);
  expect(refused("sms", "advertising")).toBe(true);
  expect(refused("viber", "transaction")).toBe(true);
});
