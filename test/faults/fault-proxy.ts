import { connect, createServer, type Socket } from "node:net";

/** The connection breaks before the provider sees the request, or before its answer arrives. */
export const resets = ["reset_request", "reset_answer"] as const;
/** A black hole: the request, or the answer, is never seen again, and nobody is told. */
export const swallows = ["swallow_request", "swallow_answer"] as const;
export type NetworkFault = (typeof resets)[number] | (typeof swallows)[number];

export type FaultProxy = {
  readonly port: number;
  /** Happens to the next request or answer that comes by; resolves when it has, false if none came in time. */
  strike(fault: NetworkFault, withinMs: number): Promise<boolean>;
  stop(): Promise<void>;
};

/** So many calls succeed between two faults: a circuit breaker that is open leaves all messages queued. */
const answersBetween = 6;

/** Stands between the workers and a provider, and breaks single connections when it is told to. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  let waiting: { readonly fault: NetworkFault; readonly struck: () => void } | null = null;
  let answersSince = 0;
  const open = new Set<Socket>();
  const take = (...faults: readonly NetworkFault[]): NetworkFault | null => {
    if (waiting === null || answersSince < answersBetween || !faults.includes(waiting.fault)) return null;
    answersSince = 0;
    const { fault, struck } = waiting;
    waiting = null;
    struck();
    return fault;
  };
  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    let dead = false;
    for (const socket of [client, target]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    const strikeWith = (fault: NetworkFault | null): boolean => {
      if (fault === null) return dead;
      dead = true;
      // A black hole keeps the connection and says nothing any more.
      if (fault === "reset_request" || fault === "reset_answer") client.resetAndDestroy();
      return true;
    };
    client.on("data", (chunk: Buffer) => {
      if (!dead && !strikeWith(take("reset_request", "swallow_request"))) target.write(chunk);
    });
    target.on("data", (chunk: Buffer) => {
      if (dead || strikeWith(take("reset_answer", "swallow_answer"))) return;
      answersSince += 1;
      client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    strike: (fault, withinMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting = null;
          resolve(false);
        }, withinMs);
        waiting = {
          fault,
          struck: () => {
            clearTimeout(timer);
            resolve(true);
          },
        };
      }),
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
