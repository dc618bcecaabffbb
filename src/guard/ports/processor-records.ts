import type { Channel } from "../../domain/vocabulary.ts";
import type { ConnectorKind } from "./connector.ts";

export type ProcessorBody = {
  readonly name: string;
  readonly legalName: string;
  readonly country: string;
  readonly channel: Channel;
  /** Settings without secrets. */
  readonly connector: { readonly kind: ConnectorKind } & Readonly<Record<string, unknown>>;
  readonly contract: { readonly reference: string; readonly validFrom: string; readonly validUntil: string };
  readonly purposes: readonly string[];
  readonly fields: readonly string[];
  readonly subprocessors: readonly unknown[];
  readonly transferDossier: { readonly firstTransferAt: string; readonly filedAt?: string } | null;
};

export type ProcessorRow = {
  readonly id: string;
  readonly version: number;
  readonly body: ProcessorBody;
  readonly secretsCipher: Buffer | null;
  readonly validFrom: Date;
};

export type ProcessorRecords = {
  /** As it was at `at`. */
  get(id: string, at: Date): Promise<ProcessorRow | null>;
  list(at: Date): Promise<readonly ProcessorRow[]>;
  history(id: string): Promise<readonly ProcessorRow[]>;
  /** Closes the current version and adds the next; true if it is the first. */
  put(id: string, body: ProcessorBody, secretsCipher: Buffer | null, now: Date): Promise<boolean>;
};

export type DoNotCallRecords = {
  /** The complete snapshot that was loaded last before `at`: what was uploaded last is the list. */
  snapshot(
    at: Date,
  ): Promise<{ readonly id: string; readonly snapshotAt: Date; readonly numbers: number } | null>;
  begin(id: string, snapshotAt: Date, now: Date): Promise<void>;
  add(id: string, indexes: readonly Buffer[]): Promise<void>;
  /** From here on the snapshot is the list. Drops lists older than `keepSince`, but for the newest. */
  complete(id: string, now: Date, keepSince: Date): Promise<number>;
  listed(snapshotId: string, indexes: readonly Buffer[]): Promise<ReadonlySet<string>>;
};
