import pg from "pg";

const heartbeatMs = 2_000;
const answerWithinMs = 5_000;

/**
 * Runs `work` under a session-level advisory lock on a connection of its own: the lock lives exactly as long as the
 * connection. A heartbeat notices a connection that has died without a word. Resolves false if another holds it.
 */
export async function leadWith(
  url: string,
  name: string,
  closing: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    keepAlive: true,
    connectionTimeoutMillis: answerWithinMs,
    query_timeout: answerWithinMs,
  });
  const lost = new AbortController();
  client.on("error", (err) => lost.abort(err));
  client.on("end", () => lost.abort());
  await client.connect();
  let heartbeat: NodeJS.Timeout | undefined;
  try {
    const { rows } = await client.query<{ held: boolean }>(
      "select pg_try_advisory_lock(hashtextextended('lead ' || $1, 0)) as held",
      [name],
    );
    if (rows[0]?.held !== true) return false;
    heartbeat = setInterval(() => {
      client.query("select 1").catch((err: unknown) => lost.abort(err));
    }, heartbeatMs);
    heartbeat.unref();
    await work(AbortSignal.any([lost.signal, closing]));
    return true;
  } finally {
    clearInterval(heartbeat);
    await client.end().catch(() => undefined);
  }
}
