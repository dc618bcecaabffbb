import pg from "pg";

export type Listener = {
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
};

const pauseMaxMs = 5_000;

/** One connection for all channels, opened with the first of them and renewed when it breaks. */
export function createListener(url: string, onError: (err: unknown) => void): Listener {
  const subscriptions = new Map<string, Set<(payload: string) => void>>();
  const closing = new AbortController();
  let client: pg.Client | undefined;
  let opening: Promise<pg.Client> | undefined;

  const open = async (): Promise<pg.Client> => {
    const next = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5_000 });
    next.on("error", onError);
    next.on("notification", ({ channel, payload }) => deliver(channel, payload ?? ""));
    try {
      await next.connect();
      for (const channel of subscriptions.keys()) await next.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (err) {
      await next.end().catch(onError);
      throw err;
    }
    next.once("end", () => {
      if (client !== next) return;
      client = undefined;
      if (!closing.signal.aborted && subscriptions.size > 0) void renew();
    });
    return next;
  };
  const connected = (): Promise<pg.Client> => {
    if (client !== undefined) return Promise.resolve(client);
    opening ??= open()
      .then((next) => {
        client = next;
        return next;
      })
      .finally(() => {
        opening = undefined;
      });
    return opening;
  };
  const renew = async (): Promise<void> => {
    for (let pauseMs = 50; !closing.signal.aborted; pauseMs = Math.min(pauseMs * 2, pauseMaxMs)) {
      try {
        await connected();
        // What was said meanwhile is lost: every listener looks for itself.
        for (const channel of subscriptions.keys()) deliver(channel, "");
        return;
      } catch (err) {
        onError(err);
        await pause(pauseMs, closing.signal);
      }
    }
  };
  const deliver = (channel: string, payload: string): void => {
    for (const onNotify of subscriptions.get(channel) ?? []) onNotify(payload);
  };

  return {
    async listen(channel, onNotify) {
      if (closing.signal.aborted) throw new Error("the store is closed");
      const listeners = subscriptions.get(channel) ?? new Set();
      const entry = (payload: string): void => onNotify(payload);
      listeners.add(entry);
      subscriptions.set(channel, listeners);
      try {
        await (await connected()).query(`listen ${pg.escapeIdentifier(channel)}`);
      } catch (err) {
        leave(subscriptions, channel, entry);
        throw err;
      }
      return async () => {
        if (leave(subscriptions, channel, entry)) {
          await client?.query(`unlisten ${pg.escapeIdentifier(channel)}`).catch(onError);
        }
      };
    },
    async close() {
      closing.abort();
      subscriptions.clear();
      await opening?.catch(() => undefined);
      await client?.end().catch(onError);
    },
  };
}

/** True if it was the last listener of the channel. */
function leave(
  subscriptions: Map<string, Set<(payload: string) => void>>,
  channel: string,
  entry: (payload: string) => void,
): boolean {
  const listeners = subscriptions.get(channel);
  if (listeners === undefined || !listeners.delete(entry) || listeners.size > 0) return false;
  return subscriptions.delete(channel);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
