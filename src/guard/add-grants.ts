import type { Channel, Purpose } from "../domain/vocabulary.ts";
import type { MergeItem } from "./merge-item.ts";
import type { DeclaredPermissionRow, PermissionRow, RefusalRow } from "./ports/subscriber-records.ts";

/** Adds what the item grants beyond `current`; true: a refusal stands in the way of some of it. */
export function addGrants(
  rows: PermissionRow[],
  item: MergeItem,
  subscriberId: string,
  declarationId: string,
  granted: readonly DeclaredPermissionRow[],
  now: Date,
  refusals: readonly RefusalRow[] = [],
): boolean {
  const collectedMs = collectedMsOf(item.contact, item.declaration);
  const collectedAt = Number.isNaN(collectedMs) ? null : new Date(collectedMs);
  let refusalKept = false;
  for (const channel of item.declaration.channels) {
    for (const purpose of item.declaration.purposes) {
      const current = granted.find(
        (permission) => permission.channel === channel && permission.purpose === purpose,
      );
      if (current?.granted === false || refusals.some((refusal) => covers(refusal, channel, purpose))) {
        refusalKept = true;
        continue;
      }
      const isSame = current?.declarationId === declarationId && sameMoment(current.collectedAt, collectedAt);
      if (isSame) continue;
      rows.push({
        subscriberId,
        channel,
        purpose,
        revision: (current?.revision ?? 0) + 1,
        epoch: current?.epoch ?? 1,
        granted: true,
        basis: item.declaration.basis,
        declarationId,
        collectedAt,
        since: now,
      });
    }
  }
  return refusalKept;
}

/** When this person consented, in milliseconds since 1970: the row's own moment, else the declaration's; NaN: none. */
export function collectedMsOf(
  contact: Pick<MergeItem["contact"], "consentedAt">,
  declaration: MergeItem["declaration"],
): number {
  if (contact.consentedAt !== null) return contact.consentedAt.getTime();
  const written = declaration.consent?.collectedAt;
  return written === undefined ? Number.NaN : Date.parse(written);
}

/** Whether a refusal speaks of that channel and purpose. */
export function covers(
  refusal: Pick<RefusalRow, "channels" | "purposes">,
  channel: Channel,
  purpose: Purpose,
): boolean {
  return (
    (refusal.channels === null || refusal.channels.includes(channel)) &&
    (refusal.purposes === null || refusal.purposes.includes(purpose))
  );
}

function sameMoment(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime();
}
