import { randomBytes } from "node:crypto";
import { test } from "vitest";
import * as f from "/work/main/test/postgres/store-fixture.ts";
test("speed", async () => {
  const fx = await f.openTestStore(4);
  const c = f.customerRow(); const at = c.id;
  await fx.store.transaction("*", (tx) => tx.customers.insert(c));
  const camp = f.campaignRow(at);
  const n = 5000;
  const out: Record<string, number[]> = {};
  const time = async <T>(name: string, w: (tx: any) => Promise<T>): Promise<T> => { const t = performance.now(); const r = await fx.store.transaction(at, w); (out[name] ??= []).push(Math.round(performance.now() - t)); return r; };
  await fx.store.transaction(at, (tx) => tx.campaigns.insert(camp));
  const [d] = await fx.store.transaction(at, (tx) => tx.subscribers.declare(at, [f.declaration()], f.moment()));
  for (let r = 0; r < 6; r++) {
    const subs = Array.from({ length: n }, () => f.subscriberRow());
    await time("addOrLock new", (tx) => tx.subscribers.addOrLock(at, subs, f.moment()));
    await time("addOrLock known", (tx) => tx.subscribers.addOrLock(at, subs, f.moment()));
    await time("update", (tx) => tx.subscribers.update(at, subs, f.moment()));
    await time("addPermissions", (tx) => tx.subscribers.addPermissions(at, subs.map((s) => f.permissionRow(s.id, d!.id))));
    const msgs = subs.map((s, i) => f.messageRow(camp, r * n + i, { subscriberId: s.id, batchId: f.nextId(), dataCipher: randomBytes(60) }));
    await time("addMessages", (tx) => tx.campaigns.addMessages(msgs));
    const ints = msgs.map((m) => f.intentRow(m));
    await time("insertIntents", (tx) => tx.handOffs.insertIntents(ints));
    await time("append", (tx) => tx.ledger.append(subs.map((s) => f.ledgerAppend(at, { subscriberId: s.id, campaignId: camp.id }))));
    await time("closeIntents", (tx) => tx.handOffs.closeIntents(ints.map((i) => ({ id: i.id, state: "sent", action: "ok", code: "0", providerReference: `r${i.id}` })), f.moment()));
    await time("setMessages", (tx) => tx.campaigns.setMessages(msgs.map((m) => ({ id: m.id, state: "handed_off", attempted: true }))));
    const ids = subs.map((s) => s.id);
    await time("permissions", (tx) => tx.subscribers.permissions(ids, f.moment(9)));
    await time("refusals", (tx) => tx.subscribers.refusals(ids, f.moment(9)));
    await time("recent", (tx) => tx.handOffs.recent(ids, f.moment(-9), f.moment(9)));
    await time("byIndexes", (tx) => tx.subscribers.byIndexes(at, subs.map((s) => s.phoneIndex)));
    await time("lock", (tx) => tx.subscribers.lock(at, ids, "share"));
  }
  for (const [k, v] of Object.entries(out)) console.log(k.padEnd(16), v.join(" "), "ms per", n);
  await fx.close();
}, 300000);
