import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GuardError } from "../../src/domain/guard-error.ts";
import type { CampaignRow, MessageRow } from "../../src/guard/ports/campaign-records.ts";
import type { CustomerRow, KeyRow } from "../../src/guard/ports/customer-records.ts";
import type { IntentRow } from "../../src/guard/ports/hand-off-records.ts";
import type { ImportRow } from "../../src/guard/ports/import-records.ts";
import type { PageRow } from "../../src/guard/ports/page-records.ts";
import type { ReviewRow } from "../../src/guard/ports/review-records.ts";
import type { Tx } from "../../src/guard/ports/store.ts";
import type { RefusalRow, SubscriberRow, WithdrawalRow } from "../../src/guard/ports/subscriber-records.ts";
import type {
  WebhookDeliveryRow,
  WebhookEndpointRow,
  WebhookEventRow,
} from "../../src/guard/ports/webhook-records.ts";
import { sqlState } from "../../src/postgres/sql.ts";
import {
  campaignRow,
  customerRow,
  declaration,
  importRow,
  intentRow,
  ledgerAppend,
  messageRow,
  moment,
  nextId,
  openTestStore,
  pageRow,
  permissionRow,
  processorBody,
  reviewRow,
  type StoreFixture,
  subscriberRow,
} from "./store-fixture.ts";

/** One of everything that a customer can own. */
type Estate = {
  readonly customer: CustomerRow;
  readonly key: KeyRow;
  readonly sha256: Buffer;
  readonly subscriber: SubscriberRow;
  readonly declarationId: string;
  readonly refusal: RefusalRow;
  readonly withdrawal: WithdrawalRow;
  readonly evidenceId: string;
  readonly evidenceSha256: Buffer;
  readonly campaign: CampaignRow;
  readonly waiting: MessageRow;
  readonly reviewed: MessageRow;
  readonly lost: MessageRow;
  readonly open: IntentRow;
  readonly unknown: IntentRow;
  readonly outboxId: string;
  readonly review: ReviewRow;
  readonly import: ImportRow;
  readonly page: PageRow;
  readonly openPage: PageRow;
  readonly endpoint: WebhookEndpointRow;
  readonly event: WebhookEventRow;
  readonly delivery: WebhookDeliveryRow;
};

let fixture: StoreFixture;
let ours: Estate;
let theirs: Estate;
let theirIndex: bigint;
const snapshotId = nextId();
const listed = randomBytes(32);

beforeAll(async () => {
  fixture = await openTestStore();
  await fixture.store.transaction("*", async (tx) => {
    await tx.customers.insertPolicy({
      version: "1",
      text: "policy",
      digest: "d",
      material: true,
      publishedAt: moment(-100),
    });
    await tx.processors.put("sandbox-sms", processorBody, null, moment(-100));
    await tx.doNotCall.begin(snapshotId, moment(-100), moment(-100));
    await tx.doNotCall.add(snapshotId, [listed]);
    await tx.doNotCall.complete(snapshotId, moment(-100), moment(-10_000));
  });
  ours = await settleIn();
  theirs = await settleIn();
  await fixture.store.transaction("*", async (tx) => {
    const rows = await tx.tree.pending(100);
    await tx.tree.place(0n, rows);
    const record = (await tx.ledger.search(everything(theirs.customer.id)))[0];
    theirIndex = record?.index ?? -1n;
  });
  expect(theirIndex).toBeGreaterThanOrEqual(0n);
});
afterAll(() => fixture.close());

function everything(customerId: string | null) {
  return {
    customerId,
    subscriberIds: null,
    campaignId: null,
    processorId: null,
    kinds: ["hand_off"] as const,
    from: null,
    to: null,
    before: null,
    limit: 100,
  };
}

async function settleIn(): Promise<Estate> {
  const customer = customerRow();
  const subscriber = subscriberRow();
  const campaign = campaignRow(customer.id);
  const estate = {
    customer,
    subscriber,
    campaign,
    key: {
      id: nextId(),
      customerId: customer.id,
      scopes: ["contacts"],
      mode: "test",
      createdAt: moment(),
      expiresAt: null,
      revokedAt: null,
    } satisfies KeyRow,
    sha256: randomBytes(32),
    refusal: {
      id: nextId(),
      subscriberId: subscriber.id,
      channels: ["viber"],
      purposes: null,
      by: "subject",
      source: "call",
      receivedAt: moment(),
      recordedAt: moment(),
      textCipher: null,
      liftedAt: null,
    } satisfies RefusalRow,
    withdrawal: {
      id: nextId(),
      subscriberId: subscriber.id,
      channels: null,
      purposes: null,
      recordedAt: moment(),
      effectiveAt: null,
    },
    evidenceId: nextId(),
    evidenceSha256: randomBytes(32),
    waiting: messageRow(campaign, 0, { subscriberId: subscriber.id, batchId: nextId() }),
    reviewed: messageRow(campaign, 1, { state: "review", verdict: "review", canBeOverruled: true }),
    lost: messageRow(campaign, 2, { state: "unknown", subscriberId: subscriber.id }),
    outboxId: nextId(),
    review: reviewRow(customer.id),
    import: importRow(customer.id),
    page: pageRow(customer.id, { state: "review" }),
    openPage: pageRow(customer.id, { state: "open", holder: nextId() }),
    ...webhookRows(customer.id),
  };
  await fixture.store.transaction("*", (tx) => tx.customers.insert(customer));
  return fixture.store.transaction(customer.id, async (tx) => {
    await tx.customers.insertKey(estate.key, estate.sha256);
    await tx.customers.replaceSenders(customer.id, [{ channel: "sms", id: "QUANNHO" }], moment());
    await tx.customers.accept(customer.id, "1", "someone", moment());
    await tx.customers.putAgreement(customer.id, {
      category: "health",
      reference: "PL-01",
      validFrom: moment(),
      validUntil: null,
      recordedAt: moment(),
    });
    await tx.subscribers.addOrLock(customer.id, [subscriber], moment());
    const [declared] = await tx.subscribers.declare(customer.id, [declaration()], moment());
    const declarationId = declared?.id ?? "";
    await tx.subscribers.addPermissions(customer.id, [permissionRow(subscriber.id, declarationId)]);
    await tx.subscribers.addRefusal(customer.id, estate.refusal);
    await tx.subscribers.addWithdrawal(customer.id, estate.withdrawal);
    await tx.subscribers.seeNotice(customer.id, "2026-01", "digest", "text", moment());
    await tx.subscribers.addEvidence(
      customer.id,
      {
        id: estate.evidenceId,
        sha256: estate.evidenceSha256,
        bytes: 3,
        mediaType: "text/plain",
        contentCipher: randomBytes(30),
      },
      moment(),
    );
    await tx.campaigns.insert(campaign);
    await tx.campaigns.addMessages([estate.waiting, estate.reviewed, estate.lost]);
    const open = intentRow(estate.waiting, { providerReference: `ref-${customer.id}` });
    const unknown = intentRow(estate.lost, { purpose: "registration" });
    await tx.handOffs.insertIntents([open, unknown]);
    await tx.handOffs.closeIntents(
      [{ id: unknown.id, state: "unknown", action: "unknown", code: "timeout", providerReference: null }],
      moment(),
    );
    await tx.outbox.add(
      [
        {
          id: estate.outboxId,
          customerId: customer.id,
          name: "deliver",
          data: {},
          lane: "",
          dueAt: moment(),
        },
      ],
      moment(),
    );
    await tx.ledger.append([ledgerAppend(customer.id, { subscriberId: subscriber.id })]);
    await tx.idempotency.begin(customer.id, "key", Buffer.from("f"), nextId(), moment());
    await tx.reviews.open(estate.review);
    await tx.imports.insert(estate.import);
    await tx.imports.addChunk(estate.import.id, 0, Buffer.from("chunk"));
    await tx.imports.addErrors(estate.import.id, [
      { rowNumber: 1, code: "phone_missing", cellsCipher: Buffer.from("cells") },
    ]);
    await tx.imports.addContacts(estate.import.id, [subscriber.id]);
    await tx.pages.insert(estate.page);
    await tx.pages.insert(estate.openPage);
    await tx.webhooks.insertEndpoint(estate.endpoint);
    await tx.webhooks.addEvents([estate.event], [estate.delivery]);
    return { ...estate, declarationId, open, unknown };
  });
}

function webhookRows(customerId: string) {
  const endpoint: WebhookEndpointRow = {
    id: nextId(),
    customerId,
    url: "https://theirs.example/",
    events: ["consent.changed"],
    secretCipher: randomBytes(30),
    previousSecretCipher: null,
    previousUntil: null,
    status: "active",
    failingSince: null,
    createdAt: moment(),
  };
  const event: WebhookEventRow = {
    id: nextId(),
    customerId,
    type: "consent.changed",
    body: {},
    occurredAt: moment(),
  };
  const delivery: WebhookDeliveryRow = {
    id: nextId(),
    customerId,
    endpointId: endpoint.id,
    eventId: event.id,
    state: "pending",
    attempts: 0,
    lastCode: null,
    attemptedAt: null,
    nextAt: moment(),
    createdAt: moment(),
  };
  return { endpoint, event, delivery };
}

/** Every row of every table, but for those of one customer, as the server's owner sees it. */
async function contents(without: string): Promise<Record<string, string>> {
  const client = new pg.Client(fixture.url);
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "select relname as name from pg_class where relnamespace = 'guard'::regnamespace and relkind = 'r' order by 1",
    );
    const found: Record<string, string> = {};
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ line: string }>(
        `select t::text as line from guard.${name} t where t::text not like $1 order by 1`,
        [`%${without}%`],
      );
      found[name] = rows.map((row) => row.line).join("\n");
    }
    return found;
  } finally {
    await client.end();
  }
}

/** By row-level security, by the port's own check, or because the record to place is not there for us. */
function isRefusal(err: unknown): boolean {
  return (
    sqlState(err) === "42501" ||
    (err instanceof GuardError && ["conflict", "not_found"].includes(err.code)) ||
    (err instanceof Error && err.message.includes("not waiting"))
  );
}

/** Every method of every port, aimed at what another customer owns. The answer that sees nothing, or "refused". */
type Attack = readonly [name: string, act: (tx: Tx) => Promise<unknown>, sees: unknown];
const refused = Symbol("refused");
const aim = (): readonly Attack[] => {
  const b = theirs;
  const id = b.customer.id;
  const change = { id: b.open.id, state: "sent", action: "ok", code: "0", providerReference: null } as const;
  const decision = { id: nextId(), release: true, reason: "x", decidedBy: "y", decidedAt: moment() };
  const progress = { bytesRead: 1, bytesTotal: 1, rowsDone: 1, counts: {}, reasons: {} };
  return [
    ["customers.insert", (tx) => tx.customers.insert(customerRow()), refused],
    ["customers.get", (tx) => tx.customers.get(id), null],
    ["customers.siblings", (tx) => tx.customers.siblings(ours.customer.id, b.customer.legalKey), []],
    ["handOffs.lockPersons", (tx) => tx.handOffs.lockPersons([b.subscriber.id]), undefined],
    ["erasure.erase", (tx) => tx.erasure.erase(id, b.subscriber.id, Buffer.from("gone"), moment()), []],
    ["erasure.suppress", (tx) => tx.erasure.suppress(id, Buffer.from("number"), moment(), 3), refused],
    ["erasure.suppression", (tx) => tx.erasure.suppression(id, Buffer.from("number")), null],
    ["erasure.unfinished", (tx) => tx.erasure.unfinished(9), []],
    ["erasure.since", (tx) => tx.erasure.since(new Date(0), 9), []],
    ["erasure.among", (tx) => tx.erasure.among(id, [b.subscriber.id]), []],
    ["erasure.suppressed", (tx) => tx.erasure.suppressed(id, [Buffer.from("number")]), new Map()],
    ["erasure.hasSuppressed", (tx) => tx.erasure.hasSuppressed(id), false],
    ["erasure.lift", (tx) => tx.erasure.lift(id, [Buffer.from("number")]), undefined],
    [
      "customers.list",
      async (tx) => (await tx.customers.list(9, null)).map((row) => row.id),
      [ours.customer.id],
    ],
    ["customers.setStatus", (tx) => tx.customers.setStatus(id, "closed", moment()), undefined],
    ["customers.senders", (tx) => tx.customers.senders(id, moment(1)), []],
    ["customers.replaceSenders", (tx) => tx.customers.replaceSenders(id, [], moment()), undefined],
    [
      "customers.replaceSenders",
      (tx) => tx.customers.replaceSenders(id, [{ channel: "sms", id: "X" }], moment()),
      refused,
    ],
    [
      "customers.insertKey",
      (tx) => tx.customers.insertKey({ ...b.key, id: nextId() }, randomBytes(32)),
      refused,
    ],
    ["customers.agreements", (tx) => tx.customers.agreements(id, moment(1)), []],
    [
      "customers.putAgreement",
      (tx) =>
        tx.customers.putAgreement(id, {
          category: "religion",
          reference: "X",
          validFrom: moment(),
          validUntil: null,
          recordedAt: moment(),
        }),
      refused,
    ],
    ["customers.endAgreement", (tx) => tx.customers.endAgreement(id, "health", moment(1)), false],
    ["customers.keyBySha256", (tx) => tx.customers.keyBySha256(b.sha256), null],
    ["customers.revokeKey", (tx) => tx.customers.revokeKey(id, b.key.id, moment()), false],
    ["customers.platformKeys", (tx) => tx.customers.platformKeys(moment()), []],
    ["customers.revokePlatformKey", (tx) => tx.customers.revokePlatformKey(b.key.id, moment()), undefined],
    ["customers.hasPlatformKey", (tx) => tx.customers.hasPlatformKey(), false],
    [
      "customers.insertPolicy",
      (tx) =>
        tx.customers.insertPolicy({
          version: "2",
          text: "",
          digest: "",
          material: true,
          publishedAt: moment(),
        }),
      refused,
    ],
    ["customers.policies", async (tx) => (await tx.customers.policies(moment())).length, 1],
    ["customers.accept", (tx) => tx.customers.accept(id, "1", "x", moment()), refused],
    ["customers.acceptances", (tx) => tx.customers.acceptances(id, moment(1)), []],

    ["processors.get", async (tx) => (await tx.processors.get("sandbox-sms", moment()))?.version, 1],
    ["processors.list", async (tx) => (await tx.processors.list(moment())).length, 1],
    ["processors.history", async (tx) => (await tx.processors.history("sandbox-sms")).length, 1],
    ["processors.put", (tx) => tx.processors.put("sandbox-sms", processorBody, null, moment()), refused],

    ["doNotCall.snapshot", async (tx) => (await tx.doNotCall.snapshot(moment()))?.id, snapshotId],
    ["doNotCall.begin", (tx) => tx.doNotCall.begin(nextId(), moment(), moment()), refused],
    ["doNotCall.add", (tx) => tx.doNotCall.add(snapshotId, [randomBytes(32)]), refused],
    ["doNotCall.complete", (tx) => tx.doNotCall.complete(snapshotId, moment(), moment()), 1],
    ["doNotCall.listed", async (tx) => (await tx.doNotCall.listed(snapshotId, [listed])).size, 1],

    ["subscribers.byIndexes", (tx) => tx.subscribers.byIndexes(id, [b.subscriber.phoneIndex]), []],
    ["subscribers.byIds", (tx) => tx.subscribers.byIds(id, [b.subscriber.id]), []],
    ["subscribers.lock", (tx) => tx.subscribers.lock(id, [b.subscriber.id], "exclusive"), []],
    ["subscribers.addOrLock", (tx) => tx.subscribers.addOrLock(id, [subscriberRow()], moment()), refused],
    ["subscribers.known", (tx) => tx.subscribers.known(id, [b.subscriber.phoneIndex], false), []],
    ["subscribers.addNew", (tx) => tx.subscribers.addNew(id, [subscriberRow()], moment()), refused],
    [
      "subscribers.meet",
      (tx) =>
        tx.subscribers.meet(id, null, {
          phoneIndexes: b.subscriber.phoneIndex.subarray(0, 16),
          digests: randomBytes(16),
          declarationIds: [b.declarationId],
          collectedAts: Float64Array.of(Number.NaN),
          channels: ["sms"],
          purposes: ["advertising"],
        }),
      { settled: [], open: [] },
    ],
    [
      "subscribers.addFresh",
      (tx) =>
        tx.subscribers.addFresh(
          id,
          null,
          {
            ids: randomBytes(16),
            phoneIndexes: randomBytes(16),
            digests: randomBytes(16),
            salts: randomBytes(16),
            ciphers: randomBytes(40),
            cipherEnds: Uint32Array.of(40),
            countries: [null],
            adultAts: [null],
            guardianConsented: [false],
          },
          moment(),
        ),
      refused,
    ],
    [
      "subscribers.grantFirst",
      (tx) =>
        tx.subscribers.grantFirst(
          ours.customer.id,
          {
            subscriberIds: Buffer.from(b.subscriber.id.replaceAll("-", ""), "hex"),
            declarationIds: [b.declarationId],
            collectedAts: Float64Array.of(Number.NaN),
            basis: "consent",
            channels: ["zns"],
            purposes: ["survey"],
          },
          moment(),
        ),
      refused,
    ],
    [
      "subscribers.update",
      (tx) => tx.subscribers.update(id, [{ ...b.subscriber, salt: null }], moment()),
      undefined,
    ],
    ["subscribers.page", (tx) => tx.subscribers.page(id, null, 9), []],
    ["subscribers.pageOfImport", (tx) => tx.subscribers.pageOfImport(id, b.import.id, null, 9), []],
    [
      "subscribers.declare",
      (tx) => tx.subscribers.declare(id, [declaration({ basis: "contract" })], moment()),
      refused,
    ],
    ["subscribers.permissions", (tx) => tx.subscribers.permissions([b.subscriber.id], moment(1)), []],
    ["subscribers.history", (tx) => tx.subscribers.history(b.subscriber.id), []],
    [
      "subscribers.addPermissions",
      (tx) =>
        tx.subscribers.addPermissions(ours.customer.id, [
          permissionRow(b.subscriber.id, b.declarationId, { revision: 2, epoch: 2, granted: false }),
        ]),
      refused,
    ],
    ["subscribers.refusals", (tx) => tx.subscribers.refusals([b.subscriber.id], moment(1)), []],
    [
      "subscribers.addRefusal",
      (tx) => tx.subscribers.addRefusal(id, { ...b.refusal, id: nextId() }),
      refused,
    ],
    ["subscribers.liftRefusals", (tx) => tx.subscribers.liftRefusals([b.refusal.id], moment()), undefined],
    [
      "subscribers.addWithdrawal",
      (tx) => tx.subscribers.addWithdrawal(id, { ...b.withdrawal, id: nextId() }),
      refused,
    ],
    ["subscribers.withdrawal", (tx) => tx.subscribers.withdrawal(id, b.withdrawal.id), null],
    [
      "subscribers.pendingWithdrawals",
      async (tx) => (await tx.subscribers.pendingWithdrawals(9)).map((row) => row.customerId),
      [ours.customer.id],
    ],
    ["subscribers.setEffective", (tx) => tx.subscribers.setEffective(b.withdrawal.id, moment()), undefined],
    ["subscribers.seeNotice", (tx) => tx.subscribers.seeNotice(id, "9", "", "", moment()), refused],
    [
      "subscribers.citedNotice",
      (tx) => tx.subscribers.citedNotice(id, "2026-01", "digest"),
      { digest: null, issuedAt: null },
    ],
    ["subscribers.notices", (tx) => tx.subscribers.notices(id), []],
    ["subscribers.evidence", (tx) => tx.subscribers.evidence(id, [b.evidenceId]), []],
    ["subscribers.evidenceBySha256", (tx) => tx.subscribers.evidenceBySha256(id, b.evidenceSha256), null],
    [
      "subscribers.addEvidence",
      (tx) =>
        tx.subscribers.addEvidence(
          id,
          {
            id: nextId(),
            sha256: randomBytes(32),
            bytes: 1,
            mediaType: "text/plain",
            contentCipher: randomBytes(9),
          },
          moment(),
        ),
      refused,
    ],

    ["campaigns.insert", (tx) => tx.campaigns.insert(campaignRow(id)), refused],
    ["campaigns.get", (tx) => tx.campaigns.get(id, b.campaign.id), null],
    ["campaigns.lock", (tx) => tx.campaigns.lock(id, b.campaign.id), null],
    ["campaigns.saveProgress", (tx) => tx.campaigns.saveProgress(b.campaign.id, {}, {}), undefined],
    ["campaigns.repeatUnknown", (tx) => tx.campaigns.repeatUnknown(b.lost.id, nextId(), moment(), 9), false],
    ["campaigns.list", (tx) => tx.campaigns.list(id, 9, null), []],
    ["campaigns.update", (tx) => tx.campaigns.update(b.campaign.id, { status: "cancelled" }), undefined],
    ["campaigns.stop", (tx) => tx.campaigns.stop(id, b.campaign.id, moment()), false],
    ["campaigns.stopped", (tx) => tx.campaigns.stopped([b.campaign.id]), new Set()],
    [
      "campaigns.delivery",
      (tx) => tx.campaigns.delivery(b.campaign.id),
      { queued: 0, handedOff: 0, delivered: 0, failed: 0, suppressed: 0, unknown: 0 },
    ],
    ["campaigns.completeIfDone", (tx) => tx.campaigns.completeIfDone([b.campaign.id], moment()), undefined],
    [
      "campaigns.addMessages",
      (tx) => tx.campaigns.addMessages([messageRow(b.campaign, 7, { customerId: ours.customer.id })]),
      refused,
    ],
    ["campaigns.takeBatch", (tx) => tx.campaigns.takeBatch(b.waiting.batchId ?? ""), []],
    ["campaigns.recipients", (tx) => tx.campaigns.recipients(b.campaign.id, {}, null, 9), []],
    [
      "campaigns.setMessages",
      (tx) => tx.campaigns.setMessages([{ id: b.waiting.id, state: "failed" }]),
      undefined,
    ],
    ["campaigns.cancelMessages", (tx) => tx.campaigns.cancelMessages(b.campaign.id), undefined],
    [
      "campaigns.releaseReview",
      (tx) => tx.campaigns.releaseReview(b.campaign.id, new Map([[b.reviewed.id, nextId()]])),
      undefined,
    ],
    ["campaigns.inReview", (tx) => tx.campaigns.inReview(b.campaign.id), []],
    ["campaigns.setReceipt", (tx) => tx.campaigns.setReceipt(b.waiting.id, "delivered"), false],

    [
      "handOffs.insertIntents",
      (tx) => tx.handOffs.insertIntents([intentRow(b.reviewed, { customerId: ours.customer.id })]),
      refused,
    ],
    ["handOffs.closeIntents", (tx) => tx.handOffs.closeIntents([change], moment()), new Set()],
    ["handOffs.openOfHolder", (tx) => tx.handOffs.openOfHolder(b.open.holder), []],
    ["handOffs.anyOpen", (tx) => tx.handOffs.anyOpen(b.subscriber.id, null, null), false],
    ["handOffs.anyOpenOfCampaign", (tx) => tx.handOffs.anyOpenOfCampaign(b.campaign.id), false],
    ["handOffs.recent", (tx) => tx.handOffs.recent([b.subscriber.id], moment(-9), moment(9)), new Map()],
    [
      "handOffs.registrationsSent",
      (tx) => tx.handOffs.registrationsSent([b.subscriber.id], moment(9)),
      new Map(),
    ],
    [
      "handOffs.byReference",
      (tx) =>
        tx.handOffs.byReference("sandbox-sms", {
          providerKey: b.open.providerKey,
          providerReference: `ref-${id}`,
        }),
      null,
    ],
    ["handOffs.last", (tx) => tx.handOffs.last(b.subscriber.id, 9), []],
    [
      "handOffs.unknownToLookUp",
      async (tx) => (await tx.handOffs.unknownToLookUp(9)).map((row) => row.id),
      [ours.unknown.id],
    ],
    [
      "handOffs.registerHolder",
      (tx) =>
        tx.handOffs.registerHolder(
          { id: nextId(), host: "h", bootId: "b", pid: 1, pidStarted: "1" },
          moment(),
        ),
      refused,
    ],
    ["handOffs.endHolder", (tx) => tx.handOffs.endHolder(b.open.holder, moment()), undefined],
    ["handOffs.holdersWithOpen", (tx) => tx.handOffs.holdersWithOpen(nextId()), []],

    [
      "outbox.add",
      (tx) =>
        tx.outbox.add(
          [{ id: nextId(), customerId: id, name: "deliver", data: {}, lane: "", dueAt: moment() }],
          moment(),
        ),
      refused,
    ],
    [
      "outbox.takeUntold",
      async (tx) => (await tx.outbox.takeUntold(9, moment())).map((row) => row.id),
      [ours.outboxId],
    ],
    ["outbox.undone", (tx) => tx.outbox.undone(moment(9), moment(9), 9, ours.outboxId), []],
    ["outbox.markTold", (tx) => tx.outbox.markTold([b.outboxId], moment()), undefined],
    ["outbox.done", (tx) => tx.outbox.done([b.outboxId], moment()), undefined],

    ["ledger.append", (tx) => tx.ledger.append([ledgerAppend(id)]), refused],
    [
      "ledger.search",
      async (tx) => (await tx.ledger.search(everything(null))).map((row) => row.customerId),
      [ours.customer.id],
    ],
    [
      "ledger.search",
      (tx) => tx.ledger.search({ ...everything(null), subscriberIds: [b.subscriber.id] }),
      [],
    ],
    ["ledger.byIndex", (tx) => tx.ledger.byIndex(theirIndex), null],
    ["ledger.countOf", (tx) => tx.ledger.countOf(b.subscriber.id), 0],
    ["ledger.eraseSubscriber", (tx) => tx.ledger.eraseSubscriber(b.subscriber.id), 0],

    ["tree.pending", (tx) => tx.tree.pending(9), []],
    ["tree.pendingCount", (tx) => tx.tree.pendingCount(), 0],
    ["tree.pendingSince", (tx) => tx.tree.pendingSince(), null],
    ["tree.size", (tx) => tx.tree.size(), 2n],
    ["tree.leaves", async (tx) => (await tx.tree.leaves(0n, 9)).length, 2],
    // The leaves are public; what they commit to is not.
    [
      "tree.storedLeaves",
      async (tx) => (await tx.tree.storedLeaves(0n, 9)).map(({ record }) => record?.customerId ?? null),
      [ours.customer.id, null],
    ],
    [
      "tree.addCheck",
      (tx) =>
        tx.tree.addCheck({
          id: nextId(),
          startedAt: moment(),
          finishedAt: moment(),
          ok: true,
          size: null,
          findings: [],
        }),
      refused,
    ],
    ["tree.lastCheck", (tx) => tx.tree.lastCheck(), null],
    ["tree.tile", (tx) => tx.tree.tile(0, 0n), null],
    ["tree.checkpoint", (tx) => tx.tree.checkpoint(), null],
    ["tree.place", (tx) => tx.tree.place(2n, [{ recordId: 99n, leaf: randomBytes(32) }]), refused],
    [
      "tree.putTiles",
      (tx) => tx.tree.putTiles([{ level: 0, n: 0n, width: 1, data: randomBytes(32) }]),
      refused,
    ],
    [
      "tree.putCheckpoint",
      (tx) => tx.tree.putCheckpoint({ size: 1n, root: randomBytes(32), note: "" }, moment()),
      refused,
    ],

    [
      "idempotency.begin",
      (tx) => tx.idempotency.begin(id, "key", Buffer.from("f"), nextId(), moment(120)),
      refused,
    ],
    [
      "idempotency.complete",
      (tx) => tx.idempotency.complete(id, "key", nextId(), { status: 200, responseCipher: randomBytes(9) }),
      false,
    ],
    ["idempotency.abandon", (tx) => tx.idempotency.abandon(id, "key", nextId()), undefined],
    ["idempotency.purge", (tx) => tx.idempotency.purge(moment(10_000), 9), 1],

    ["reviews.open", (tx) => tx.reviews.open(reviewRow(id)), refused],
    ["reviews.get", (tx) => tx.reviews.get(id, b.review.id), null],
    [
      "reviews.list",
      async (tx) =>
        (await tx.reviews.list({ customerId: null, status: null }, 9, null)).map((row) => row.customerId),
      [ours.customer.id],
    ],
    ["reviews.ofSubject", (tx) => tx.reviews.ofSubject(id, b.review.subjectId), null],
    ["reviews.addEvidence", (tx) => tx.reviews.addEvidence(id, b.review.id, nextId(), [{}], moment()), false],
    ["reviews.decide", (tx) => tx.reviews.decide(id, b.review.id, decision), "not_found"],

    ["imports.insert", (tx) => tx.imports.insert(importRow(id)), refused],
    ["imports.get", (tx) => tx.imports.get(id, b.import.id), null],
    ["imports.list", (tx) => tx.imports.list(id, 9, null), []],
    ["imports.ofFile", (tx) => tx.imports.ofFile(id, b.import.fileSha256 ?? randomBytes(1)), null],
    ["imports.uploaded", (tx) => tx.imports.uploaded(b.import.id, randomBytes(32), 9), false],
    ["imports.setHeader", (tx) => tx.imports.setHeader(b.import.id, randomBytes(9)), undefined],
    ["imports.advance", (tx) => tx.imports.advance(b.import.id, 0, progress), false],
    ["imports.beginAttempt", (tx) => tx.imports.beginAttempt(b.import.id), 0],
    ["imports.forgiveAttempt", (tx) => tx.imports.forgiveAttempt(b.import.id), undefined],
    ["imports.finish", (tx) => tx.imports.finish(b.import.id, "failed", "x", moment()), false],
    ["imports.requestCancel", (tx) => tx.imports.requestCancel(id, b.import.id), false],
    [
      "imports.unfinished",
      async (tx) => (await tx.imports.unfinished(9, null)).map((row) => row.id),
      [ours.import.id],
    ],
    ["imports.addChunk", (tx) => tx.imports.addChunk(b.import.id, 1, randomBytes(9)), refused],
    ["imports.chunk", (tx) => tx.imports.chunk(b.import.id, 0), null],
    [
      "imports.addErrors",
      (tx) =>
        tx.imports.addErrors(b.import.id, [
          { rowNumber: 2, code: "phone_missing", cellsCipher: randomBytes(9) },
        ]),
      undefined,
    ],
    ["imports.errors", (tx) => tx.imports.errors(id, b.import.id, null, 9), []],
    [
      "imports.addContacts",
      (tx) => tx.imports.addContacts(b.import.id, [ours.subscriber.id]),
      [ours.subscriber.id],
    ],

    ["pages.insert", (tx) => tx.pages.insert(pageRow(id)), refused],
    ["pages.get", (tx) => tx.pages.get(id, b.page.id), null],
    ["pages.list", (tx) => tx.pages.list(id, null, 9, null), []],
    ["pages.takeBatch", (tx) => tx.pages.takeBatch(b.page.batchId ?? ""), []],
    ["pages.open", (tx) => tx.pages.open([b.page.id], nextId()), new Set()],
    ["pages.close", (tx) => tx.pages.close([{ id: b.openPage.id, state: "failed" }], moment()), new Set()],
    ["pages.requeue", (tx) => tx.pages.requeue(b.page.id, "review", nextId()), false],
    ["pages.refuse", (tx) => tx.pages.refuse(b.page.id, moment()), false],
    ["pages.openOfHolder", (tx) => tx.pages.openOfHolder(b.openPage.holder ?? ""), []],

    ["webhooks.insertEndpoint", (tx) => tx.webhooks.insertEndpoint(webhookRows(id).endpoint), refused],
    ["webhooks.endpoint", (tx) => tx.webhooks.endpoint(id, b.endpoint.id), null],
    ["webhooks.endpoints", (tx) => tx.webhooks.endpoints(id, 9, null), []],
    [
      "webhooks.updateEndpoint",
      (tx) => tx.webhooks.updateEndpoint({ ...b.endpoint, url: "https://ours.example/" }),
      undefined,
    ],
    ["webhooks.deleteEndpoint", (tx) => tx.webhooks.deleteEndpoint(id, b.endpoint.id), false],
    [
      "webhooks.listening",
      async (tx) => (await tx.webhooks.listening(null, ["consent.changed"])).map((row) => row.customerId),
      [ours.customer.id],
    ],
    [
      "webhooks.addEvents",
      (tx) => tx.webhooks.addEvents([{ ...b.event, id: nextId() }], [{ ...b.delivery, id: nextId() }]),
      refused,
    ],
    ["webhooks.anyEventSince", (tx) => tx.webhooks.anyEventSince("integrity.failed", moment(-1)), false],
    ["webhooks.event", (tx) => tx.webhooks.event(id, b.event.id), null],
    ["webhooks.delivery", (tx) => tx.webhooks.delivery(id, b.delivery.id), null],
    ["webhooks.deliveries", (tx) => tx.webhooks.deliveries(b.endpoint.id, null, 9, null), []],
    [
      "webhooks.updateDelivery",
      (tx) => tx.webhooks.updateDelivery({ ...b.delivery, state: "failed" }),
      undefined,
    ],
  ];
};

describe("one customer's transaction against another customer's records", () => {
  test("every port method sees nothing of theirs and changes nothing that is not its own", async () => {
    const before = await contents(ours.customer.id);
    const attacks = aim();
    for (const [name, act, sees] of attacks) {
      const answer = await fixture.store.transaction(ours.customer.id, act).catch((err: unknown) => {
        if (isRefusal(err)) return refused;
        throw err;
      });
      expect(answer, name).toEqual(sees);
    }
    expect(await contents(ours.customer.id)).toEqual(before);
  });

  test("no method of any port is left out above", async () => {
    const methods = await fixture.store.transaction("*", (tx) =>
      Promise.resolve(
        Object.entries(tx).flatMap(([port, records]) =>
          typeof records === "function" || platformPorts.has(port)
            ? []
            : Object.keys(records).map((method) => `${port}.${method}`),
        ),
      ),
    );
    expect([...new Set(aim().map(([name]) => name))].sort()).toEqual(methods.sort());
  });
});

/** The console's own: they hold or add up what belongs to the platform, and only "*" transactions reach them. */
const platformPorts: ReadonlySet<string> = new Set(["staff", "overview", "keys", "retention"]);

describe("the console's tables", () => {
  test("show nothing to a customer's transaction", async () => {
    const client = new pg.Client({
      connectionString: fixture.url,
      options: `-c role=guard_app -c search_path=guard -c guard.customer=${ours.customer.id}`,
    });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'guard' and (tablename like 'staff%' or tablename like 'sign_in%')",
      );
      expect(rows.length).toBeGreaterThan(1);
      // Asked of the policies themselves: an empty table would show nothing to anybody.
      const policies = await client.query<{ table: string; qual: string }>(
        `select tablename as "table", qual from pg_policies where schemaname = 'guard' and tablename like 'staff%'`,
      );
      for (const { name } of rows) {
        const own = policies.rows.filter((policy) => policy.table === name);
        expect(own.length, name).toBe(1);
        expect(own[0]?.qual, name).toMatch(/current_setting\('guard\.customer'.*= '\*'/s);
      }
    } finally {
      await client.end();
    }
  });
});

describe("the role that the service works as", () => {
  test("cannot pass row-level security, and owns no table", async () => {
    const client = new pg.Client({ connectionString: fixture.url, options: "-c role=guard_app" });
    await client.connect();
    try {
      const { rows } = await client.query(
        `select rolsuper, rolbypassrls, (select count(*)::int from pg_class where relowner = r.oid) as owns
         from pg_roles r where rolname = current_user`,
      );
      expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, owns: 0 }]);
    } finally {
      await client.end();
    }
  });

  test("every table but the list of migrations has row-level security enabled and forced", async () => {
    const client = new pg.Client(fixture.url);
    await client.connect();
    try {
      const { rows } = await client.query(
        `select relname from pg_class where relnamespace = 'guard'::regnamespace and relkind = 'r'
           and not (relrowsecurity and relforcerowsecurity)`,
      );
      expect(rows).toEqual([{ relname: "migration" }]);
    } finally {
      await client.end();
    }
  });

  test("a transaction that names no customer sees no customer's rows", async () => {
    const client = new pg.Client({
      connectionString: fixture.url,
      options: "-c role=guard_app -c search_path=guard",
    });
    await client.connect();
    try {
      const { rows } = await client.query(
        "select (select count(*) from subscriber) + (select count(*) from intent) as n",
      );
      expect(rows).toEqual([{ n: "0" }]);
    } finally {
      await client.end();
    }
  });
});
