import type { SubscriberLookupRequest, SubscriberView } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import type { Channel, Purpose } from "../domain/vocabulary.ts";
import { parsePhone } from "../phone/parse-phone.ts";
import { customerOf, openCustomer } from "./customer-access.ts";
import type { Caller } from "./guard.ts";
import { latest } from "./latest.ts";
import { openRows } from "./sharing-log.ts";
import type { World } from "./world.ts";

const handOffsShown = 20;

/** `POST /v1/subscribers/lookup`: what this customer holds of one of its own subscribers. */
export async function lookUpSubscriber(
  world: World,
  caller: Caller,
  input: SubscriberLookupRequest,
): Promise<SubscriberView> {
  const customerId = customerOf(caller);
  const parsed = parsePhone(input.phone, "VN");
  if (!parsed.ok) {
    throw new GuardError("number_invalid", "the number of a look-up cannot be read", {
      errors: [{ pointer: "/phone", code: parsed.fault, message: "not a number that can receive a message" }],
    });
  }
  const found = await world.store.transaction(customerId, async (tx) => {
    const customer = await openCustomer(world, tx, customerId);
    const now = world.clock.now();
    const [row] = await tx.subscribers.byIndexes(customerId, [customer.vault.phoneIndex(parsed.phone.e164)]);
    if (row === undefined) throw new GuardError("not_found", "no such subscriber");
    const snapshot = await tx.doNotCall.snapshot(now);
    const listed =
      snapshot === null
        ? false
        : (await tx.doNotCall.listed(snapshot.id, [world.vault.doNotCallIndex(parsed.phone.e164)])).size > 0;
    const handOffs = await tx.ledger.search({
      customerId,
      subscriberIds: [row.id],
      campaignId: null,
      processorId: null,
      kinds: ["hand_off"],
      from: null,
      to: null,
      before: null,
      limit: handOffsShown,
    });
    return {
      row,
      permissions: await tx.subscribers.permissions([row.id], latest),
      refusals: await tx.subscribers.refusals([row.id], latest),
      listedSince: listed ? (snapshot?.snapshotAt ?? null) : null,
      handOffs,
      outcomes: await tx.handOffs.last(row.id, handOffsShown * 2),
    };
  });
  const records = await openRows(
    world,
    found.handOffs.filter((row) => row.index !== null),
  );
  const outcomeOf = new Map(found.outcomes.map((intent) => [intent.messageId, intent.state]));
  const { row } = found;
  return {
    subscriberId: row.id,
    permissions: found.permissions.map((permission) => ({
      channel: permission.channel,
      purpose: permission.purpose,
      state: permission.granted ? "granted" : "withdrawn",
      basis: permission.basis,
      since: permission.since.toISOString(),
      evidenceIds: permission.evidenceIds,
    })),
    refusals: found.refusals.flatMap((refusal) =>
      scopes(refusal.channels, refusal.purposes).map((scope) => ({
        ...scope,
        since: refusal.receivedAt.toISOString(),
        source: refusal.source,
      })),
    ),
    restrictions: [
      ...(row.restrictedAt === null
        ? []
        : [{ kind: "restricted" as const, since: row.restrictedAt.toISOString() }]),
      ...(row.objectedAt === null
        ? []
        : [{ kind: "objected" as const, since: row.objectedAt.toISOString() }]),
      ...(row.erasedAt === null ? [] : [{ kind: "erased" as const, since: row.erasedAt.toISOString() }]),
      ...(found.listedSince === null
        ? []
        : [{ kind: "do_not_call" as const, since: found.listedSince.toISOString() }]),
    ],
    lastHandOffs: records.flatMap((record) =>
      record.processor === null || record.channel === null || record.purpose === null
        ? []
        : [
            {
              index: record.index,
              recordedAt: record.recordedAt,
              processor: record.processor,
              channel: record.channel,
              purpose: record.purpose,
              campaignId: record.campaignId,
              outcome: outcomeOf.get(record.decisionId ?? "") ?? null,
            },
          ],
    ),
  };
}

/** One entry for each channel and purpose; null stands for all of them. */
function scopes(
  channels: readonly Channel[] | null,
  purposes: readonly Purpose[] | null,
): readonly { readonly channel: Channel | null; readonly purpose: Purpose | null }[] {
  return (channels ?? [null]).flatMap((channel) =>
    (purposes ?? [null]).map((purpose) => ({ channel, purpose })),
  );
}
