import type { RecordKind } from "../domain/vocabulary.ts";
import type { DraftWithSalt } from "./append-record.ts";
import { type EventDraft, inPieces } from "./tell-events.ts";

const sharings: ReadonlySet<RecordKind> = new Set(["hand_off", "publication", "disclosure"]);

/**
 * What the ledger records is what endpoints are told, so the two cannot disagree: hand-offs, publications and
 * disclosures as `sharing.recorded`, refusals as `consent.changed`, decisions as `campaign.decided`.
 */
export function eventsOfRecords(drafts: readonly DraftWithSalt[], recordedAt: Date): readonly EventDraft[] {
  const shared = drafts.filter(({ draft }) => sharings.has(draft.kind));
  const withdrawn = drafts.filter(({ draft }) => draft.kind === "withdrawal");
  // What a person decided of a review is a decision as well, under no policy's digest; its reason goes to nobody outside.
  const decided = drafts.filter(
    ({ draft }) => draft.kind === "decision" && (draft.policyDigest ?? null) !== null,
  );
  return [
    ...[...inPieces(shared)].map(
      (piece): EventDraft => ({
        type: "sharing.recorded",
        data: {
          recordedAt: recordedAt.toISOString(),
          records: piece.map(({ draft }) => ({
            kind: draft.kind,
            subscriberId: draft.subscriber?.id ?? null,
            processorId: draft.processor?.id ?? null,
            channel: draft.channel ?? null,
            purpose: draft.purpose ?? null,
            basis: draft.basis ?? null,
            campaignId: draft.campaignId ?? null,
            decisionId: draft.decisionId ?? null,
          })),
        },
      }),
    ),
    ...[...inPieces(withdrawn)].map(
      (piece): EventDraft => ({
        type: "consent.changed",
        data: {
          changes: piece.map(({ draft }) =>
            consentChange(
              draft.subscriber?.id ?? "",
              draft.channel ?? null,
              draft.purpose ?? null,
              "withdrawn",
            ),
          ),
        },
      }),
    ),
    ...decided.map(
      ({ draft }): EventDraft => ({
        type: "campaign.decided",
        data: {
          campaignId: draft.campaignId ?? null,
          verdict: draft.outcome ?? null,
          policyDigest: draft.policyDigest ?? null,
          ...(JSON.parse(draft.note ?? "{}") as { readonly counts?: unknown; readonly reasons?: unknown }),
        },
      }),
    ),
  ];
}

/** null: all channels, or all purposes, or several of them: the subscriber's look-up says which. */
export function consentChange(
  subscriberId: string,
  channel: string | null,
  purpose: string | null,
  status: "granted" | "withdrawn",
): Readonly<Record<string, unknown>> {
  return { subscriberId, channel, purpose, status };
}
