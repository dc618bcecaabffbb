// A worker process that does to itself what the harness has armed, at exactly the point that was named.
import http from "node:http";
import { syncBuiltinESMExports } from "node:module";
import type { ArmedFault, FaultPoint } from "./fault-points.ts";

let armed: ArmedFault = null;
process.on("message", (message) => {
  armed = message as ArmedFault;
});

function reach(point: FaultPoint): void {
  if (armed?.point !== point) return;
  const { signal } = armed;
  armed = null;
  process.kill(process.pid, signal);
}

// Before anything takes its own reference to it: the moments of a request on the wire.
const request = http.request.bind(http);
const traced = (...args: Parameters<typeof http.request>): http.ClientRequest => {
  reach("before_write");
  const req = request(...args);
  req.once("finish", () => reach("written"));
  req.once("response", (res: http.IncomingMessage) => res.once("end", () => reach("response_read")));
  return req;
};
Object.assign(http, { request: traced });
syncBuiltinESMExports();

const { openHouse } = await import("../../src/compose.ts");
const { readConfig } = await import("../../src/config.ts");
const { startWorkers } = await import("../../src/workers/start-workers.ts");
const { sweepOutbox } = await import("../../src/guard/relay-outbox.ts");
const { createBullmqQueue } = await import("../../src/queue/bullmq-queue.ts");
type World = Awaited<ReturnType<typeof openHouse>>["world"];

function watched(world: World): World {
  const { connectors, store } = world;
  return {
    ...world,
    connectors: {
      ...connectors,
      of(processor) {
        const connector = connectors.of(processor);
        return {
          ...connector,
          handOff(batch, report) {
            reach("permit_committed");
            return connector.handOff(batch, report);
          },
        };
      },
    },
    store: {
      ...store,
      transaction: (customer, work) =>
        store.transaction(customer, (tx) =>
          work({
            ...tx,
            handOffs: {
              ...tx.handOffs,
              closeIntents(closures, now) {
                reach("before_outcome");
                return tx.handOffs.closeIntents(closures, now);
              },
            },
          }),
        ),
    },
  };
}

const silent = (): void => undefined;
const tell = (fields: Readonly<Record<string, unknown>>, text: string): void => {
  if (process.env["FAULT_TRACE"] !== undefined) process.stderr.write(`${text} ${String(fields["err"])}\n`);
};
const log = { debug: silent, info: silent, warn: tell, error: tell };
const config = readConfig({ ...process.env, ROLE: "api" });
const house = await openHouse(config, log, { sharingLog: () => Promise.resolve(new Uint8Array(0)) });
const consumers = createBullmqQueue({ redisUrl: config.redisUrl ?? "", prefix: "{guard}" });
await startWorkers(watched(house.world), consumers.consume);
// The service waits half a minute before it takes a job for lost; here queues are emptied more often than that.
const sweepAgain = async (): Promise<void> => {
  await sweepOutbox(house.world, { lostAfterMs: 1_500 }).catch(() => undefined);
  setTimeout(() => void sweepAgain(), 700);
};
void sweepAgain();
process.send?.("ready");
// Without the harness there is nothing left to do.
process.on("disconnect", () => process.exit(0));
