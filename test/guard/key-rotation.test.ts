import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../src/guard/guard.ts";
import { secretsContext } from "../../src/guard/processors.ts";
import { rotateKeys } from "../../src/guard/rotate-keys.ts";
import { openVault } from "../../src/open-vault.ts";
import { openTestStore, type StoreFixture } from "../postgres/store-fixture.ts";
import { worldOn } from "../support/test-world.ts";

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const phone = "+84903000001";
const admin: Caller = { keyId: "admin", customerId: null, scopes: ["admin"], mode: "live", requestId: "r" };
let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await openTestStore();
});
afterAll(() => fixture.close());

describe("a change of the root key", () => {
  it("leaves everything open, indexes as they were, and the old key opening nothing new", async () => {
    const { store } = fixture;
    const before = await openVault(oldKey, [], store);
    const first = await worldOn(store, { vault: before });
    const customer = await first.newCustomer();
    const index = before.doNotCallIndex(phone);
    const mac = before.tokenMac("inbound p-sms");
    await store.transaction("*", async (tx) => {
      const body = { name: "p" } as never;
      await tx.processors.put(
        "p",
        body,
        before.root.seal(Buffer.from('{"apiKey":"k"}'), secretsContext),
        new Date(),
      );
    });
    const tokens = store.tokens(before.root);
    await tokens.exclusively("p", async (_current, save) => save({ refreshToken: "t" }));
    const wrapped = async (): Promise<Buffer> => {
      const row = await store.transaction("*", (tx) => tx.customers.get(customer.customerId ?? ""));
      return row?.keyWrapped ?? Buffer.alloc(0);
    };
    const sealed = before.customer(customer.customerId ?? "", await wrapped()).seal(Buffer.from("An"), "c");

    // Both keys: what the old one sealed opens, and what stands in tables and with others is still found.
    const both = await openVault(newKey, [oldKey], store);
    expect(both.doNotCallIndex(phone)).toEqual(index);
    expect(both.tokenMac("inbound p-sms")).toEqual(mac);
    const done = await rotateKeys({ store, vault: both });
    expect(done.customers).toBeGreaterThanOrEqual(2);
    expect(done.secrets).toBe(4);
    expect(await rotateKeys({ store, vault: both })).toEqual(done);

    // The new key alone.
    const after = await openVault(newKey, [], store);
    expect(
      after
        .customer(customer.customerId ?? "", await wrapped())
        .open(sealed, "c")
        .toString(),
    ).toBe("An");
    expect(after.doNotCallIndex(phone)).toEqual(index);
    expect(after.tokenMac("inbound p-sms")).toEqual(mac);
    await store.tokens(after.root).exclusively("p", async (current) => {
      expect(current).toEqual({ refreshToken: "t" });
    });
    await expect(openVault(oldKey, [], store)).rejects.toThrow();
    const old = (await import("../../src/vault/create-vault.ts")).createVault(oldKey);
    expect(() => old.customer(customer.customerId ?? "", Buffer.alloc(61, 1))).toThrow();
    first.removeFiles();
  });
});

describe("the platform's keys", () => {
  it("can be listed without their texts, made and revoked, but for the last", async () => {
    const { guard, removeFiles } = await worldOn(fixture.store, {
      vault: await openVault(newKey, [oldKey], fixture.store),
    });
    const { items } = await guard.listPlatformKeys();
    const [first] = items;
    await expect(guard.revokePlatformKey(admin, first?.id ?? "")).rejects.toMatchObject({ code: "conflict" });
    const made = await guard.createPlatformKey({});
    expect(await guard.authenticate(made.key, "r")).toMatchObject({
      customerId: null,
      scopes: ["ledger", "admin"],
    });
    for (const item of items) await guard.revokePlatformKey(admin, item.id);
    expect(JSON.stringify(await guard.listPlatformKeys())).not.toContain(made.key);
    expect((await guard.listPlatformKeys()).items.map(({ id }) => id)).toEqual([made.id]);
    await expect(guard.revokePlatformKey(admin, first?.id ?? "")).rejects.toMatchObject({
      code: "not_found",
    });
    const short = await guard.createPlatformKey({ expiresAt: "2099-01-01T00:00:00Z" });
    await guard.revokePlatformKey(admin, short.id);
    expect(await guard.authenticate(short.key, "r")).toBeNull();
    removeFiles();
  });
});
