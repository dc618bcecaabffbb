import { afterAll, beforeAll, expect, it } from "vitest";
import type { Caller } from "../../src/guard/guard.ts";
import { retain } from "../../src/guard/retain.ts";
import { addContacts, dayMs, openTestHouse, send, type TestHouse } from "../support/guard-world.ts";
import { query } from "../support/test-service.ts";
import { startReceiver } from "../webhooks/receiver.ts";

let house: TestHouse;
let caller: Caller;
beforeAll(async () => {
  house = await openTestHouse();
  caller = { ...(await house.newCustomer()), scopes: ["contacts", "consents", "campaigns", "ledger"] };
}, 120_000);
afterAll(() => house.close());

const count = (table: string, where = "true"): Promise<number> =>
  query(house.url, async (client) =>
    Number((await client.query(`select count(*) as n from ${table} where ${where}`)).rows[0].n),
  );
const retainAll = async (): Promise<void> => {
  while ((await retain(house.world, { decisionDays: 365 })) > 0);
  // The last round marks the campaign whose rows are gone.
  await retain(house.world, { decisionDays: 365 });
};

it("forgets decisions, recipients' data and told events in time, and nothing that proves or protects", async () => {
  const receiver = await startReceiver();
  await house.guard.createWebhookEndpoint(caller, { url: receiver.url, events: ["sharing.recorded"] });
  const [kept = "", gone = ""] = ["0903000001", "0903000002"];
  await addContacts(house, caller, [kept]);
  await send(house, caller, [kept, gone], {
    content: { text: "[QC] Sach Viet: chao {{name}}, giam 30%. Tu choi: soan TC gui 8079" },
    recipients: { list: [{ phone: kept, data: { name: "An" } }, { phone: gone }] },
  });
  await house.work();
  await house.guard.withdraw(caller, { phone: kept, source: "hotline" });
  await house.work();
  await receiver.close();
  expect(await count("message")).toBe(2);
  expect(await count("message", "data_cipher is not null")).toBe(1);
  expect(await count("webhook_event")).toBeGreaterThan(0);
  const proof = await Promise.all(
    ["ledger_record", "ledger_pending", "intent", "refusal", "permission"].map((t) => count(t)),
  );

  house.clock.advance(29 * dayMs);
  await retainAll();
  expect(await count("message")).toBe(2);
  expect(await count("webhook_event")).toBeGreaterThan(0);

  house.clock.advance(2 * dayMs);
  await retainAll();
  expect(await count("webhook_event")).toBe(0);
  expect(await count("webhook_delivery")).toBe(0);
  expect(await count("message")).toBe(2);

  house.clock.advance(365 * dayMs);
  await retainAll();
  expect(await count("message")).toBe(1);
  expect(await count("message", "data_cipher is not null")).toBe(0);
  expect(await count("campaign", "pruned_at is not null")).toBe(1);
  expect(
    await Promise.all(
      ["ledger_record", "ledger_pending", "intent", "refusal", "permission"].map((t) => count(t)),
    ),
  ).toEqual(proof);
}, 60_000);

it("keeps what is still to be delivered, however old", async () => {
  const receiver = await startReceiver();
  receiver.answerWith((_req, res) => void res.writeHead(500).end());
  await house.guard.createWebhookEndpoint(caller, { url: receiver.url, events: ["consent.changed"] });
  await house.guard.withdraw(caller, { phone: "0903000009", source: "hotline" });
  house.clock.advance(40 * dayMs);
  await retainAll();
  expect(await count("webhook_delivery", "state = 'pending'")).toBe(1);
  await receiver.close();
});
