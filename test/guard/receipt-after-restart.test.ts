import { afterAll, beforeAll, expect, test } from "vitest";
import { createSmppReceipts } from "../../src/channels/smpp-receipts.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { actOnEvent } from "../../src/guard/receive.ts";
import { addContacts, loadList, openTestHouse, send, type TestHouse } from "../support/guard-world.ts";
import { query } from "../support/test-service.ts";

let house: TestHouse;
let used = 0;
beforeAll(async () => {
  house = await openTestHouse();
  await loadList(house.world, []);
});
afterAll(() => house.close());

/** A message that an SMSC took under that id, and what a process that knows nothing of it reads of a receipt. */
async function receiptFor(answeredId: string, receiptId: string, from: (phone: string) => string) {
  const phone = `+8490${String(6_000_000 + used++).padStart(7, "0")}`;
  const caller = await house.newCustomer();
  await addContacts(house, caller, [phone]);
  const { id } = await send(house, caller, [phone]);
  await house.work();
  await query(house.url, (client) =>
    client.query("update guard.intent set provider_reference = $2 where campaign_id = $1", [id, answeredId]),
  );
  const event = await createSmppReceipts({ answerWaitMs: 0 }).read({
    source: from(phone).replace("+", ""),
    destination: "SACHVIET",
    esmClass: 0x04,
    dataCoding: 0,
    message: Buffer.from(`id:${receiptId} sub:001 dlvrd:001 stat:DELIVRD err:000`),
    receiptedMessageId: undefined,
    messageState: undefined,
  });
  if (event === undefined) throw new Error("not read as a receipt");
  await actOnEvent(house.world, "p-sms", event);
  return deliveryOf(caller, id);
}

async function deliveryOf(caller: Caller, campaignId: string): Promise<string | null> {
  const page = await house.guard.campaignRecipients(caller, campaignId, {}, { limit: 1, cursor: null });
  return page.items[0]?.delivery ?? null;
}

test.each([
  ["in the same spelling", "b3f0c2aa", "b3f0c2aa"],
  ["in decimal where the answer was hexadecimal", "0012d687", "1234567"],
  ["in upper case", "00beef01", "00BEEF01"],
])("a receipt %s finds its message after a restart", async (_, answered, receipt) => {
  expect(await receiptFor(answered, receipt, (phone) => phone)).toBe("delivered");
});

test("a receipt for another number with the same id changes nothing", async () => {
  expect(await receiptFor("77aa77aa", "77aa77aa", () => "+84999111222")).toBe("handedOff");
});

test("a receipt is on record beside the hand-off's one outcome, not as another", async () => {
  await receiptFor("cc11dd22", "cc11dd22", (phone) => phone);
  const records = await query(house.url, async (client) => {
    const { rows } = await client.query<{ kind: string; count: number }>(
      `select kind, count(*)::int as count from guard.ledger_record
       where campaign_id = (select campaign_id from guard.intent where provider_reference = 'cc11dd22')
       group by kind order by kind`,
    );
    return rows;
  });
  expect(records).toEqual([
    { kind: "decision", count: 1 },
    { kind: "hand_off", count: 1 },
    { kind: "outcome", count: 1 },
    { kind: "receipt", count: 1 },
  ]);
});
