import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";
import { phone } from "./import-fixture.ts";

let house: TestWorld;
beforeAll(async () => {
  house = await openTestWorld();
});
afterAll(() => house.close());

test("a person's consents are told with their history, by the names of ISO/IEC TS 27560", async () => {
  const caller = await house.newCustomer();
  const collectedAt = new Date(house.world.clock.now().getTime() - 1_000).toISOString();
  await house.guard.recordConsents(caller, {
    items: [
      {
        phone: phone(1),
        channel: "sms",
        purpose: "advertising",
        status: "granted",
        method: "web_form",
        collectedAt,
        noticeVersion: "2026-11",
        source: "https://example.com/dang-ky",
        contentClass: "books",
        frequency: { max: 2, per: "week" },
        evidence: [{ kind: "url", uri: "https://example.com/dang-ky" }],
      },
    ],
  });
  await house.guard.recordConsents(caller, {
    items: [{ phone: phone(1), channel: "sms", purpose: "advertising", status: "withdrawn" }],
  });

  const { items } = await house.guard.exportConsentRecords(caller, { phone: phone(1) });
  expect(items).toHaveLength(1);
  const [record] = items;
  expect(record).toMatchObject({
    schema_version: "ISO/IEC TS 27560:2023",
    pii_processing: { purposes: [{ purpose: "advertising", services: ["sms"] }], jurisdictions: ["VN"] },
    party_identification: [{ party_id: caller.customerId, party_role: "pii_controller" }],
  });
  const [given, withdrawn] = record?.events ?? [];
  expect(given).toMatchObject({ event_type: "consent_given", event_state: "given" });
  expect(withdrawn).toMatchObject({
    event_type: "consent_withdrawn",
    event_state: "withdrawn",
    validity_duration: "until_withdrawn",
  });
  expect(given?.validity_duration).toBe(withdrawn?.event_time);
  expect(JSON.stringify(items)).not.toContain(phone(1).slice(-8));
});

test("another customer's subscriber is nobody", async () => {
  const [one, other] = [await house.newCustomer(), await house.newCustomer()];
  await house.guard.recordConsents(one, {
    items: [{ phone: phone(2), channel: "sms", purpose: "advertising", status: "withdrawn" }],
  });
  await expect(house.guard.exportConsentRecords(other, { phone: phone(2) })).rejects.toMatchObject({
    code: "not_found",
  });
});
