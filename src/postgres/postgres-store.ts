import type { Store, Tx } from "../guard/ports/store.ts";
import { campaignRecords } from "./campaign-records.ts";
import { customerRecords } from "./customer-records.ts";
import { doNotCallRecords } from "./do-not-call-records.ts";
import { erasureRecords } from "./erasure-records.ts";
import { handOffRecords } from "./hand-off-records.ts";
import { idempotencyRecords } from "./idempotency-records.ts";
import { importRecords } from "./import-records.ts";
import { keyRecords } from "./key-records.ts";
import { leadWith } from "./lead.ts";
import { ledgerRecords } from "./ledger-records.ts";
import { createListener } from "./listener.ts";
import { migrate } from "./migrate.ts";
import { outboxRecords } from "./outbox-records.ts";
import { overviewRecords } from "./overview-records.ts";
import { pageRecords } from "./page-records.ts";
import { processorRecords } from "./processor-records.ts";
import { retentionRecords } from "./retention-records.ts";
import { reviewRecords } from "./review-records.ts";
import { type Database, openDatabase, type Sql } from "./sql.ts";
import { staffRecords } from "./staff-records.ts";
import { subscriberRecords } from "./subscriber-records.ts";
import { postgresTokens } from "./token-store.ts";
import { treeRecords } from "./tree-records.ts";
import { webhookRecords } from "./webhook-records.ts";

export type StoreOptions = {
  readonly url: string;
  readonly migrationsDir: string;
  /** Connections for transactions; listening and each lead take one more. */
  readonly poolMax: number;
  /** A connection that nobody was using has broken; the next use opens another. */
  readonly onIdleError?: (err: unknown) => void;
};

const readyWithinMs = 2_000;

/** Migrates the database, then opens the store on it. Rejects if it is newer than this release, or altered. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { applicationRole } = await migrate(options.url, options.migrationsDir);
  const onError = options.onIdleError ?? (() => undefined);
  const database = openDatabase({
    url: options.url,
    applicationRole,
    poolMax: options.poolMax,
    onIdleError: onError,
  });
  const listener = createListener(options.url, onError);
  const closing = new AbortController();
  return {
    transaction: (customer, work) => database.transaction(customer, (sql) => work(recordsOf(sql))),
    lead: (name, work) => leadWith(options.url, name, closing.signal, work),
    listen: (channel, onNotify) => listener.listen(channel, onNotify),
    tokens: (sealer) => postgresTokens(database, sealer),
    isReady: () => isReady(database),
    async close() {
      closing.abort();
      await listener.close();
      await database.close();
    },
  };
}

function recordsOf(sql: Sql): Tx {
  return {
    customers: customerRecords(sql),
    processors: processorRecords(sql),
    doNotCall: doNotCallRecords(sql),
    subscribers: subscriberRecords(sql),
    campaigns: campaignRecords(sql),
    handOffs: handOffRecords(sql),
    outbox: outboxRecords(sql),
    erasure: erasureRecords(sql),
    ledger: ledgerRecords(sql),
    tree: treeRecords(sql),
    idempotency: idempotencyRecords(sql),
    reviews: reviewRecords(sql),
    imports: importRecords(sql),
    pages: pageRecords(sql),
    staff: staffRecords(sql),
    overview: overviewRecords(sql),
    webhooks: webhookRecords(sql),
    keys: keyRecords(sql),
    retention: retentionRecords(sql),
    async exclusive(name) {
      await sql("select pg_advisory_xact_lock(hashtextextended($1, 9107))", [name]);
    },
    async notify(channel, payload) {
      await sql("select pg_notify($1, $2)", [channel, payload]);
    },
  };
}

/** A standby, or a server out of reach, answers no. */
async function isReady(database: Database): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), readyWithinMs);
  });
  const writable = database
    .transaction("*", async (sql) => {
      const [row] = await sql<{ readOnly: string }>(
        `select current_setting('transaction_read_only') as "readOnly"`,
      );
      return row?.readOnly === "off";
    })
    .catch(() => false);
  try {
    return await Promise.race([writable, late]);
  } finally {
    clearTimeout(timer);
  }
}
