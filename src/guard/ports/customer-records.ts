import type { Channel, Scope } from "../../domain/vocabulary.ts";

export type CustomerRow = {
  readonly id: string;
  readonly name: string;
  readonly legalName: string;
  readonly country: string;
  readonly taxCode: string | null;
  /** The advertiser in law; customers of one legal entity share their caps. */
  readonly legalKey: string;
  readonly status: "active" | "closed";
  readonly isPlatform: boolean;
  readonly keyWrapped: Buffer;
  readonly createdAt: Date;
};

export type Sender = { readonly channel: Channel; readonly id: string };

export type KeyRow = {
  readonly id: string;
  /** null: a platform key. */
  readonly customerId: string | null;
  readonly scopes: readonly Scope[];
  readonly mode: "live" | "test";
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
};

export type PolicyRow = {
  readonly version: string;
  readonly text: string;
  readonly digest: string;
  readonly material: boolean;
  readonly publishedAt: Date;
};

/** A separate agreement about one category of sensitive data. */
export type AgreementRow = {
  readonly category: string;
  readonly reference: string;
  readonly validFrom: Date;
  /** null: until it is withdrawn. */
  readonly validUntil: Date | null;
  readonly recordedAt: Date;
};

export type CustomerRecords = {
  insert(row: CustomerRow): Promise<void>;
  get(id: string): Promise<CustomerRow | null>;
  list(limit: number, after: string | null): Promise<readonly CustomerRow[]>;
  /** Other customers of that legal entity; a customer's own transaction sees none. */
  siblings(id: string, legalKey: string): Promise<readonly CustomerRow[]>;
  setStatus(id: string, status: "active" | "closed", now: Date): Promise<void>;
  senders(id: string, at: Date): Promise<readonly Sender[]>;
  /** The given senders are the registered ones from now on; earlier ones stay in history. */
  replaceSenders(id: string, senders: readonly Sender[], now: Date): Promise<void>;
  /** What was on record at `at`, whether in force then or not. */
  agreements(customerId: string, at: Date): Promise<readonly AgreementRow[]>;
  /** true: there was none about this category. An earlier one stays in history. */
  putAgreement(customerId: string, row: AgreementRow): Promise<boolean>;
  /** false: there was none. */
  endAgreement(customerId: string, category: string, now: Date): Promise<boolean>;
  insertKey(row: KeyRow, sha256: Uint8Array): Promise<void>;
  keyBySha256(sha256: Uint8Array): Promise<KeyRow | null>;
  /** false: this customer has no such key that was still valid. */
  revokeKey(customerId: string, keyId: string, now: Date): Promise<boolean>;
  hasPlatformKey(): Promise<boolean>;
  /** Those that are valid at that moment. */
  platformKeys(at: Date): Promise<readonly KeyRow[]>;
  revokePlatformKey(keyId: string, now: Date): Promise<void>;
  insertPolicy(row: PolicyRow): Promise<boolean>;
  /** Newest first, published at or before `at`. */
  policies(at: Date): Promise<readonly PolicyRow[]>;
  accept(customerId: string, version: string, acceptedBy: string, now: Date): Promise<void>;
  acceptances(customerId: string, at: Date): Promise<readonly string[]>;
};
