import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";
import { declaration, phone } from "./import-fixture.ts";

let house: TestWorld;
beforeAll(async () => {
  house = await openTestWorld();
});
afterAll(() => house.close());

describe("contacts of one request", () => {
  test("get a result each, in the order sent; the first of several with one number counts", async () => {
    const caller = await house.newCustomer();
    const { counts, results } = await house.guard.recordContacts(caller, {
      declaration,
      contacts: [
        { phone: phone(1), name: "Bình", correlationId: "a" },
        { phone: "12" },
        { phone: `+84${phone(1).slice(1)}`, name: "Khác" },
        { phone: phone(2), birthDate: "01/01/2020" },
        { phone: phone(3), consentedAt: "2099-01-01T00:00:00Z" },
      ],
    });
    expect(counts).toEqual({ total: 5, accepted: 1, updated: 0, duplicate: 1, rejected: 2, quarantined: 1 });
    expect(results.map((row) => [row.status, row.codes.map((fault) => fault.code)])).toEqual([
      ["accepted", []],
      ["rejected", ["number_invalid"]],
      ["duplicate", []],
      ["quarantined", ["minor_without_guardian"]],
      ["rejected", ["consent_in_future"]],
    ]);
    expect(results[2]?.contactId).toBe(results[0]?.contactId);
    expect(results[0]?.correlationId).toBe("a");
  });

  test("never lift a refusal, and say so; of a minor without a guardian only the minority is known", async () => {
    const caller = await house.newCustomer();
    const contacts = [{ phone: phone(1) }, { phone: phone(2), name: "Em", birthDate: "2020-01-01" }];
    await house.guard.recordContacts(caller, { declaration, contacts });
    await house.guard.recordConsents(caller, {
      items: [{ phone: phone(1), channel: "sms", purpose: "advertising", status: "withdrawn" }],
    });
    const { results } = await house.guard.recordContacts(caller, { declaration, contacts });
    expect(results.map((row) => row.codes.map((fault) => fault.code))).toEqual([
      ["opted_out_kept"],
      ["minor_without_guardian"],
    ]);
    const refused = await house.guard.lookUpSubscriber(caller, { phone: phone(1) });
    expect(refused.permissions.map((permission) => permission.state)).toEqual(["withdrawn"]);
    expect((await house.guard.lookUpSubscriber(caller, { phone: phone(2) })).permissions).toEqual([]);
  });

  test("are set aside with attributes that are sensitive, and with what a person would have to look at", async () => {
    const caller = await house.newCustomer();
    const { results } = await house.guard.recordContacts(caller, {
      declaration,
      contacts: [
        { phone: phone(1), attributes: { note: "benh nhan HIV" } },
        { phone: phone(2), attributes: { class: "Lop yoga ba bau" } },
        { phone: phone(3), attributes: { note: "khách thân thiết", city: "Hà Nội" } },
      ],
    });
    expect(results.map((row) => [row.status, row.codes.map((fault) => fault.code)])).toEqual([
      ["quarantined", ["sensitive_field"]],
      ["quarantined", ["sensitive_field"]],
      ["accepted", []],
    ]);
  });
});
