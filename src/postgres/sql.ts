import pg from "pg";
import { GuardError } from "../domain/guard-error.ts";

/** One statement in the transaction at hand. Always parameters, never values in the text. */
export type Sql = <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** A pool whose connections work as the application role, in the guard's schema. */
export type Database = {
  /** Customer id, or "*" for the service itself; row-level security holds to it. */
  transaction<T>(customer: string, work: (sql: Sql, client: pg.PoolClient) => Promise<T>): Promise<T>;
  readonly pool: pg.Pool;
  close(): Promise<void>;
};

/** As PostgreSQL and this service write them. */
export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const retriesMax = 4;
const statementLimitMs = 120_000;

const driversParserOf: (oid: number, format: "text" | "binary") => (value: string) => unknown =
  pg.types.getTypeParser;

/** As connections opened here are told to write it: `2026-11-25 10:00:00.123456+00`. */
const isMoment = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/;

/** The engine's own parser takes a fifth of the driver's time; what it cannot know (a year past 9999, infinity) is the driver's. */
function parseMoment(value: string, driversParser: (value: string) => unknown): unknown {
  if (!isMoment.test(value)) return driversParser(value);
  // A Date has milliseconds, the text may have microseconds.
  return new Date(`${value.slice(0, 10)}T${value.slice(11, Math.min(23, value.length - 3))}Z`);
}

/**
 * Reads bigint as bigint: ledger positions stay exact from the table to the proof. Reads a date as its midnight
 * in UTC; the driver would take the machine's zone, and a birthday must not depend on where the service runs.
 */
function typeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === 20) return (value) => BigInt(value);
  if (oid === 1082) return (value) => new Date(`${value}T00:00:00Z`);
  const driversParser = driversParserOf(oid, format ?? "text");
  return oid === 1184 ? (value) => parseMoment(value, driversParser) : driversParser;
}

export function openDatabase(options: {
  readonly url: string;
  readonly applicationRole: string | null;
  readonly poolMax: number;
  readonly onIdleError?: (err: unknown) => void;
}): Database {
  const role = options.applicationRole === null ? "" : ` -c role=${options.applicationRole}`;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolMax,
    connectionTimeoutMillis: 5_000,
    // Nothing waits for ever: the server ends a statement or an idle transaction, and the driver gives a server
    // up that has gone silent.
    query_timeout: statementLimitMs + 10_000,
    keepAlive: true,
    // Indexes are hot or on flash: at the default of 4 a merge of two thousand rows would read a whole table instead.
    options: `-c search_path=guard -c random_page_cost=1.1 -c timezone=UTC -c datestyle=ISO -c statement_timeout=${statementLimitMs} -c idle_in_transaction_session_timeout=${statementLimitMs}${role}`,
    types: { getTypeParser: typeParser },
  });
  // A connection that breaks while idle must not end the process; the next use gets another.
  pool.on("error", (err) => options.onIdleError?.(err));
  return {
    pool,
    close: () => pool.end(),
    async transaction(customer, work) {
      if (customer !== "*" && !uuidPattern.test(customer)) throw new Error("a transaction needs a customer");
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(pool, customer, work);
        } catch (err) {
          if (attempt < retriesMax && isConflict(err)) continue;
          throw translate(err);
        }
      }
    },
  };
}

async function once<T>(
  pool: pg.Pool,
  customer: string,
  work: (sql: Sql, client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener a connection reset between two statements would be an uncaught error.
  const onError = (err: Error): void => {
    broken = err;
  };
  client.on("error", onError);
  const sql: Sql = async <Row extends object>(text: string, values?: readonly unknown[]) =>
    (await client.query<Row>(text, values === undefined ? undefined : [...values])).rows;
  try {
    await client.query(`begin; set local guard.customer = '${customer}'`);
    const result = await work(sql, client);
    await client.query("commit");
    return result;
  } catch (err) {
    try {
      await client.query("rollback");
    } catch (rollbackErr) {
      broken ??= rollbackErr instanceof Error ? rollbackErr : new Error("rollback failed");
    }
    throw err;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

/** PostgreSQL's SQLSTATE, or the system's error code. */
export function sqlState(err: unknown): string {
  return err instanceof Error && "code" in err && typeof err.code === "string" ? err.code : "";
}

/** 40001 serialization_failure, 40P01 deadlock_detected: the same work may be tried again. */
function isConflict(err: unknown): boolean {
  return ["40001", "40P01"].includes(sqlState(err));
}

/** 23505 unique_violation, 22021 and 22P05: a text that PostgreSQL cannot hold (U+0000, a lone surrogate). */
function translate(err: unknown): unknown {
  const state = sqlState(err);
  if (state === "23505") return new GuardError("conflict", "another record is in its place", { cause: err });
  if (state === "22021" || state === "22P05") {
    return new GuardError("invalid_request", "a text that cannot be stored", { cause: err });
  }
  // An id from a URL or a body that is no UUID at all names nothing.
  if (state === "22P02" && err instanceof Error && err.message.includes("type uuid")) {
    return new GuardError("not_found", "an id that names nothing", { cause: err });
  }
  return unavailable(err, state)
    ? new GuardError("ledger_unavailable", "the store cannot record", { cause: err, retryAfterS: 2 })
    : err;
}

/** Nothing was recorded, or it cannot be known: the caller gets the one retriable answer. */
function unavailable(err: unknown, state: string): boolean {
  return (
    state.startsWith("08") ||
    state.startsWith("53") ||
    state.startsWith("57") ||
    ["25006", "25P03", "40001", "40P01", "55P03"].includes(state) ||
    /^E(CONNREFUSED|CONNRESET|PIPE|NOENT|TIMEDOUT|HOSTUNREACH|NOTFOUND|AI_AGAIN)$/.test(state) ||
    (err instanceof Error &&
      /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (was closed|has encountered a connection error)/i.test(
        err.message,
      ))
  );
}
