import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CampaignRequest } from "../../src/domain/contract.gen.ts";
import { GuardError } from "../../src/domain/guard-error.ts";
import type { Purpose } from "../../src/domain/vocabulary.ts";
import { recordContext, type SharingRecord } from "../../src/guard/append-record.ts";
import { guardOf } from "../../src/guard/create-guard.ts";
import { openCustomer } from "../../src/guard/customer-access.ts";
import type { Caller } from "../../src/guard/guard.ts";
import { deliverBatch } from "../../src/guard/hand-off.ts";
import type { World } from "../../src/guard/world.ts";
import { caseFiles, type DecisionCase, questionOf } from "../rules/case-file.ts";
import { consentFor, morning, openTestHouse, type TestHouse } from "../support/guard-world.ts";
import { query } from "../support/test-service.ts";

/**
 * Every case file again, through the whole house: the facts are the case's, all else (submission, messages, review,
 * outbox, ledger, permit, connector, provider) is real. What is decided must be what is stored, recorded and done.
 */
let house: TestHouse;
let used = 0;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house.close());

type SendChannel = "sms" | "zns" | "viber";
const isSendCase = (item: DecisionCase): boolean => item.given[0] !== "page";

/** The same world, whose engine is asked the question of the case, whatever was gathered. */
function worldOfCase(item: DecisionCase): World {
  const { engine } = house.world;
  const { campaign, recipient } = questionOf(item);
  const prepared = engine.prepare(campaign);
  return {
    ...house.world,
    engine: {
      ...engine,
      prepare: () => ({ ...prepared, decide: () => prepared.decide(recipient) }),
    },
  };
}

function requestOf(channel: SendChannel, purpose: Purpose, phone: string): CampaignRequest {
  const common = {
    name: "case",
    purpose,
    processor: `p-${channel}`,
    recipients: { list: [{ phone }] },
  };
  switch (channel) {
    case "sms":
      return { ...common, channel, sender: "SACHVIET", content: { text: "Sach Viet: don hang 8841" } };
    case "zns":
      return {
        ...common,
        channel,
        sender: "oa-100",
        content: { templateId: "8079", tag: 1, templateText: "Don hang <code>", data: { code: "8841" } },
      };
    case "viber":
      return { ...common, channel, sender: "svc-7", content: { text: "Sach Viet: don hang 8841" } };
  }
}

type Stored = {
  readonly messages: readonly Record<string, unknown>[];
  readonly jobs: readonly { readonly id: string; readonly batchId: string; readonly due_at: Date }[];
  readonly reviews: readonly Record<string, unknown>[];
  readonly records: readonly SharingRecord[];
};

/** What is on record of one customer, who did nothing else. */
async function storedOf(caller: Caller): Promise<Stored> {
  const customerId = caller.customerId ?? "";
  const [messages, jobs, reviews, sealed] = await query(house.url, async (client) => {
    const rowsOf = async (sql: string) => (await client.query(sql, [customerId])).rows;
    return [
      await rowsOf(
        `select verdict, code, rule, decided_by, can_be_overruled, state, not_before, batch_id
           from guard.message where customer_id = $1`,
      ),
      await rowsOf(
        `select id, data->>'batchId' as "batchId", due_at from guard.outbox
          where customer_id = $1 and name = 'deliver'`,
      ),
      await rowsOf("select code, decided_by, status from guard.review where customer_id = $1"),
      await rowsOf(
        `select kind, subscriber_id, body_cipher from guard.ledger_record
          where customer_id = $1 and kind in ('decision', 'hand_off') order by id`,
      ),
    ] as const;
  });
  const records = await house.world.store.transaction(customerId, async (tx) => {
    const { vault } = await openCustomer(house.world, tx, customerId);
    return Promise.all(
      sealed.map(async (row) => {
        const subscriber =
          row.subscriber_id === null
            ? null
            : (await tx.subscribers.byIds(customerId, [row.subscriber_id]))[0];
        const opener = subscriber?.salt ? vault.subscriber(subscriber.salt) : vault;
        return JSON.parse(opener.open(row.body_cipher, recordContext).toString()) as SharingRecord;
      }),
    );
  });
  return { messages, jobs, reviews, records };
}

async function decide(item: DecisionCase) {
  const [channel, purpose] = item.given;
  const { campaign } = questionOf(item);
  house.clock.set(morning);
  const caller = await house.newCustomer();
  const phone = `+8490${String(4_000_000 + used++).padStart(7, "0")}`;
  await house.guard.recordContacts(caller, {
    declaration: consentFor([channel as SendChannel], [purpose]),
    contacts: [{ phone }],
  });
  // Some cases of the hours only name a moment of sending; nobody submits after it.
  const now = new Date(Math.min(campaign.sendMoment.getTime(), campaign.now.getTime()));
  house.clock.set(now);
  const world = worldOfCase(item);
  const answer = await guardOf(world)
    .submitCampaign(caller, requestOf(channel as SendChannel, purpose, phone))
    .then(
      (created) => ({ created, refusal: null }),
      (err: unknown) => {
        if (err instanceof GuardError) return { created: null, refusal: err };
        throw err;
      },
    );
  return { caller, world, answer, stored: await storedOf(caller), now };
}

describe.each(caseFiles())("$file", ({ cases }) => {
  test.each(cases.filter(isSendCase))("$name", async (item) => {
    const { caller, world, answer, stored, now } = await decide(item);
    const { verdict, code, rule, decidedBy, canBeOverruled, notBefore } = item.expect;

    const reasons = code === null ? [] : [{ code, verdict, count: 1 }];
    const counts = { allow: 0, hold: 0, review: 0, deny: 0, [verdict]: 1 };
    expect(stored.records).toMatchObject([
      {
        kind: "decision",
        outcome: verdict,
        note: JSON.stringify({ counts, reasons }),
        policyDigest: world.policyDigest,
        channel: item.given[0],
        purpose: item.given[1],
      },
    ]);

    if (verdict === "deny") {
      expect(answer.refusal).toMatchObject({ code: "campaign_denied", extensions: { reasons } });
      expect({ ...stored, records: [] }).toEqual({ messages: [], jobs: [], reviews: [], records: [] });
      return;
    }
    expect(stored.messages).toMatchObject([
      {
        verdict,
        code,
        ...(rule === undefined ? {} : { rule }),
        ...(decidedBy === undefined ? {} : { decided_by: decidedBy }),
        ...(canBeOverruled === undefined ? {} : { can_be_overruled: canBeOverruled }),
      },
    ]);
    const [message] = stored.messages;
    if (verdict === "review") {
      expect(answer.refusal).toMatchObject({ code: "review_needed", extensions: { reasons } });
      expect(message).toMatchObject({ state: "review", batch_id: null });
      expect(stored.jobs).toEqual([]);
      expect(stored.reviews).toMatchObject([{ code, status: "open" }]);
      return;
    }
    // What may go, now or later, has one job that names it and nothing else does.
    expect(stored.jobs).toMatchObject([{ batchId: message?.["batch_id"] }]);
    expect(stored.reviews).toEqual([]);
    const dueAt = verdict === "hold" ? new Date(notBefore ?? Number.NaN) : now;
    expect(stored.jobs[0]?.due_at).toEqual(dueAt);
    expect(message?.["state"]).toBe(dueAt > now ? "held" : "waiting");
    expect(answer.created?.status).toBe(dueAt > now ? "held" : "sending");
    const calls = house.sandbox.records.calls().length;

    await deliverBatch(world, caller.customerId ?? "", stored.jobs[0]?.batchId ?? "");
    const after = await storedOf(caller);
    // At the hand-off the same facts give the same answer: what is allowed goes, what is held does not.
    const goes = verdict === "allow" ? 1 : 0;
    expect(house.sandbox.records.calls().length - calls).toBe(goes);
    expect(after.records.filter(({ kind }) => kind === "hand_off")).toHaveLength(goes);
  });
});
