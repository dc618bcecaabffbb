import type { Declaration, Evidence } from "../domain/contract.gen.ts";
import { type Fault, GuardError } from "../domain/guard-error.ts";
import { citedNotice } from "./cited-notice.ts";
import type { Tx } from "./ports/store.ts";
import type { World } from "./world.ts";

/** Clocks of callers run a little fast; a consent given "just now" is not one from the future. */
export const clockSkewMs = 5_000;

/** Evidence of uploaded files must exist with this customer, and the digest given must be theirs. */
export async function unresolvedEvidence(
  tx: Tx,
  customerId: string,
  evidence: readonly Evidence[],
): Promise<readonly number[]> {
  const ids = evidence.flatMap((item) => (item.fileId === undefined ? [] : [item.fileId]));
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  const found = new Map(
    ids.length === 0
      ? []
      : (
          await tx.subscribers.evidence(
            customerId,
            ids.filter((id) => uuid.test(id)),
          )
        ).map((row) => [row.id, row.sha256]),
  );
  return evidence.flatMap((item, position) => {
    if (item.fileId !== undefined) {
      const sha256 = found.get(item.fileId.toLowerCase());
      if (sha256 === undefined) return [position];
      return item.sha256 !== undefined && item.sha256.toLowerCase() !== sha256 ? [position] : [];
    }
    return item.sha256 === undefined && item.uri === undefined ? [position] : [];
  });
}

/** Refuses a declaration whose evidence does not resolve or whose time cannot be true. */
export async function checkDeclaration(
  world: World,
  tx: Tx,
  customerId: string,
  declaration: Declaration,
): Promise<{ readonly noticeFrom: Date | null }> {
  const consent = declaration.consent;
  if (consent === undefined) return { noticeFrom: null };
  const faults: Fault[] = (await unresolvedEvidence(tx, customerId, consent.evidence ?? [])).map(
    (position) => ({
      pointer: `/declaration/consent/evidence/${position}`,
      code: "evidence_missing",
      message: "no such evidence with this digest; upload it with POST /v1/evidence and use its fileId",
    }),
  );
  if (faults.length > 0)
    throw new GuardError("evidence_missing", "evidence does not resolve", { errors: faults });
  const from = await citedNotice(world, tx, customerId, consent);
  const collectedAt = consent.collectedAt === undefined ? null : new Date(consent.collectedAt);
  if (collectedAt !== null) {
    const pointer = "/declaration/consent/collectedAt";
    if (collectedAt.getTime() > world.clock.now().getTime() + clockSkewMs) {
      throw new GuardError("consent_in_future", "collectedAt lies in the future", {
        errors: [{ pointer, code: "consent_in_future", message: "collectedAt must not lie in the future" }],
      });
    }
    if (from !== null && collectedAt.getTime() < from.getTime()) {
      throw new GuardError("consent_before_notice", "collectedAt is earlier than the notice", {
        errors: [
          {
            pointer,
            code: "consent_before_notice",
            message: "collectedAt is earlier than the notice that is cited",
          },
        ],
      });
    }
  }
  return { noticeFrom: from };
}
