import { createHash, randomBytes, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { CampaignRow, MessageRow } from "../../src/guard/ports/campaign-records.ts";
import type { CustomerRow } from "../../src/guard/ports/customer-records.ts";
import type { IntentRow } from "../../src/guard/ports/hand-off-records.ts";
import type { ImportRow } from "../../src/guard/ports/import-records.ts";
import type { LedgerAppend } from "../../src/guard/ports/ledger-records.ts";
import type { PageRow } from "../../src/guard/ports/page-records.ts";
import type { ProcessorBody } from "../../src/guard/ports/processor-records.ts";
import type { ReviewRow } from "../../src/guard/ports/review-records.ts";
import type { Store } from "../../src/guard/ports/store.ts";
import type { PermissionRow, SubscriberRow } from "../../src/guard/ports/subscriber-records.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { openStore } from "../../src/postgres/postgres-store.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

export const migrationsDir = fileURLToPath(new URL("../../migrations", import.meta.url));

export type StoreFixture = {
  readonly store: Store;
  readonly url: string;
  readonly database: TestDatabase;
  close(): Promise<void>;
};

export async function openTestStore(poolMax = 10): Promise<StoreFixture> {
  const database = await createTestDatabase({
    name: "postgres_store",
    prepare: async (url) => void (await migrate(url, migrationsDir)),
  });
  const store = await openStore({ url: database.url, migrationsDir, poolMax });
  return {
    store,
    url: database.url,
    database,
    async close() {
      await store.close();
      await database.drop();
    },
  };
}

/** A fixed moment; minutes are added to it. */
export function moment(minutes = 0): Date {
  return new Date(Date.UTC(2026, 6, 1, 2, 0) + minutes * 60_000);
}

let counter = 0;
/** Rising, as the service's own ids are. */
export function nextId(): string {
  counter++;
  const tail = randomUUID().slice(-12);
  return `01980000-${Math.floor(counter / 65_536)
    .toString(16)
    .padStart(4, "0")}-7${(counter % 4_096).toString(16).padStart(3, "0")}-8${Math.floor(
    (counter % 65_536) / 4_096,
  )
    .toString(16)
    .padStart(3, "0")}-${tail}`;
}

export function customerRow(over: Partial<CustomerRow> = {}): CustomerRow {
  return {
    id: nextId(),
    name: "Quán Nhỏ",
    legalName: "Công ty TNHH Quán Nhỏ",
    country: "VN",
    taxCode: "0312345678",
    legalKey: "VN:0312345678",
    status: "active",
    isPlatform: false,
    keyWrapped: randomBytes(60),
    createdAt: moment(),
    ...over,
  };
}

export function subscriberRow(over: Partial<SubscriberRow> = {}): SubscriberRow {
  return {
    id: nextId(),
    phoneIndex: randomBytes(32),
    salt: randomBytes(32),
    profileCipher: randomBytes(80),
    known: true,
    country: "VN",
    adultAt: null,
    guardianConsented: false,
    restrictedAt: null,
    objectedAt: null,
    erasedAt: null,
    ...over,
  };
}

export function permissionRow(
  subscriberId: string,
  declarationId: string,
  over: Partial<PermissionRow> = {},
): PermissionRow {
  return {
    subscriberId,
    channel: "sms",
    purpose: "advertising",
    revision: 1,
    epoch: 1,
    granted: true,
    basis: "consent",
    declarationId,
    collectedAt: moment(-60),
    since: moment(),
    ...over,
  };
}

export const declarationBody = {
  basis: "consent",
  purposes: ["advertising"],
  channels: ["sms"],
  consent: {
    method: "web_form",
    collectedAt: "2026-07-01T01:00:00Z",
    noticeVersion: "2026-01",
    contentClass: "food offers",
    frequency: { max: 4, per: "month" },
    source: "shop.example/sign-up",
    evidence: [{ kind: "url", uri: "https://shop.example/form/81" }],
  },
};

export function declaration(body: object = declarationBody): { id: string; digest: Buffer; body: object } {
  return { id: nextId(), digest: createHash("sha256").update(JSON.stringify(body)).digest(), body };
}

export function campaignRow(customerId: string, over: Partial<CampaignRow> = {}): CampaignRow {
  return {
    id: nextId(),
    customerId,
    name: "Tháng bảy",
    channel: "sms",
    purpose: "advertising",
    processorId: "sandbox-sms",
    sender: "QUANNHO",
    bodyCipher: randomBytes(40),
    recipients: { all: true },
    mode: "live",
    status: "sending",
    sendAt: null,
    policyDigest: "sha-256:policy",
    decision: { verdict: "allow" },
    createdAt: moment(),
    stoppedAt: null,
    ...over,
  };
}

export function messageRow(
  campaign: CampaignRow,
  position: number,
  over: Partial<MessageRow> = {},
): MessageRow {
  return {
    id: nextId(),
    customerId: campaign.customerId,
    campaignId: campaign.id,
    position,
    subscriberId: null,
    correlationId: `c-${position}`,
    phoneMasked: "+84 90 *** ** 21",
    channel: campaign.channel,
    processorId: campaign.processorId,
    step: 0,
    verdict: "allow",
    code: null,
    rule: null,
    decidedBy: "machine",
    canBeOverruled: false,
    notBefore: null,
    state: "waiting",
    receipt: null,
    approvedEpoch: 1,
    batchId: null,
    dataCipher: null,
    attempts: 0,
    ...over,
  };
}

export function intentRow(message: MessageRow, over: Partial<IntentRow> = {}): IntentRow {
  const id = nextId();
  return {
    id,
    customerId: message.customerId,
    messageId: message.id,
    campaignId: message.campaignId,
    subscriberId: message.subscriberId ?? nextId(),
    processorId: message.processorId,
    channel: message.channel,
    purpose: "advertising",
    sender: "QUANNHO",
    tag: null,
    epoch: 1,
    holder: nextId(),
    providerKey: `key-${id}`,
    state: "open",
    openedAt: moment(),
    providerReference: null,
    ...over,
  };
}

export function ledgerAppend(customerId: string, over: Partial<LedgerAppend> = {}): LedgerAppend {
  return {
    kind: "hand_off",
    customerId,
    subscriberId: null,
    processorId: "sandbox-sms",
    campaignId: null,
    recordedAt: moment(),
    opening: randomBytes(32),
    bodyCipher: randomBytes(200),
    leaf: randomBytes(32),
    ...over,
  };
}

export function importRow(customerId: string, over: Partial<ImportRow> = {}): ImportRow {
  return {
    id: nextId(),
    customerId,
    status: "running",
    failureCode: null,
    declaration: declarationBody,
    mapping: { "Số điện thoại": "phone" },
    fileSha256: randomBytes(32),
    headerCipher: null,
    bytesRead: 0,
    bytesTotal: 1_000,
    rowsDone: 0,
    counts: {},
    reasons: {},
    cancelRequested: false,
    startedAt: moment(),
    finishedAt: null,
    ...over,
  };
}

export function reviewRow(customerId: string, over: Partial<ReviewRow> = {}): ReviewRow {
  return {
    id: nextId(),
    customerId,
    kind: "campaign",
    subjectId: nextId(),
    code: "sensitive_content",
    decidedBy: "machine",
    canBeOverruled: true,
    reasons: [],
    findings: [],
    openedAt: moment(),
    status: "open",
    ...over,
  };
}

export function pageRow(customerId: string, over: Partial<PageRow> = {}): PageRow {
  return {
    id: nextId(),
    customerId,
    pageId: "summer",
    url: "https://shop.example/summer",
    processorId: "sandbox-pages",
    advertiser: "Quán Nhỏ",
    purposes: ["advertising", "survey"],
    digest: "sha-256:page",
    html: Buffer.from("<p>Khuyến mãi</p>"),
    notice: { text: "Tôi đồng ý" },
    findings: [],
    mode: "live",
    state: "waiting",
    holder: null,
    batchId: nextId(),
    attempts: 0,
    createdAt: moment(),
    ...over,
  };
}

export const processorBody: ProcessorBody = {
  name: "Sandbox SMS",
  legalName: "Sandbox",
  country: "VN",
  channel: "sms",
  connector: { kind: "esms" },
  contract: { reference: "HD-1", validFrom: "2026-01-01T00:00:00Z", validUntil: "2027-01-01T00:00:00Z" },
  purposes: ["advertising"],
  fields: ["phone", "text"],
  subprocessors: [],
  transferDossier: null,
};

/** A promise and what resolves it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Resolves when a connection of this database waits for a lock that another one holds. */
export async function someoneWaits(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      if (rows.length > 0) return;
    }
  } finally {
    await client.end();
  }
}

/** Runs the write in a transaction that then fails. */
export async function failing(
  store: Store,
  customer: string,
  write: (tx: Parameters<Parameters<Store["transaction"]>[1]>[0]) => Promise<unknown>,
): Promise<void> {
  const fault = new Error("fails after the write");
  const outcome = await store
    .transaction(customer, async (tx) => {
      await write(tx);
      throw fault;
    })
    .catch((err: unknown) => err);
  if (outcome !== fault) throw outcome;
}
