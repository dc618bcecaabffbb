import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Caller } from "../../src/guard/guard.ts";
import type { Store, Tx } from "../../src/guard/ports/store.ts";
import { createVault } from "../../src/vault/create-vault.ts";
import { openTestWorld, type TestWorld, worldOn } from "../support/test-world.ts";
import { declaration, importFile, phone, reason } from "./import-fixture.ts";

/** What imports promise, asked of a world that keeps it and of worlds in which one check is missing. */
let sound: TestWorld;
const opened: { removeFiles(): void }[] = [];
beforeAll(async () => {
  sound = await openTestWorld();
});
afterAll(async () => {
  for (const world of opened) world.removeFiles();
  await sound.close();
});

async function flawed(
  change: (tx: Tx) => Partial<Tx["subscribers"]>,
  vault = sound.world.vault,
): Promise<TestWorld> {
  const { store } = sound.world;
  const transaction: Store["transaction"] = (customer, body) =>
    store.transaction(customer, (tx) => body({ ...tx, subscribers: { ...tx.subscribers, ...change(tx) } }));
  const world = await worldOn({ ...store, transaction }, { vault });
  opened.push(world);
  return { ...world, url: sound.url, close: () => Promise.resolve() };
}

async function stored(house: TestWorld, caller: Caller, written: string) {
  const customerId = caller.customerId ?? "";
  return house.world.store.transaction(customerId, async (tx) => {
    const customer = await tx.customers.get(customerId);
    if (customer === null) throw new Error("no customer");
    const vault = house.world.vault.customer(customerId, customer.keyWrapped);
    const index = vault.phoneIndex(`+84${written.slice(1)}`);
    const [row] = await tx.subscribers.byIndexes(customerId, [index]);
    if (row === undefined) throw new Error("no subscriber");
    return { row, vault, permissions: await tx.subscribers.permissions([row.id], house.world.clock.now()) };
  });
}

async function leavesWithdrawn(house: TestWorld): Promise<boolean> {
  const caller = await house.newCustomer();
  const file = `phone\n${phone(1)}\n`;
  await importFile(house, caller, file);
  await house.guard.recordConsents(caller, {
    items: [{ phone: phone(1), channel: "sms", purpose: "advertising", status: "withdrawn" }],
  });
  const view = await importFile(house, caller, file, {
    declaration: { ...declaration, consent: { ...declaration.consent, source: "https://example.com/b" } },
  });
  const { permissions } = await stored(house, caller, phone(1));
  return reason(view, "opted_out_kept") === 1 && permissions.every((permission) => !permission.granted);
}

async function refusesUnknownEvidence(house: TestWorld): Promise<boolean> {
  const caller = await house.newCustomer();
  const view = await importFile(house, caller, `phone,evidence\n${phone(1)},${randomUUID()}\n`);
  return view.counts.rejected === 1 && reason(view, "evidence_missing") === 1;
}

async function sharesNothing(house: TestWorld): Promise<boolean> {
  const [mine, yours] = [await house.newCustomer(), await house.newCustomer()];
  for (const caller of [mine, yours]) await importFile(house, caller, `phone\n${phone(1)}\n`);
  const [a, b] = [await stored(house, mine, phone(1)), await stored(house, yours, phone(1))];
  const opens = (() => {
    try {
      if (b.row.salt === null || b.row.profileCipher === null) return true;
      a.vault.subscriber(b.row.salt).open(b.row.profileCipher, "subscriber.profile");
      return true;
    } catch {
      return false;
    }
  })();
  return !a.row.phoneIndex.equals(b.row.phoneIndex) && !opens;
}

describe("a seeded bug turns the proof of a promise false, which holds without it", () => {
  test("skip the refusal check: an import after a withdrawal leaves it withdrawn", async () => {
    expect(await leavesWithdrawn(sound)).toBe(true);
    const careless = await flawed((tx) => ({
      refusals: () => Promise.resolve([]),
      permissions: async (ids, at) =>
        (await tx.subscribers.permissions(ids, at)).filter((permission) => permission.granted),
    }));
    await expect(leavesWithdrawn(careless)).resolves.toBe(false);
  });

  test("drop the evidence check: evidence that does not exist refuses its row", async () => {
    expect(await refusesUnknownEvidence(sound)).toBe(true);
    const credulous = await flawed(() => ({
      evidence: (_, ids) => Promise.resolve(ids.map((id) => ({ id, sha256: "" }))),
    }));
    expect(await refusesUnknownEvidence(credulous)).toBe(false);
  });

  test("mix two customers' keys: two customers with one number share nothing", async () => {
    expect(await sharesNothing(sound)).toBe(true);
    const vault = createVault(randomBytes(32));
    const one = vault.newCustomerKey();
    const mixing = await flawed(() => ({}), {
      ...vault,
      customer: (_, __) => vault.customer("everyone", one),
    });
    expect(await sharesNothing(mixing)).toBe(false);
  });
});
