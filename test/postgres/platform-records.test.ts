import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KeyRow } from "../../src/guard/ports/customer-records.ts";
import {
  customerRow,
  failing,
  moment,
  nextId,
  openTestStore,
  processorBody,
  type StoreFixture,
} from "./store-fixture.ts";

let fixture: StoreFixture;
const customer = customerRow({ isPlatform: true, taxCode: null });
const at = customer.id;

beforeAll(async () => {
  fixture = await openTestStore();
  await fixture.store.transaction("*", (tx) => tx.customers.insert(customer));
});
afterAll(() => fixture.close());

describe("customers", () => {
  test("are read back as written, once, and closed", async () => {
    const row = customerRow();
    await failing(fixture.store, "*", (tx) => tx.customers.insert(row));
    expect(await fixture.store.transaction("*", (tx) => tx.customers.get(row.id))).toBeNull();
    await fixture.store.transaction("*", async (tx) => {
      await tx.customers.insert(row);
      await tx.customers.insert(row);
      expect(await tx.customers.get(row.id)).toEqual(row);
      expect(await tx.customers.list(10, null)).toEqual([customer, row]);
      expect(await tx.customers.list(10, customer.id)).toEqual([row]);
      await tx.customers.setStatus(row.id, "closed", moment(1));
      expect((await tx.customers.get(row.id))?.status).toBe("closed");
    });
  });

  test("senders are those that were registered at the moment asked about", async () => {
    const sender = (id: string) => ({ channel: "sms", id }) as const;
    const replace = (ids: string[], minutes: number) =>
      fixture.store.transaction(at, (tx) =>
        tx.customers.replaceSenders(at, ids.map(sender), moment(minutes)),
      );
    const sendersAt = async (minutes: number) =>
      (await fixture.store.transaction(at, (tx) => tx.customers.senders(at, moment(minutes)))).map(
        (row) => row.id,
      );
    await replace(["A", "B"], 1);
    await replace(["B", "C", "C"], 2);
    await replace(["B", "C"], 3);
    await replace([], 4);
    await replace(["A"], 4);
    expect(await sendersAt(0)).toEqual([]);
    expect(await sendersAt(1)).toEqual(["A", "B"]);
    expect(await sendersAt(3)).toEqual(["B", "C"]);
    expect(await sendersAt(4)).toEqual(["A"]);
  });

  test("a key is found by its hash, and revoked once by its own customer", async () => {
    const sha256 = randomBytes(32);
    const key: KeyRow = {
      id: nextId(),
      customerId: at,
      scopes: ["contacts", "ledger"],
      mode: "live",
      createdAt: moment(),
      expiresAt: moment(100),
      revokedAt: null,
    };
    await fixture.store.transaction("*", async (tx) => {
      await tx.customers.insertKey(key, sha256);
      await tx.customers.insertKey(key, sha256);
      expect(await tx.customers.keyBySha256(sha256)).toEqual(key);
      expect(await tx.customers.keyBySha256(randomBytes(32))).toBeNull();
      expect(await tx.customers.hasPlatformKey()).toBe(false);
      expect(await tx.customers.revokeKey(nextId(), key.id, moment(1))).toBe(false);
      expect(await tx.customers.revokeKey(at, key.id, moment(1))).toBe(true);
      expect(await tx.customers.revokeKey(at, key.id, moment(2))).toBe(false);
      expect((await tx.customers.keyBySha256(sha256))?.revokedAt).toEqual(moment(1));
      await tx.customers.insertKey({ ...key, id: nextId(), customerId: null }, randomBytes(32));
      expect(await tx.customers.hasPlatformKey()).toBe(true);
    });
  });

  test("policy versions and their acceptance hold from their moment on; the first acceptance stands", async () => {
    const policy = (version: string, minutes: number) => ({
      version,
      text: `policy ${version}`,
      digest: version,
      material: true,
      publishedAt: moment(minutes),
    });
    await fixture.store.transaction("*", async (tx) => {
      expect(await tx.customers.insertPolicy(policy("1", 1))).toBe(true);
      expect(await tx.customers.insertPolicy(policy("1", 9))).toBe(false);
      await tx.customers.insertPolicy(policy("2", 5));
      expect(await tx.customers.policies(moment(4))).toEqual([policy("1", 1)]);
      expect(await tx.customers.policies(moment(5))).toEqual([policy("2", 5), policy("1", 1)]);
      await tx.customers.accept(at, "1", "An", moment(6));
      await tx.customers.accept(at, "1", "Bình", moment(8));
      expect(await tx.customers.acceptances(at, moment(5))).toEqual([]);
      expect(await tx.customers.acceptances(at, moment(6))).toEqual(["1"]);
    });
  });
});

describe("processors", () => {
  test("each change is a version, and the past is answered by the version of then", async () => {
    const put = (country: string, minutes: number) =>
      fixture.store.transaction("*", (tx) =>
        tx.processors.put("p", { ...processorBody, country }, Buffer.from(country), moment(minutes)),
      );
    await failing(fixture.store, "*", (tx) => tx.processors.put("p", processorBody, null, moment(1)));
    expect(await put("VN", 1)).toBe(true);
    expect(await put("SG", 5)).toBe(false);
    await fixture.store.transaction(at, async (tx) => {
      expect(await tx.processors.get("p", moment(0))).toBeNull();
      expect(await tx.processors.get("p", moment(4))).toEqual({
        id: "p",
        version: 1,
        body: processorBody,
        secretsCipher: Buffer.from("VN"),
        validFrom: moment(1),
      });
      expect((await tx.processors.get("p", moment(5)))?.body.country).toBe("SG");
      expect((await tx.processors.list(moment(9))).map((row) => [row.id, row.version])).toEqual([["p", 2]]);
      expect((await tx.processors.history("p")).map((row) => row.version)).toEqual([2, 1]);
    });
  });

  test("several who register one processor at once make one first version", async () => {
    const firsts = await Promise.all(
      Array.from({ length: 5 }, () =>
        fixture.store.transaction("*", (tx) => tx.processors.put("race", processorBody, null, moment())),
      ),
    );
    expect(firsts.filter(Boolean)).toHaveLength(1);
    const history = await fixture.store.transaction("*", (tx) => tx.processors.history("race"));
    expect(history.map((row) => row.version)).toEqual([5, 4, 3, 2, 1]);
  });
});

describe("the do-not-call list", () => {
  test("becomes visible all at once, from the moment it was complete", async () => {
    const id = nextId();
    const numbers = Array.from({ length: 3_000 }, () => randomBytes(32));
    const inTx = <T>(work: Parameters<typeof fixture.store.transaction<T>>[1]) =>
      fixture.store.transaction("*", work);
    await inTx((tx) => tx.doNotCall.begin(id, moment(1), moment(2)));
    await inTx((tx) => tx.doNotCall.add(id, numbers));
    await inTx((tx) => tx.doNotCall.add(id, numbers.slice(0, 9)));
    expect(await inTx((tx) => tx.doNotCall.snapshot(moment(9)))).toBeNull();
    await failing(fixture.store, "*", (tx) => tx.doNotCall.complete(id, moment(5), moment(-99)));
    expect(await inTx((tx) => tx.doNotCall.complete(id, moment(5), moment(-99)))).toBe(3_000);
    expect(await inTx((tx) => tx.doNotCall.complete(id, moment(6), moment(-99)))).toBe(3_000);
    expect(await inTx((tx) => tx.doNotCall.snapshot(moment(4)))).toBeNull();
    expect(await inTx((tx) => tx.doNotCall.snapshot(moment(5)))).toEqual({
      id,
      snapshotAt: moment(1),
      numbers: 3_000,
    });
    const asked = [numbers[7], randomBytes(32)].filter((index) => index !== undefined);
    expect(await inTx((tx) => tx.doNotCall.listed(id, asked))).toEqual(
      new Set([numbers[7]?.toString("hex")]),
    );
    await expect(inTx((tx) => tx.doNotCall.add(id, numbers))).rejects.toMatchObject({ code: "conflict" });
  });

  test("older lists are dropped when a new one is complete, never the newest", async () => {
    const [old, current] = [nextId(), nextId()];
    await fixture.store.transaction("*", async (tx) => {
      for (const [id, minutes] of [
        [old, 20],
        [current, 30],
      ] as const) {
        await tx.doNotCall.begin(id, moment(minutes), moment(minutes));
        await tx.doNotCall.add(id, [randomBytes(32)]);
        await tx.doNotCall.complete(id, moment(minutes), moment(minutes === 30 ? 999 : -99));
      }
      expect((await tx.doNotCall.snapshot(moment(25)))?.id).toBeUndefined();
      expect((await tx.doNotCall.snapshot(moment(30)))?.id).toBe(current);
    });
  });
});
