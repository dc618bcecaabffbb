import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LandingPageRequest } from "../../src/domain/contract.gen.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { sandboxConnectors } from "../../src/sandbox/sandbox-connectors.ts";
import {
  acceptedNumbers,
  addContacts,
  campaignOf,
  hourMs,
  openTestHouse,
  processorTerms,
  send,
  type TestHouse,
} from "../support/guard-world.ts";

/** Blocked without an agreement: it says what the reader believes. */
const text = "[QC] Sach Viet: Vì bạn theo đạo Công giáo nên giảm 30% sách. Từ chối: soạn TC gửi 8079";
const carrying = { processor: "p-religion", content: { text } };

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
  const settings = sandboxConnectors(house.sandbox.urls);
  const sms = processorTerms("sms");
  await house.guard.putProcessor(house.admin, "p-religion", {
    ...sms,
    connector: settings.sms,
    fields: [...sms.fields, "religion"],
  });
  const page = { ...processorTerms("page"), connector: settings.page };
  await house.guard.putProcessor(house.admin, "p-page", { ...page, fields: ["html"] });
  await house.guard.putProcessor(house.admin, "p-page-religion", { ...page, fields: ["html", "religion"] });
});
afterAll(() => house.close());

const agree = (
  caller: Caller,
  change: { validFrom?: string; validUntil?: string } = {},
  category = "religion",
) =>
  house.guard.putCategoryAgreement(house.admin, caller.customerId ?? "", category, {
    reference: "PL-03/2026",
    validFrom: "2026-01-01T00:00:00Z",
    ...change,
  });
const end = (caller: Caller) =>
  house.guard.endCategoryAgreement(house.admin, caller.customerId ?? "", "religion");

async function customerWith(phone: string): Promise<Caller> {
  const caller = await house.newCustomer();
  await addContacts(house, caller, [phone]);
  return caller;
}

async function verdictOf(caller: Caller, phone: string, change = carrying, at: Date | null = null) {
  const preview = await house.guard.previewCampaign(caller, campaignOf([phone], change), {
    at,
    explain: false,
  });
  return [preview.recipients[0]?.verdict, preview.recipients[0]?.code];
}

describe("a message with sensitive content", () => {
  test("is looked at by a person where agreement and processor carry the category, else refused", async () => {
    const phone = "+84901000101";
    const caller = await customerWith(phone);
    const other = await customerWith(phone);
    expect(await verdictOf(caller, phone)).toEqual(["deny", "sensitive_content"]);
    await agree(caller);
    expect(await verdictOf(caller, phone)).toEqual(["review", "sensitive_content"]);
    // Neither another processor, nor another customer, nor another category is covered.
    expect(await verdictOf(caller, phone, { ...carrying, processor: "p-sms" })).toEqual([
      "deny",
      "sensitive_content",
    ]);
    expect(await verdictOf(other, phone)).toEqual(["deny", "sensitive_content"]);
    await agree(other, {}, "health");
    expect(await verdictOf(other, phone)).toEqual(["deny", "sensitive_content"]);
  });

  test("never passes silently: it waits for the release, and an agreement that ended stops it all the same", async () => {
    const phone = "+84901000102";
    const caller = await customerWith(phone);
    await agree(caller);
    const release = async () => {
      const refusal = await send(house, caller, [phone], carrying).then(
        () => null,
        (err: unknown) => err as { code: string; extensions: { reviewId: string } },
      );
      expect(refusal?.code).toBe("review_needed");
      await house.work();
      await house.guard.decideReview(house.admin, refusal?.extensions.reviewId ?? "", {
        release: true,
        reason: "the agreement covers it",
      });
    };
    const sent = () => acceptedNumbers(house).filter((number) => number === phone).length;
    await release();
    await house.work();
    expect(sent()).toBe(1);
    await release();
    await end(caller);
    await house.work();
    expect(sent()).toBe(1);
  });

  test("is judged by the agreement of the moment that is asked for", async () => {
    const phone = "+84901000103";
    const caller = await customerWith(phone);
    const now = house.clock.now();
    const start = new Date(now.getTime() + hourMs);
    const stop = new Date(now.getTime() + 2 * hourMs);
    await agree(caller, { validFrom: start.toISOString(), validUntil: stop.toISOString() });
    const at = async (moment: number) => (await verdictOf(caller, phone, carrying, new Date(moment)))[0];
    expect(await at(start.getTime() - 1)).toBe("deny");
    expect(await at(start.getTime())).toBe("review");
    expect(await at(stop.getTime() - 1)).toBe("review");
    expect(await at(stop.getTime())).toBe("deny");
    // What was on record then answers for the past, whatever was recorded since.
    house.clock.advance(90 * 60_000);
    await end(caller);
    expect(await at(house.clock.now().getTime() - 60_000)).toBe("review");
    expect(await at(house.clock.now().getTime())).toBe("deny");
  });
});

describe("a page with sensitive content", () => {
  const page: LandingPageRequest = {
    pageId: "p1",
    url: "https://landing.example.vn/",
    processor: "p-page-religion",
    advertiser: "Sach Viet",
    html: "<!doctype html><title>Sach</title><h1>Sach</h1><p>Vì bạn theo đạo Công giáo nên bạn được mời.</p>",
  };

  test("is looked at under the same two conditions, and a card number in it is not", async () => {
    const caller = await house.newCustomer();
    const verdict = async (change: Partial<LandingPageRequest> = {}) =>
      (await house.guard.previewPage(caller, { ...page, ...change })).verdict;
    expect(await verdict()).toBe("deny");
    await agree(caller);
    expect(await verdict()).toBe("review");
    expect(await verdict({ processor: "p-page" })).toBe("deny");
    expect(await verdict({ html: `${page.html}<p>The 4111 1111 1111 1111</p>` })).toBe("deny");
    await expect(house.guard.publishPage(caller, page)).rejects.toMatchObject({ code: "review_needed" });
    await end(caller);
    await expect(house.guard.publishPage(caller, page)).rejects.toMatchObject({ code: "page_denied" });
  });
});

describe("the register of agreements", () => {
  test("shows what is on record, and every change stands in the customer's ledger", async () => {
    const caller = await house.newCustomer();
    const id = caller.customerId ?? "";
    expect((await agree(caller)).created).toBe(true);
    expect((await agree(caller, { validUntil: "2027-01-01T00:00:00Z" })).created).toBe(false);
    const { items } = await house.guard.listCategoryAgreements(id);
    expect(items).toMatchObject([
      { category: "religion", reference: "PL-03/2026", validUntil: "2027-01-01T00:00:00.000Z" },
    ]);
    await end(caller);
    expect((await house.guard.listCategoryAgreements(id)).items).toEqual([]);
    await expect(end(caller)).rejects.toMatchObject({ code: "not_found" });
    const records = await house.world.store.transaction("*", (tx) =>
      tx.ledger.search({
        customerId: id,
        subscriberIds: null,
        campaignId: null,
        processorId: null,
        kinds: ["policy_change"],
        from: null,
        to: null,
        before: null,
        limit: 10,
      }),
    );
    expect(records).toHaveLength(3);
  });

  test.each(["card", "national_id", "child", "everything"])(
    "knows no agreement about %s",
    async (category) => {
      const caller = await house.newCustomer();
      await expect(agree(caller, {}, category)).rejects.toMatchObject({ code: "invalid_request" });
    },
  );

  test("refuses an agreement that ends before it begins, and one of nobody", async () => {
    const caller = await house.newCustomer();
    await expect(agree(caller, { validUntil: "2025-01-01T00:00:00Z" })).rejects.toMatchObject({
      code: "invalid_request",
    });
    const nobody = { ...caller, customerId: "01a20b7f-75ce-7f30-8531-3e3c4b770e9d" };
    await expect(agree(nobody)).rejects.toMatchObject({ code: "not_found" });
  });
});
