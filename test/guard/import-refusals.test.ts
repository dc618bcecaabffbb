import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Declaration } from "../../src/domain/contract.gen.ts";
import { noticeDigest } from "../../src/guard/cited-notice.ts";
import { eraseSubscriber } from "../../src/guard/erase-subscriber.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { writeNoticeToken } from "../../src/guard/notice-token.ts";
import { openTestWorld, type TestWorld } from "../support/test-world.ts";
import { declaration, importFile, isAccountedFor, phone, reason } from "./import-fixture.ts";

let house: TestWorld;
beforeAll(async () => {
  house = await openTestWorld();
});
afterAll(() => house.close());

async function rowOf(caller: Caller, written: string) {
  const customerId = caller.customerId ?? "";
  return house.world.store.transaction(customerId, async (tx) => {
    const stored = await tx.customers.get(customerId);
    if (stored === null) throw new Error("no customer");
    const vault = house.world.vault.customer(customerId, stored.keyWrapped);
    const [row] = await tx.subscribers.byIndexes(customerId, [vault.phoneIndex(`+84${written.slice(1)}`)]);
    if (row === undefined) throw new Error("no subscriber");
    const permissions = await tx.subscribers.permissions([row.id], house.world.clock.now());
    const profile =
      row.salt === null || row.profileCipher === null
        ? null
        : vault.subscriber(row.salt).open(row.profileCipher, "subscriber.profile").toString("utf8");
    return { row, permissions, profile };
  });
}

describe("the uploaded number of a person who was erased", () => {
  test("is kept refused: nothing is granted, and of the row only the number is taken in", async () => {
    const caller = await house.newCustomer();
    const file = `phone,name\n${phone(1)},Bình\n${phone(2)},Chi\n`;
    await importFile(house, caller, file);
    const before = await rowOf(caller, phone(1));
    await eraseSubscriber(house.world, caller.customerId ?? "", before.row.id, house.world.clock.now());

    const view = await importFile(house, caller, file);
    expect(isAccountedFor(view)).toBe(true);
    expect(view.counts).toMatchObject({ accepted: 1, duplicate: 1 });
    expect(reason(view, "opted_out_kept")).toBe(1);
    const after = await rowOf(caller, phone(1));
    expect(after.row.id).not.toBe(before.row.id);
    expect(after.permissions).toEqual([]);
    expect(after.profile).toBe(`{"phone":"+84${phone(1).slice(1)}"}`);

    const again = await importFile(house, caller, `phone,name\n${phone(1)},Bình\n`);
    expect(reason(again, "opted_out_kept")).toBe(1);
    expect(await rowOf(caller, phone(1))).toEqual(after);
  });

  test("is told of in the answer to POST /v1/contacts too", async () => {
    const caller = await house.newCustomer();
    await importFile(house, caller, `phone\n${phone(1)}\n`);
    const { row } = await rowOf(caller, phone(1));
    await eraseSubscriber(house.world, caller.customerId ?? "", row.id, house.world.clock.now());
    const { results } = await house.guard.recordContacts(caller, {
      declaration,
      contacts: [{ phone: phone(1), name: "Bình" }],
    });
    expect(results[0]).toMatchObject({ status: "accepted", codes: [{ code: "opted_out_kept" }] });
  });
});

describe("a notice that a declaration cites", () => {
  const noticesOf = (caller: Caller) =>
    house.world.store.transaction(caller.customerId ?? "", (tx) =>
      tx.subscribers.notices(caller.customerId ?? ""),
    );
  const citing = (consent: Partial<NonNullable<Declaration["consent"]>>): Declaration => ({
    ...declaration,
    consent: { ...declaration.consent, ...consent },
  });

  test("is kept with its version and the moment it was first seen, once", async () => {
    const caller = await house.newCustomer();
    await importFile(house, caller, `phone\n${phone(1)}\n`);
    const [first, ...others] = await noticesOf(caller);
    expect(first).toMatchObject({ version: "2026-01", digest: "" });
    expect(others).toEqual([]);
    await importFile(house, caller, `phone,noticeVersion\n${phone(2)},2026-02\n${phone(3)},2026-01\n`, {
      declaration: citing({ source: "https://example.com/khac" }),
    });
    const after = await noticesOf(caller);
    expect(after.map((notice) => notice.version)).toEqual(["2026-01", "2026-02"]);
    expect(after[0]).toEqual(first);
  });

  test("takes the first text that comes with its version, and refuses a second one by name", async () => {
    const caller = await house.newCustomer();
    // SHA-256 of "abc" (FIPS 180-2, appendix B.1).
    const abc = "sha-256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const importWith = (noticeText?: string) =>
      importFile(house, caller, `phone\n${phone(1)}\n`, {
        declaration: citing(noticeText === undefined ? {} : { noticeText }),
      });
    for (const noticeText of [undefined, "abc", "abc"]) await importWith(noticeText);
    await expect(importWith("abd")).rejects.toMatchObject({
      code: "conflict",
      errors: [{ pointer: "/declaration/consent/noticeText", code: "notice_changed" }],
    });
    expect(await noticesOf(caller)).toMatchObject([{ version: "2026-01", digest: abc }]);
  });

  test("is as old as its token said, whether the token is cited again or only its version or text", async () => {
    const caller = await house.newCustomer();
    const issuedAt = new Date("2026-02-01T00:00:00Z");
    const customerId = caller.customerId ?? "";
    const noticeToken = writeNoticeToken(house.world, {
      customerId,
      approvalId: house.world.entropy.id(issuedAt),
      pageDigest: "sha-256:00",
      textDigest: noticeDigest(house.world, "abc"),
      issuedAt,
    });
    const later = { collectedAt: "2026-02-02T00:00:00Z" };
    await importFile(house, caller, `phone\n${phone(1)}\n`, {
      declaration: citing({ ...later, noticeToken }),
    });
    const { noticeVersion: _, ...unversioned } = declaration.consent ?? {};
    for (const consent of [{ noticeToken }, {}, { noticeVersion: "another", noticeText: "abc" }]) {
      const early = citing({ ...consent, collectedAt: "2026-01-31T00:00:00Z" });
      await expect(
        importFile(house, caller, `phone\n${phone(1)}\n`, { declaration: early }),
      ).rejects.toMatchObject({ code: "consent_before_notice" });
    }
    // A row's own moment is held against it too, and one that comes after it is not refused.
    const view = await importFile(
      house,
      caller,
      `phone,consentedAt\n${phone(2)},01/01/2026\n${phone(3)},03/02/2026\n`,
      {
        declaration: citing(later),
      },
    );
    expect(view.counts).toMatchObject({ accepted: 1, rejected: 1 });
    expect(reason(view, "consent_before_notice")).toBe(1);
    // What was never issued here has no age that could be known.
    const old: Declaration = {
      ...declaration,
      consent: { ...unversioned, noticeText: "xyz" },
    } as Declaration;
    expect((await importFile(house, caller, `phone\n${phone(4)}\n`, { declaration: old })).status).toBe(
      "completed",
    );
  });
});
