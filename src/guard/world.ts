import type { Scanner } from "../content/scan.ts";
import type { SharingLogItem } from "../domain/contract.gen.ts";
import type { Fault } from "../domain/guard-error.ts";
import type { Channel } from "../domain/vocabulary.ts";
import type { SignerKey } from "../ledger/note-key.ts";
import type { Engine } from "../rules/engine.ts";
import type { Observer } from "./observe.ts";
import type { Connector } from "./ports/connector.ts";
import type { ErasureList } from "./ports/erasure-list.ts";
import type { ProcessorRow } from "./ports/processor-records.ts";
import type { Queue } from "./ports/queue.ts";
import type { Store } from "./ports/store.ts";
import type { TableReader } from "./ports/table-reader.ts";
import type { Entropy, Vault } from "./ports/vault.ts";
import type { WebhookSender } from "./ports/webhook-sender.ts";

/** Diagnostics; may be lost, holds no personal data. */
export type Logger = {
  info(fields: Readonly<Record<string, unknown>>, text: string): void;
  warn(fields: Readonly<Record<string, unknown>>, text: string): void;
  error(fields: Readonly<Record<string, unknown>>, text: string): void;
};

export type Clock = {
  /** The service's clock; in the sandbox it may run ahead or behind. */
  now(): Date;
  /** Milliseconds that only rise, for measuring and waiting. */
  elapsedMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** Connectors by processor and version, opened on first use and kept. */
export type ConnectorPool = {
  of(processor: ProcessorRow): Connector;
  /** What is wrong with settings, by JSON pointer within the connector. */
  faults(kind: string, settings: Readonly<Record<string, unknown>>): readonly Fault[];
  /** Where everything of a test key goes, whatever processor its campaign names. */
  sandbox(channel: Channel): Connector;
};

/**
 * A second place for the last signed checkpoint, outside the database: a restored or forked database is told by it.
 * `swap` is a compare-and-swap; false: somebody else has written since.
 */
export type CheckpointAnchor = {
  read(): Promise<string | null>;
  swap(expected: string | null, next: string): Promise<boolean>;
};

/** Documents for people. */
export type Reports = {
  /** A PDF in the subscriber's language: who received what, why, on what basis, when, and how to object. */
  sharingLog(input: {
    readonly items: readonly SharingLogItem[];
    readonly language: "vi" | "en";
    readonly madeAt: Date;
    readonly ledgerOrigin: string;
  }): Promise<Uint8Array>;
};

/** What a use case needs of the world. Made in compose.ts, the only place where adapters meet the guard. */
export type World = {
  readonly store: Store;
  readonly queue: Queue;
  readonly vault: Vault;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly scanner: Scanner;
  readonly connectors: ConnectorPool;
  readonly webhooks: WebhookSender;
  readonly log: Logger;
  readonly reports: Reports;
  readonly tables: TableReader;
  readonly ledger: { readonly signer: SignerKey; readonly origin: string; readonly anchor: CheckpointAnchor };
  /** Which persons were erased, where a restore of the database does not reach. */
  readonly erasures: ErasureList;
  /** The platform's own tenant: owner of records that belong to no customer (look-ups by staff, changes of policy). */
  readonly platformId: string;
  /** This process as a holder of intents. */
  readonly holderId: string;
  /** One hash over rules, regimes and lexica; stands in every decision and record. */
  readonly policyDigest: string;
  readonly publicUrl: string;
  /** A new API key; what is stored of it is its SHA-256 alone. */
  readonly newApiKey: (mode: "live" | "test") => string;
  readonly sha256: (bytes: Uint8Array | string) => Buffer;
  /** Measures and traces; without one nothing is. */
  readonly observer?: Observer;
};
