import type { Basis, Channel, Purpose, RecordKind } from "../domain/vocabulary.ts";
import { canonicalBytes } from "../ledger/canonical.ts";
import { commitRecord } from "../ledger/commitment.ts";
import type { LedgerAppend } from "./ports/ledger-records.ts";
import type { Tx } from "./ports/store.ts";
import type { CustomerVault } from "./ports/vault.ts";
import { eventsOfRecords } from "./record-events.ts";
import { tellEvents } from "./tell-events.ts";
import type { World } from "./world.ts";

/** What a record of the sharing ledger says. Absent members are null, so that every record has one form. */
export type SharingRecord = {
  readonly kind: RecordKind;
  readonly recordedAt: string;
  readonly customer: string;
  readonly subscriber: { readonly id: string; readonly phone: string } | null;
  readonly processor: { readonly id: string; readonly name: string; readonly country: string } | null;
  readonly channel: Channel | null;
  readonly purpose: Purpose | null;
  readonly basis: Basis | null;
  readonly consentId: string | null;
  readonly evidenceIds: readonly string[];
  readonly fields: readonly string[];
  readonly campaignId: string | null;
  readonly decisionId: string | null;
  readonly intentId: string | null;
  readonly policyDigest: string | null;
  readonly outcome: string | null;
  readonly providerReference: string | null;
  readonly note: string | null;
};

const empty: Omit<SharingRecord, "kind" | "recordedAt" | "customer"> = {
  subscriber: null,
  processor: null,
  channel: null,
  purpose: null,
  basis: null,
  consentId: null,
  evidenceIds: [],
  fields: [],
  campaignId: null,
  decisionId: null,
  intentId: null,
  policyDigest: null,
  outcome: null,
  providerReference: null,
  note: null,
};

export type RecordDraft = Partial<SharingRecord> & { readonly kind: RecordKind };

/** A draft and the salt of its subscriber (null: none, or the record is not about one). */
export type DraftWithSalt = { readonly draft: RecordDraft; readonly salt: Uint8Array | null };

export const recordContext = "ledger_record.body";

/**
 * Appends records in the transaction of the act that they record. The leaf commits to the record with a fresh
 * opening; record and opening stay outside the tree, sealed under the subscriber's key, and can be erased.
 */
export async function appendRecords(
  world: World,
  tx: Tx,
  customer: { readonly id: string; readonly vault: CustomerVault },
  drafts: readonly DraftWithSalt[],
): Promise<void> {
  if (drafts.length === 0) return;
  const now = world.clock.now();
  const rows = drafts.map(({ draft, salt }): LedgerAppend => {
    const record: SharingRecord = {
      ...empty,
      recordedAt: now.toISOString(),
      customer: customer.id,
      ...draft,
    };
    const bytes = canonicalBytes(record);
    const opening = world.entropy.bytes(32);
    const sealer = salt === null ? customer.vault : customer.vault.subscriber(salt);
    return {
      kind: record.kind,
      customerId: customer.id,
      subscriberId: record.subscriber?.id ?? null,
      processorId: record.processor?.id ?? null,
      campaignId: record.campaignId,
      recordedAt: now,
      opening,
      bodyCipher: sealer.seal(bytes, recordContext),
      leaf: Buffer.from(commitRecord(opening, bytes)),
    };
  });
  await tx.ledger.append(rows);
  await tellEvents(world, tx, customer.id, eventsOfRecords(drafts, now));
}
