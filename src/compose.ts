import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileAnchor } from "./anchor/file-anchor.ts";
import { fileErasureList } from "./anchor/file-erasure-list.ts";
import { connectorFaults, createConnector } from "./channels/create-connector.ts";
import type { Config } from "./config.ts";
import { createScanner } from "./content/scan.ts";
import { guardOf } from "./guard/create-guard.ts";
import type { Guard } from "./guard/guard.ts";
import type { Connector, InboundEvent } from "./guard/ports/connector.ts";
import type { ProcessorRow } from "./guard/ports/processor-records.ts";
import { preparePlatform, type SandboxProcessor } from "./guard/prepare-platform.ts";
import { connectorSettings } from "./guard/processors.ts";
import { actOnEvent } from "./guard/receive.ts";
import { replayErasures } from "./guard/replay-erasures.ts";
import type { Clock, ConnectorPool, Logger, Reports, World } from "./guard/world.ts";
import { apiKeyRandomBytes, createApiKey } from "./http/api-key.ts";
import type { Instruments } from "./instruments.ts";
import { formatSignerKey, generateSignerKey, parseSignerKey, type SignerKey } from "./ledger/note-key.ts";
import { measuredConnectors } from "./measured-connectors.ts";
import { openVault } from "./open-vault.ts";
import { packageRoot } from "./package-root.ts";
import { startEmbeddedPostgres } from "./postgres/embedded.ts";
import { openStore } from "./postgres/postgres-store.ts";
import { createBullmqQueue } from "./queue/bullmq-queue.ts";
import { createEngine } from "./rules/engine.ts";
import { canonicalPolicy } from "./rules/policy-digest.ts";
import { sandboxConnectors } from "./sandbox/sandbox-connectors.ts";
import type { CallbackAddresses } from "./sandbox/sandbox-world.ts";
import { type Sandbox, startSandbox } from "./sandbox/start-sandbox.ts";
import { createTableReader } from "./tabular/table-reader.ts";
import { systemEntropy } from "./vault/system-entropy.ts";
import { createWebhookSender } from "./webhooks/webhook-sender.ts";
import { startWorkers, type Workers } from "./workers/start-workers.ts";

export { packageRoot } from "./package-root.ts";

export type House = {
  readonly world: World;
  readonly guard: Guard;
  readonly sandbox: Sandbox | null;
  /** Shown once, at the first start on an empty store. */
  readonly newAdminKey: string | null;
  /** Tells the simulators where the API listens, so that receipts and subscribers' words come back. */
  callBackTo(address: string): void;
  /** Runs when the house is closed, before what was opened earlier. */
  onClose(work: () => void): void;
  /** No new hand-off begins, running ones end and are recorded, then everything is closed. */
  close(): Promise<void>;
};

type ReceiveEvents = (processorId: string, events: readonly InboundEvent[]) => Promise<void>;

const sha256 = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();

/** The only place where adapters meet the guard. */
export async function openHouse(
  config: Config,
  log: Logger,
  reports: Reports,
  instruments: Instruments | null = null,
): Promise<House> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.reverse()) await closer();
  };
  const tracing = instruments?.tracing ?? null;
  // Opened first, closed last: what the house does while it ends is told too.
  if (tracing !== null) closers.push(() => tracing.close());
  try {
    const clock = createClock(config.sandboxClock);
    mkdirSync(config.dataDir, { recursive: true });
    const url = config.databaseUrl ?? (await startStore(config, log, closers));
    const store = await openStore({
      url,
      migrationsDir: join(packageRoot, "migrations"),
      poolMax: 20,
      onIdleError: (err) => log.warn({ err }, "a database connection broke"),
    });
    closers.push(() => store.close());
    const bullmq = createBullmqQueue({
      ...(config.redisUrl === null ? { postgresUrl: url } : { redisUrl: config.redisUrl }),
      prefix: "{guard}",
      ...(tracing === null ? {} : { telemetry: tracing.queue }),
      onError: (err) => log.warn({ err }, "the queue cannot be reached"),
    });
    closers.push(() => bullmq.queue.close());

    const vault = await openVault(
      config.encryptionKey ?? keptSecret(config.dataDir, "encryption.key", () => randomBytes(32)),
      config.previousEncryptionKeys,
      store,
    );
    const signer = config.ledgerKey ?? keptSigner(config);
    const sandbox = config.sandbox ? await startSandbox({ now: () => clock.now() }) : null;
    if (sandbox !== null) closers.push(() => sandbox.stop());
    const engine = createEngine();
    const scanner = createScanner();
    const entropy = systemEntropy();
    // Connectors that hold a connection of their own take events from it; the guard that acts on them comes later.
    let take: ReceiveEvents = () => Promise.reject(new Error("the house is not open yet"));
    const pool = connectorPool({
      config,
      vault,
      store,
      clock,
      sandbox,
      closers,
      receive: (processorId, events) => take(processorId, events),
    });
    const draft: Omit<World, "platformId"> = {
      store,
      queue: bullmq.queue,
      vault,
      entropy,
      clock,
      engine,
      scanner,
      connectors: instruments === null ? pool : measuredConnectors(pool, instruments.providerCall),
      webhooks: createWebhookSender({ loopback: config.sandbox }),
      log,
      reports,
      tables: createTableReader({ spoolDir: join(config.dataDir, "spool") }),
      ledger: {
        signer,
        origin: config.ledgerOrigin,
        anchor: fileAnchor(join(config.dataDir, "ledger.checkpoint")),
      },
      erasures: fileErasureList(join(config.dataDir, "erasures.list")),
      holderId: entropy.id(clock.now()),
      policyDigest: `sha-256:${sha256(`${canonicalPolicy(engine.policyData)}\n${scanner.digest}`).toString("hex")}`,
      publicUrl: config.publicUrl,
      newApiKey: (mode) => createApiKey(mode, entropy.bytes(apiKeyRandomBytes)),
      sha256,
      ...(instruments === null ? {} : { observer: instruments.observer }),
    };
    const platform = await preparePlatform(draft, {
      adminApiKey: config.adminApiKey,
      policy: { version: "1.0", text: readFileSync(join(packageRoot, "data/policy/1.0.txt"), "utf8") },
      sandbox: sandbox === null ? [] : sandboxProcessors(sandbox),
    });
    const world: World = { ...draft, platformId: platform.platformId };
    take = async (processorId, events) => {
      for (const event of events) await actOnEvent(world, processorId, event);
    };
    // An older database may have been put in the place of a newer one: nobody is served from it before.
    const replayed = await replayErasures(world);
    if (replayed > 0)
      log.warn({ replayed }, "persons who came back with an older database were erased again");
    let workers: Workers | null = null;
    if (config.role !== "api") {
      workers = await startWorkers(
        world,
        (options) => bullmq.consume(options),
        config.ledgerCheckMinutes * 60_000,
        config.retentionDays,
      );
      const started = workers;
      closers.push(() => started.drain());
    }
    const guard = guardOf(world);
    return {
      world,
      guard: instruments === null ? guard : instruments.watch(guard),
      sandbox,
      newAdminKey: platform.newAdminKey,
      onClose: (work) => {
        closers.push(() => Promise.resolve(work()));
      },
      callBackTo: (address) => sandbox?.callBackTo(callbacks(address, vault)),
      close,
    };
  } catch (err) {
    await close();
    throw err;
  }
}

async function startStore(config: Config, log: Logger, closers: (() => Promise<void>)[]): Promise<string> {
  const embedded = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    onExit: (code) => log.error({ code }, "the embedded PostgreSQL ended"),
  });
  closers.push(() => embedded.stop());
  return embedded.connectionString;
}

/** Where the simulators call back: the inbound addresses of the sandbox's processors. */
function callbacks(address: string, vault: World["vault"]): CallbackAddresses {
  const of = (processorId: string): { readonly baseUrl: string; readonly secret: string } => ({
    baseUrl: `${address}/v1/inbound/${processorId}`,
    secret: inboundSecret(vault, processorId),
  });
  return { esms: of("sandbox-sms"), zns: of("sandbox-zns"), viber: of("sandbox-viber") };
}

/** The path that a provider which cannot sign proves itself by. */
function inboundSecret(vault: World["vault"], processorId: string): string {
  return vault.tokenMac(`inbound ${processorId}`).toString("base64url").slice(0, 32);
}

/** The machine's clock, or one that started at another moment and runs on at the same speed. */
export function createClock(start: Date | null): Clock {
  const origin = performance.now();
  return {
    now: () => (start === null ? new Date() : new Date(start.getTime() + (performance.now() - origin))),
    elapsedMs: () => performance.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        if (signal?.aborted === true) done();
        else signal?.addEventListener("abort", done, { once: true });
      }),
  };
}

const secretNames = new Set(["apiKey", "secretKey", "appSecret", "oaSecret", "refreshToken", "secret"]);

function sandboxProcessors(sandbox: Sandbox): readonly SandboxProcessor[] {
  return Object.entries(sandboxConnectors(sandbox.urls)).map(([channel, { kind, ...settings }]) => ({
    id: channel === "page" ? "sandbox-pages" : `sandbox-${channel}`,
    channel: channel as SandboxProcessor["channel"],
    kind,
    settings: Object.fromEntries(Object.entries(settings).filter(([name]) => !secretNames.has(name))),
    secrets: Object.fromEntries(Object.entries(settings).filter(([name]) => secretNames.has(name))),
  }));
}

/** A secret that is made once and kept beside the embedded data, readable by its owner only. */
function keptSecret(dataDir: string, name: string, make: () => Uint8Array): Uint8Array {
  const path = join(dataDir, name);
  if (existsSync(path)) return Buffer.from(readFileSync(path, "utf8").trim(), "base64");
  const secret = make();
  writeFileSync(path, `${Buffer.from(secret).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  chmodSync(path, 0o600);
  return secret;
}

function keptSigner(config: Config): SignerKey {
  const path = join(config.dataDir, "ledger.key");
  if (existsSync(path)) {
    const signer = parseSignerKey(readFileSync(path, "utf8").trim());
    if (signer === null) throw new Error(`${path} is not a note signer key`);
    return signer;
  }
  const signer = generateSignerKey(config.ledgerOrigin, (count) => randomBytes(count));
  writeFileSync(path, `${formatSignerKey(signer)}\n`, { mode: 0o600, flag: "wx" });
  return signer;
}

function connectorPool(input: {
  readonly config: Config;
  readonly vault: World["vault"];
  readonly store: World["store"];
  readonly clock: Clock;
  readonly sandbox: Sandbox | null;
  readonly closers: (() => Promise<void>)[];
  readonly receive: ReceiveEvents;
}): ConnectorPool {
  const { config, vault, clock } = input;
  const opened = new Map<string, Connector>();
  const tokens = input.store.tokens(vault.root);
  const open = (
    processorId: string,
    kind: string,
    settings: Readonly<Record<string, unknown>>,
    key: string,
  ): Connector => {
    const known = opened.get(key);
    if (known !== undefined) return known;
    const connector = createConnector(kind, {
      processorId,
      settings,
      tokens,
      now: () => clock.now(),
      receive: (events) => input.receive(processorId, events),
      inbound: {
        baseUrl: `${config.publicUrl}/v1/inbound/${encodeURIComponent(processorId)}`,
        secret: inboundSecret(vault, processorId),
      },
    });
    opened.set(key, connector);
    return connector;
  };
  input.closers.push(async () => {
    for (const connector of opened.values()) await connector.close();
  });
  return {
    of: (processor: ProcessorRow) => {
      const { kind, ...settings } = connectorSettings({ vault }, processor);
      return open(processor.id, String(kind), settings, `${processor.id} ${processor.version}`);
    },
    faults: connectorFaults,
    sandbox: (channel) => {
      const simulated = input.sandbox === null ? null : sandboxConnectors(input.sandbox.urls)[channel];
      if (simulated === null) throw new Error("a test key hands off to the sandbox only, and SANDBOX is off");
      const { kind, ...settings } = simulated;
      return open(`sandbox-${channel}`, kind, settings, `sandbox ${channel}`);
    },
  };
}
