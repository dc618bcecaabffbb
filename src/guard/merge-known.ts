import { addGrants } from "./add-grants.ts";
import { changedProfile } from "./contact-profile.ts";
import type { OpenCustomer } from "./customer-access.ts";
import { groupBy } from "./group-by.ts";
import { latest } from "./latest.ts";
import type { MergeItem, MergeResult } from "./merge-item.ts";
import type { Tx } from "./ports/store.ts";
import type { KnownSubscriber, PermissionRow, SubscriberRow } from "./ports/subscriber-records.ts";
import { rowFault } from "./row-fixes.ts";

/** A contact whose number is known. */
export type Candidate = {
  readonly position: number;
  readonly item: MergeItem;
  readonly row: KnownSubscriber;
  readonly declarationId: string;
};

/** Looks into each under its lock: `meet` has told which rows say only what was said before. */
export async function mergeKnown(
  tx: Tx,
  customer: OpenCustomer,
  candidates: readonly Candidate[],
  permissions: PermissionRow[],
  results: Map<number, MergeResult>,
  now: Date,
): Promise<void> {
  if (candidates.length === 0) return;
  const customerId = customer.row.id;
  // Whoever withdraws holds this lock too: what is read after it is what holds.
  const full = new Map(
    (
      await tx.subscribers.lock(
        customerId,
        candidates.map(({ row }) => row.id),
        "exclusive",
      )
    ).map((row) => [row.id, row]),
  );
  const open = [...full.keys()];
  const granted = groupBy(
    open.length === 0 ? [] : await tx.subscribers.permissions(open, latest),
    (row) => row.subscriberId,
  );
  const refusals = groupBy(
    open.length === 0 ? [] : await tx.subscribers.refusals(open, latest),
    (row) => row.subscriberId,
  );
  const changed: SubscriberRow[] = [];
  for (const { position, item, row, declarationId } of candidates) {
    const locked = full.get(row.id);
    const change = locked === undefined ? null : changedProfile(customer, locked, item.contact);
    if (change !== null) changed.push(change);
    const countBefore = permissions.length;
    const refusalKept =
      locked !== undefined &&
      !item.contact.minorOnly &&
      (locked.erasedAt !== null ||
        addGrants(
          permissions,
          item,
          row.id,
          declarationId,
          granted.get(row.id) ?? [],
          now,
          refusals.get(row.id),
        ));
    const says = change?.says === true || permissions.length > countBefore;
    results.set(position, {
      status: item.contact.minorOnly
        ? "quarantined"
        : !(locked ?? row).known
          ? "accepted"
          : says
            ? "updated"
            : "duplicate",
      subscriberId: row.id,
      codes: refusalKept ? [...item.contact.codes, rowFault("opted_out_kept", "phone")] : item.contact.codes,
    });
  }
  await tx.subscribers.update(customerId, changed, now);
}
