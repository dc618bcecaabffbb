import type { SubscriberErasureRequest, SubscriberErasureResult } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { completeErasure, eraseSubscriber } from "./erase-subscriber.ts";
import { findPerson } from "./find-subscribers.ts";
import type { Caller } from "./guard.ts";
import { requireUuid } from "./set-up.ts";
import type { World } from "./world.ts";

const settledAtOnce = 100;

/**
 * `POST /v1/subscribers/erase`: erases a person by number or id, at the caller's customer, at the one that is named,
 * or (platform) at every customer that knows the number. `pending`: nothing goes to the person or is shown of the
 * person any more, but a hand-off is under way; it is completed by itself. `not_found`: nobody knows the person.
 */
export async function eraseSubscribers(
  world: World,
  caller: Caller,
  input: SubscriberErasureRequest,
): Promise<SubscriberErasureResult> {
  if ((input.phone === undefined) === (input.subscriberId === undefined)) {
    throw new GuardError("invalid_request", "an erasure names a number or a subscriber", {
      errors: [{ pointer: "", code: "oneOf", message: "give exactly one of phone and subscriberId" }],
    });
  }
  for (const id of [input.subscriberId, input.customerId]) if (id !== undefined) requireUuid(id);
  const foreign = caller.customerId !== null && (input.customerId ?? caller.customerId) !== caller.customerId;
  if (foreign) throw new GuardError("not_found", "no such customer");
  const customerId = caller.customerId ?? input.customerId ?? null;
  const { present, erased } = await world.store.transaction(customerId ?? "*", (tx) =>
    findPerson(world, tx, customerId, input),
  );
  if (present.length === 0 && erased.length === 0) throw new GuardError("not_found", "no such subscriber");
  const erasures: SubscriberErasureResult["erasures"][number][] = erased.map((person) => ({
    customer: person.customer,
    status: "erased",
    erasedAt: person.erasedAt.toISOString(),
    recordsKept: person.recordsKept,
  }));
  for (const subscriber of present) erasures.push(await eraseOne(world, subscriber));
  return { erasures };
}

async function eraseOne(
  world: World,
  subscriber: { readonly id: string; readonly customerId: string },
): Promise<SubscriberErasureResult["erasures"][number]> {
  const now = world.clock.now();
  const common = { customer: subscriber.customerId, subscriberId: subscriber.id };
  try {
    const done = await eraseSubscriber(world, subscriber.customerId, subscriber.id, now);
    return {
      ...common,
      status: "erased",
      erasedAt: done.erasedAt.toISOString(),
      recordsKept: done.recordsKept,
    };
  } catch (err) {
    const waiting = err instanceof GuardError && err.code === "ledger_unavailable" && err.retryAfterS === 2;
    if (!waiting) throw err;
    return { ...common, status: "pending", erasedAt: now.toISOString(), recordsKept: 0 };
  }
}

/** Completes erasures that had to wait for a hand-off, or whose process died in between. */
export async function settleErasures(world: World): Promise<number> {
  const waiting = await world.store.transaction("*", (tx) => tx.erasure.unfinished(settledAtOnce));
  let settled = 0;
  for (const { customerId, subscriberId } of waiting) {
    const done = await completeErasure(world, customerId, subscriberId, world.clock.now());
    if (done !== null) settled++;
  }
  return settled;
}
