import {
  createPostgresBackend,
  isPgPool,
  type PgPool,
  Queue,
  runMigrations,
  type Telemetry,
  Worker,
} from "bullmq";
import pg from "pg";
import { jobNames } from "../guard/ports/queue.ts";
import { QueueUnavailableError, within } from "./deadline.ts";
import type { JobStore } from "./store.ts";

// BullMQ takes this schema when it is given a pool.
const schema = "bullmq";

/** BullMQ's tables in a schema of their own, made when they are first needed. */
export function postgresStore(
  postgresUrl: string,
  telemetry: Telemetry | undefined,
  onError: (err: unknown) => void,
): JobStore {
  const told = telemetry === undefined ? {} : { telemetry };
  const producer = openPool(postgresUrl, 3, onError);
  let consumer: pg.Pool | undefined;
  let migrating: Promise<void> | undefined;

  const migrate = async () => {
    const client = await forBullmq(producer).connect();
    try {
      await runMigrations(client, schema);
    } finally {
      client.release();
    }
  };

  return {
    async ready(timeoutMs) {
      migrating ??= migrate();
      const attempt = migrating;
      // A failure is not remembered: the next call tries again.
      attempt.catch(() => {
        if (migrating === attempt) migrating = undefined;
      });
      try {
        await within(timeoutMs, "PostgreSQL", attempt);
        await within(timeoutMs, "PostgreSQL", producer.query("select 1"));
      } catch (err) {
        if (err instanceof QueueUnavailableError) throw err;
        throw new QueueUnavailableError("PostgreSQL cannot be reached or has no queue", { cause: err });
      }
    },
    openQueue: (name) =>
      new Queue(
        name,
        { connection: forBullmq(producer), streams: { events: { maxLen: 100 } }, ...told },
        createPostgresBackend,
      ),
    openWorker: (name, process, settings) => {
      // Every worker keeps one client to listen on for as long as it lives; the rest is for their queries.
      consumer ??= openPool(postgresUrl, jobNames.length + 4, onError);
      return new Worker(
        name,
        process,
        { ...settings, ...told, connection: forBullmq(consumer) },
        createPostgresBackend,
      );
    },
    async pending(names, ids) {
      const found = await producer.query<{ id: string }>(
        "select id from job where queue = any($1) and id = any($2) and state not in ('completed', 'failed')",
        [names, ids],
      );
      return found.rows.map((row) => row.id);
    },
    async close() {
      await Promise.all([producer.end(), consumer?.end()]);
    },
  };
}

/** BullMQ's own description of a pool and that of pg differ in overloads that nobody uses. */
function forBullmq(pool: unknown): PgPool {
  if (!isPgPool(pool)) throw new TypeError("Not a pool");
  return pool;
}

function openPool(connectionString: string, max: number, onError: (err: unknown) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    keepAlive: true,
    connectionTimeoutMillis: 3000,
    options: `-c search_path=${schema}`,
  });
  pool.on("error", onError);
  return pool;
}
