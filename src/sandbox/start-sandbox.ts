import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type CallRecords,
  createCallRecords,
  type ReceivedCall,
  type SandboxProvider,
} from "./call-records.ts";
import { createCallbackSender } from "./callback-sender.ts";
import { createEsmsSimulator } from "./esms-simulator.ts";
import { createInfobipSimulator } from "./infobip-simulator.ts";
import { createKannelSimulator } from "./kannel-simulator.ts";
import { createPagesSimulator } from "./pages-simulator.ts";
import type { CallbackAddresses, SandboxWorld, SimulatedAnswer, Simulator } from "./sandbox-world.ts";
import { createSmppSimulator } from "./smpp-simulator.ts";
import { createViberSimulator } from "./viber-simulator.ts";
import { createZnsSimulator } from "./zns-simulator.ts";

export type SandboxOptions = {
  readonly now: () => Date;
  /** Added to every answer; 0 if unset. */
  readonly latencyMs?: number;
  /** How long the "slow" number takes (3 s), and how late the "late" receipt comes (2 s). */
  readonly slowMs?: number;
  readonly lateMs?: number;
  readonly port?: number;
  readonly smppPort?: number;
  /** Where receipts and subscribers' messages go, by provider; can be given later by `callBackTo`. */
  readonly callbacks?: CallbackAddresses;
  /** How many received calls are kept; 100,000 if unset. */
  readonly recordsMax?: number;
  readonly onCall?: (call: ReceivedCall) => void;
};

export type SandboxUrls = Readonly<
  Record<"esms" | "zns" | "znsOauth" | "viber" | "infobip" | "kannel" | "pages", string>
>;

export type Sandbox = {
  /** Host and port of the SMSC that a processor of kind smpp must name. */
  readonly smpp: { readonly host: string; readonly port: number };
  /** What a processor's `url` must be to talk to each simulator. */
  readonly urls: SandboxUrls;
  readonly records: CallRecords;
  /** Told later than at the start: from then on every callback goes to that host, whatever address a request named. */
  callBackTo(addresses: CallbackAddresses): void;
  /** Answers the next call to a provider in place of its simulator; several are used up in order. */
  answerNext(provider: SandboxProvider, answer: SimulatedAnswer): void;
  stop(): Promise<void>;
};

/**
 * Simulators of the providers on 127.0.0.1, and nowhere else. Nothing here keeps the process alive and
 * nothing here calls an address beyond loopback.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const records = createCallRecords({
    recordsMax: options.recordsMax ?? 100_000,
    ...(options.onCall === undefined ? {} : { onCall: options.onCall }),
  });
  const sender = createCallbackSender();
  const callbacks: CallbackAddresses = { ...options.callbacks };
  const told: { origin: string | null } = { origin: null };
  const world: SandboxWorld = {
    now: options.now,
    record: (call) => records.add({ ...call, at: options.now() }),
    later: (afterMs, work) => sender.later(afterMs, work),
    callBack: (request) =>
      sender.send({
        ...request,
        url: told.origin === null ? request.url : atOrigin(request.url, told.origin),
      }),
    callbacks,
    slowMs: options.slowMs ?? 3_000,
    lateMs: options.lateMs ?? 2_000,
  };
  const scripted = new Map<string, SimulatedAnswer[]>();
  const zalo = createZnsSimulator(world);
  const simulators: Readonly<Record<string, Simulator>> = {
    esms: createEsmsSimulator(world),
    zns: zalo.api,
    "zns-oauth": zalo.oauth,
    viber: createViberSimulator(world),
    infobip: createInfobipSimulator(world),
    kannel: createKannelSimulator(world),
    pages: createPagesSimulator(world),
  };

  const server = createServer((req, res) => {
    void serve(req, res, simulators, scripted, options.latencyMs ?? 0, world);
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  server.unref();
  const smsc = createSmppSimulator(world);
  await new Promise<void>((resolve, reject) => {
    smsc.server.once("error", reject);
    smsc.server.listen(options.smppPort ?? 0, "127.0.0.1", resolve);
  });
  smsc.server.unref();
  const base = `http://127.0.0.1:${boundPort(server.address())}`;
  return {
    urls: {
      esms: `${base}/esms/`,
      zns: `${base}/zns/`,
      znsOauth: `${base}/zns-oauth/`,
      viber: `${base}/viber/`,
      infobip: `${base}/infobip/`,
      kannel: `${base}/kannel/`,
      pages: `${base}/pages/`,
    },
    smpp: { host: "127.0.0.1", port: boundPort(smsc.server.address()) },
    records,
    callBackTo(addresses) {
      Object.assign(callbacks, addresses);
      const [first] = Object.values(addresses);
      if (first !== undefined && URL.canParse(first.baseUrl)) told.origin = new URL(first.baseUrl).origin;
    },
    answerNext(provider, answer) {
      scripted.set(provider, [...(scripted.get(provider) ?? []), answer]);
    },
    async stop() {
      sender.stop();
      smsc.stop();
      await new Promise<void>((resolve) => smsc.server.close(() => resolve()));
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const bodyBytesMax = 8 * 1_048_576;

async function serve(
  req: IncomingMessage,
  res: ServerResponse,
  simulators: Readonly<Record<string, Simulator>>,
  scripted: Map<string, SimulatedAnswer[]>,
  latencyMs: number,
  world: SandboxWorld,
): Promise<void> {
  const body = await readBody(req);
  if (body === undefined) {
    req.socket.destroy();
    return;
  }
  const url = new URL(req.url ?? "/", "http://127.0.0.1");
  const [, provider = "", ...rest] = url.pathname.split("/");
  const simulator = Object.hasOwn(simulators, provider) ? simulators[provider] : undefined;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.headers))
    if (typeof value === "string") headers[name] = value;
  const answer: SimulatedAnswer = scripted.get(provider)?.shift() ??
    simulator?.({
      method: req.method ?? "GET",
      path: rest.join("/"),
      query: url.searchParams,
      headers,
      body,
    }) ?? { kind: "reply", status: 404, body: "no such simulator", contentType: "text/plain" };
  if (answer.kind === "reset") {
    req.socket.resetAndDestroy();
    return;
  }
  if (answer.kind === "never") return;
  const write = (): void => {
    if (res.destroyed) return;
    res.writeHead(answer.status, {
      "content-type": answer.contentType ?? "application/json",
      ...answer.headers,
    });
    res.end(answer.body);
  };
  const waitMs = latencyMs + (answer.afterMs ?? 0);
  if (waitMs === 0) write();
  else world.later(waitMs, write);
}

async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of req) {
      if (!Buffer.isBuffer(chunk)) return undefined;
      bytes += chunk.length;
      if (bytes > bodyBytesMax) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** An application that embeds the guard may listen elsewhere than PUBLIC_URL said when its requests were made. */
function atOrigin(url: string, origin: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return `${origin}${pathname}${search}`;
}

function boundPort(address: string | AddressInfo | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}
